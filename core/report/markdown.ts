import { t } from '../l10n';
import type { LayerVerdict, MatchReport } from '../match/report';
import type { RunRecord } from '../runs/record';
import { stateName } from '../runs/states';
import { type Chart, sparkline } from './chart';
import { runCharts } from './charts';
import type { ReportData, RunReport } from './data';
import { className, confusionMatrix, regressionErrors, worstMistakes } from './evaluation';
import { code, codeValue, interval, number, percent, plain, seconds, table } from './markdownText';
import type { SchemeChange } from './schemeDifference';

const begin = '<!-- matchdown: written by Match Down, and written again when the note is refreshed -->';
const end = '<!-- /matchdown: everything below is yours -->';

/**
 * A lab note in Markdown. `picturePath` turns a chart's file name into the link that the note uses. What stands outside
 * the two marks of an `existing` note is the person's and is kept to the letter.
 */
export function renderMarkdown(
  report: ReportData,
  options: { picturePath: (file: string) => string; existing?: string },
): string {
  const generated = [begin, renderGenerated(report, options.picturePath), end].join('\n\n');
  const kept = options.existing && splitNote(options.existing);
  return kept
    ? kept.before + generated + kept.after
    : `${generated}\n\n## ${t('What I think')}\n\n${t('(Your part. It is never overwritten.)')}\n`;
}

/** The generated part alone, without marks: for HTML and notebooks. */
export function renderGenerated(report: ReportData, picturePath: (file: string) => string): string {
  return [
    `# ${t('Lab note: {0}', plain(report.title))}`,
    section(
      t('Purpose'),
      report.purpose ? plain(report.purpose) : t('Not written down. Say it in `experiment.purpose` of the scheme.'),
    ),
    section(t('What changed'), report.runs.map((run) => withName(report, run, renderChanges(run))).join('\n\n')),
    section(t('What ran'), renderRuns(report.runs)),
    section(
      t('What came out'),
      report.runs.map((run) => withName(report, run, renderOutcome(run, picturePath))).join('\n\n'),
    ),
    section(
      t('Is it the intended network?'),
      report.runs.map((run) => withName(report, run, renderMatch(run))).join('\n\n'),
    ),
    section(t('Black label'), t('Not given: this version of Match Down does not measure it yet.')),
  ].join('\n\n');
}

function splitNote(note: string): { before: string; after: string } | undefined {
  const [from, to] = [note.indexOf(begin), note.indexOf(end)];
  if (from < 0 || to < from) return { before: '', after: `\n\n${note}` };
  return { before: note.slice(0, from), after: note.slice(to + end.length) };
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function withName(report: ReportData, run: RunReport, body: string): string {
  return report.runs.length > 1 ? `### ${plain(run.name)}\n\n${body}` : body;
}

function renderChanges(run: RunReport): string {
  if (run.schemeText === undefined) return t('Not known: this run has no scheme.');
  if (!run.parent) return t('The first run of this scheme: nothing to compare it with.');
  const against =
    run.parent.relation === 'parent'
      ? t('Against the parent run {0}:', code(run.parent.name))
      : t('Against the run before, {0}:', code(run.parent.name));
  if (run.changes.length === 0) return `${against} ${t('nothing in the scheme.')}`;
  return `${against}\n\n${run.changes.map((change) => `- ${renderChange(change)}`).join('\n')}`;
}

function renderChange({ subject, kind, before, after }: SchemeChange): string {
  if (kind === 'moved') return t('{0} has another place in the network', code(subject));
  if (kind === 'added') return t('{0} is new: {1}', code(subject), codeValue(after));
  if (kind === 'removed') return t('{0} is gone (it was {1})', code(subject), codeValue(before));
  return `${code(subject)}: ${codeValue(before)} → ${codeValue(after)}`;
}

function renderRuns(runs: readonly RunReport[]): string {
  const header = [t('Run'), t('State'), t('Target'), t('Duration'), t('Data'), t('Commit')];
  const rows = runs.map(({ name, record }) =>
    record
      ? [
          code(name),
          stateName(record.state),
          `${record.target} (${plain(record.host)})`,
          duration(record),
          dataOf(record),
          commitOf(record),
        ]
      : [code(name), t('only TensorBoard logs'), '–', '–', '–', '–'],
  );
  const failures = runs.flatMap(({ name, record }) => (record?.error ? [`${code(name)}: ${plain(record.error)}`] : []));
  return [table(header, rows), ...failures].join('\n\n');
}

function duration({ history }: RunRecord): string {
  const started = history.find((entry) => entry.state === 'running')?.time;
  const last = history.at(-1)?.time;
  if (!started || !last) return '–';
  return seconds((Date.parse(last) - Date.parse(started)) / 1000);
}

function dataOf({ data }: RunRecord): string {
  return data ? `${code(data.path)} ${code(data.sha256.slice(0, 12))}` : '–';
}

function commitOf({ git }: RunRecord): string {
  if (!git) return t('not in git');
  return code(git.commit.slice(0, 10)) + (git.dirty ? ` ${t('with uncommitted changes')}` : '');
}

function renderOutcome(run: RunReport, picturePath: (file: string) => string): string {
  const pictures = runCharts(run).map(({ file, chart }) => renderPicture(chart, picturePath(file)));
  const parts = [
    renderMetrics(run),
    run.evaluationMissing ? plain(run.evaluationMissing) : '',
    renderAccuracy(run),
    renderRegression(run),
    ...pictures,
    renderConfusion(run),
    renderMistakes(run),
  ];
  return parts.filter(Boolean).join('\n\n') || t('No curves and no evaluation were left by this run.');
}

function renderPicture(chart: Chart, link: string): string {
  const lines = chart.lines.filter((line) => line.y.length > 0 && !line.muted);
  const text = lines.map((line) => {
    const [first, last] = [line.y[0], line.y[line.y.length - 1]];
    return `${line.label.padEnd(12)} ${sparkline(line.y)}  ${number(first)} → ${number(last)}`;
  });
  return `![${plain(chart.title)}](<${link}>)\n\n\`\`\`text\n${text.join('\n')}\n\`\`\``;
}

function renderMetrics({ record, series }: RunReport): string {
  const finals =
    record?.metrics.final ?? Object.fromEntries(series.map((one) => [one.tag, one.values.at(-1) ?? Number.NaN]));
  const best = record?.metrics.best ?? {};
  const tags = Object.keys(finals).filter((tag) => /^(loss|accuracy|error)\//.test(tag));
  if (tags.length === 0) return '';
  const rows = tags.map((tag) => [code(tag), number(finals[tag]), best[tag] === undefined ? '–' : number(best[tag])]);
  return table([t('Metric'), t('Final'), t('Best')], rows);
}

function renderAccuracy({ accuracy, comparison }: RunReport): string {
  if (!accuracy) return '';
  const own = t(
    'Validation accuracy **{0}** ({1} of {2}), 95 % interval {3} (Wilson).',
    percent(accuracy.correct / accuracy.total),
    accuracy.correct,
    accuracy.total,
    interval(accuracy.interval),
  );
  return comparison ? `${own} ${renderComparison(accuracy.correct / accuracy.total, comparison)}` : own;
}

function renderComparison(own: number, comparison: NonNullable<RunReport['comparison']>): string {
  const parents = comparison.accuracy.correct / comparison.accuracy.total;
  const difference = `${own >= parents ? '+' : '−'}${(Math.abs(own - parents) * 100).toFixed(2)}`;
  if (!comparison.pairs) {
    return t(
      'The run before had {0} on other samples, so the two cannot be compared sample by sample.',
      percent(parents),
    );
  }
  const { onlyFirst, onlySecond, pValue } = comparison.pairs;
  const significance = pValue < 0.05 ? t('more than chance explains') : t('chance alone explains that');
  return t(
    'The run before had {0}: {1} points. On the same samples {2} became right and {3} became wrong; {4} (McNemar, p = {5}).',
    percent(parents),
    difference,
    onlySecond,
    onlyFirst,
    significance,
    pValue.toPrecision(2),
  );
}

function renderRegression({ evaluation }: RunReport): string {
  const errors = evaluation && regressionErrors(evaluation);
  if (!errors) return '';
  return t(
    'Root mean square error **{0}**, mean absolute error {1}.',
    number(errors.rootMeanSquare),
    number(errors.meanAbsolute),
  );
}

function renderConfusion({ evaluation }: RunReport): string {
  const matrix = evaluation && confusionMatrix(evaluation);
  if (!matrix || matrix.length > 20) return '';
  const names = matrix.map((_, index) => plain(className(evaluation, index)));
  const rows = matrix.map((counts, index) => [`**${names[index]}**`, ...counts.map(String)]);
  return `${t('Truth (rows) against prediction (columns):')}\n\n${table(['', ...names], rows)}`;
}

function renderMistakes({ evaluation }: RunReport): string {
  const mistakes = evaluation ? worstMistakes(evaluation, 5) : [];
  if (mistakes.length === 0) return '';
  const rows = mistakes.map((one) => [
    code(one.sample),
    plain(one.truth),
    plain(one.predicted),
    percent(one.confidence),
  ]);
  return `${t('The worst mistakes:')}\n\n${table([t('Sample'), t('Truth'), t('Predicted'), t('Confidence')], rows)}`;
}

function renderMatch({ match, matchMissing }: RunReport): string {
  if (!match) return matchMissing ?? t('Not checked: the run left no `model.onnx`.');
  const differences = match.layers.filter(({ status }) => !['same', 'equivalent', 'cannot be told'].includes(status));
  return [
    `**${verdictSentence(match)}** ${proofSentence(match)}`,
    differences.length > 0 ? table([t('Layer'), t('Verdict'), t('Why')], differences.map(layerRow)) : '',
    ...match.undecided.map((sentence) => `- ${plain(sentence)}`),
    match.cannotBeTold.length > 0
      ? `${t('What the export does not show:')}\n\n${match.cannotBeTold.map((sentence) => `- ${plain(sentence)}`).join('\n')}`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function verdictSentence({ verdict }: MatchReport): string {
  if (verdict === 'match') return t('Yes: every layer of the scheme stands in the exported graph, and nothing else.');
  if (verdict === 'mismatch') return t('No: the exported graph is not the intended network.');
  return t('It could not be decided.');
}

function proofSentence({ proof }: MatchReport): string {
  if (!proof.done) return t('No numeric proof: {0}', plain(proof.reason ?? t('it was left out.')));
  const error = number(proof.maxAbsoluteError ?? Number.NaN);
  return proof.holds
    ? t('Both graphs, run on the same inputs with the same weights, agree: largest absolute difference {0}.', error)
    : t('Run on the same inputs with the same weights, the graphs disagree by up to {0}.', error);
}

function layerRow(layer: LayerVerdict): string[] {
  return [code(layer.name), layer.status, layer.reasons.map((reason) => plain(reason.message)).join('; ') || '–'];
}
