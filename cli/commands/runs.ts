import { existsSync } from 'node:fs';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { buildReport, type RunReport } from '../../core/report/data';
import { activeStates, type RunRecord } from '../../core/runs/record';
import { jobText } from '../../core/runs/slurmJob';
import { deleteRun } from '../../engine/runs/delete';
import { cloneRun, resumeRun } from '../../engine/runs/launch';
import { readMaterial } from '../../engine/runs/material';
import { findRunOfModel } from '../../engine/runs/model';
import type { LaunchOutcome, RunOptions } from '../../engine/runs/options';
import { stopRun } from '../../engine/runs/stop';
import { listRuns, readRun } from '../../engine/runs/store';
import { type Arguments, type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { follow, launching, readOverrides } from '../follow';
import { runFolders, runsFolderOf } from '../runFolders';
import { withSuggestion } from '../suggestion';
import { csv, markdownTable, textTable } from '../table';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage:
    '[show ID|MODEL.onnx | compare ID ID... | attach ID | stop ID... | resume ID | clone ID [--set KEY=VALUE]... | delete ID...] [--runs DIR] [--detach] [--format text|json|csv|markdown]',
  get summary() {
    return t('Lists runs; shows, compares, follows, stops, resumes, clones or deletes them.');
  },
  options: {
    runs: { type: 'string' },
    set: { type: 'string', multiple: true },
    detach: { type: 'boolean' },
    name: { type: 'string' },
  },
  formats: ['text', 'json', 'csv', 'markdown'],
  async run(args, terminal) {
    const [verb, ...names] = args.positionals;
    if (verb === undefined) return list(args, terminal);
    const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!act)
      throw new UsageError(
        withSuggestion(
          t('`matchdown runs` knows show, compare, attach, stop, resume, clone and delete, not "{0}".', verb),
          verb,
          Object.keys(verbs),
        ),
      );
    return act(names, args, terminal);
  },
};

const verbs: Readonly<Record<string, (names: string[], args: Arguments, terminal: Terminal) => Promise<ExitStatus>>> = {
  show,
  stop,
  compare,
  attach: attachRun,
  resume,
  clone,
  delete: remove,
};

async function list(args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const folder = await runsFolderOf(args);
  const runs = await listRuns([folder]);
  if (args.options.format === 'json') terminal.out(JSON.stringify(runs, null, 2));
  else if (runs.length === 0) terminal.err(t('There are no runs in {0}. `matchdown run SCHEME` makes one.', folder));
  else terminal.out(renderTable(listColumns(), runs.map(listRow), args));
  return 0;
}

function listColumns() {
  return [
    { title: t('Run') },
    { title: t('State') },
    { title: t('Started') },
    { title: t('Epoch'), align: 'right' as const },
    { title: 'loss/validation', align: 'right' as const },
    { title: 'accuracy/validation', align: 'right' as const },
    { title: t('Changes') },
  ];
}

function listRow(run: RunSummary): string[] {
  const { record } = run;
  if (run.problem !== undefined) return [run.name, t('damaged: {0}', run.problem), '', '', '', '', ''];
  if (!record) return [run.name, t('only TensorBoard logs'), '', '', '', '', ''];
  const values = { ...record.progress?.last, ...record.metrics.final };
  const epoch = record.progress ? `${record.progress.epoch}/${record.progress.epochs}` : '';
  const changes = Object.entries(record.overrides).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const started = (record.history[0]?.time ?? '').replace('T', ' ').slice(0, 19);
  const metrics = ['loss/validation', 'accuracy/validation'].map((tag) => figure(values[tag]));
  return [record.id, stateText(record), started, epoch, ...metrics, changes.join(' ')];
}

function stateText({ state, remote, connection }: RunRecord): string {
  if (state === 'queued' && remote?.waitingFor) return `${state} (${remote.waitingFor})`;
  return connection?.state === 'cut' && activeStates.includes(state) ? t('{0} (connection cut)', state) : state;
}

async function show(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (names.length !== 1) throw new UsageError(t('Name one run, or one ONNX file.'));
  const [name] = names;
  const isModel = name.toLowerCase().endsWith('.onnx') && existsSync(name);
  const folder = isModel
    ? await findRunOfModel(name, [await runsFolderOf(args)])
    : (await runFolders(names, await runsFolderOf(args)))[0];
  const run = await readRun(folder);
  if (args.options.format === 'json') terminal.out(JSON.stringify(run, null, 2));
  else terminal.out(renderTable([{ title: t('Key') }, { title: t('Value') }], details(run), args));
  return 0;
}

function details({ folder, name, record }: RunSummary): string[][] {
  const rows: [string, unknown][] = record
    ? [
        ['id', record.id],
        ['state', record.state],
        ['error', record.error],
        ['folder', folder],
        ['purpose', record.purpose],
        ['target', `${record.target} (${record.attempts?.at(-1)?.host ?? record.host})`],
        ['place', record.remote?.folder],
        ['job', record.remote?.job && jobText(record.remote.job)],
        ['waiting for', record.remote?.waitingFor],
        [
          'connection',
          record.connection && [record.connection.state, record.connection.reason].filter(Boolean).join(': '),
        ],
        ['scheme', `${record.scheme.path} (sha256 ${record.scheme.sha256.slice(0, 12)})`],
        ...Object.entries(record.overrides).map(([key, value]): [string, unknown] => [key, JSON.stringify(value)]),
        ['parent', record.parent],
        ['goes on from', record.continues],
        ['git', record.git && `${record.git.commit}${record.git.dirty ? ` ${t('with uncommitted changes')}` : ''}`],
        ['data', record.data && `${record.data.path} (sha256 ${record.data.sha256.slice(0, 12)})`],
        ...record.history.map(({ state, time, reason }): [string, unknown] => [
          `history ${state}`,
          reason ? `${time} ${reason}` : time,
        ]),
        ...Object.entries(record.metrics.final).map(([tag, value]): [string, unknown] => [
          `final ${tag}`,
          figure(value),
        ]),
        ...Object.entries(record.metrics.best).map(([tag, value]): [string, unknown] => [`best ${tag}`, figure(value)]),
        ...Object.entries(record.versions).map(([part, version]): [string, unknown] => [`version ${part}`, version]),
      ]
    : [
        ['name', name],
        ['folder', folder],
      ];
  return rows.filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]);
}

async function stop(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (names.length === 0) throw new UsageError(t('Name at least one run.'));
  let status: ExitStatus = 0;
  for (const folder of await runFolders(names, await runsFolderOf(args))) {
    const outcome = await stopRun(folder);
    if (outcome.ok) terminal.out(`${outcome.record.id}: ${outcome.record.state}`);
    else {
      terminal.err(outcome.message);
      status = 1;
    }
  }
  return status;
}

async function oneFolder(names: string[], args: Arguments): Promise<string> {
  if (names.length !== 1) throw new UsageError(t('Name one run.'));
  return (await runFolders(names, await runsFolderOf(args)))[0]!;
}

/** Follows a run that is going on, wherever it is. */
async function attachRun(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  return follow(await oneFolder(names, args), args.options.format === 'json', terminal);
}

async function resume(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (Object.keys(readOverrides(args)).length > 0)
    throw new UsageError(
      t('A resumed run keeps its settings. "matchdown runs clone ID --set" starts a new one with changes.'),
    );
  const folder = await oneFolder(names, args);
  return started(await launching(terminal, (how) => resumeRun(folder, how)), args, terminal);
}

async function clone(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const name = stringOption(args, 'name');
  const [folder, overrides] = [await oneFolder(names, args), readOverrides(args)];
  const clone = (how: Partial<RunOptions>) =>
    cloneRun(folder, overrides, { ...how, ...(name !== undefined && { name }) });
  return started(await launching(terminal, clone), args, terminal);
}

async function started(outcome: LaunchOutcome, args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (!outcome.ok) {
    terminal.err(outcome.message);
    return outcome.diagnostics ? 1 : 2;
  }
  const json = args.options.format === 'json';
  if (!json) terminal.out(outcome.id);
  if (!args.options.detach) return follow(outcome.folder, json, terminal);
  if (json) terminal.out(JSON.stringify({ id: outcome.id, folder: outcome.folder }, null, 2));
  return 0;
}

async function remove(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (names.length === 0) throw new UsageError(t('Name at least one run.'));
  let status: ExitStatus = 0;
  for (const folder of await runFolders(names, await runsFolderOf(args))) {
    const outcome = await deleteRun(folder);
    if (outcome.ok) terminal.out(t('{0}: deleted', path.basename(path.resolve(folder))));
    else {
      terminal.err(outcome.message);
      status = 1;
    }
  }
  return status;
}

/** Every run is held against the first one named. */
async function compare(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (names.length < 2) throw new UsageError(t('Name at least two runs.'));
  const folders = await runFolders(names, await runsFolderOf(args));
  const [first, ...others] = await Promise.all(folders.map(readMaterial));
  const parent = { ...first, relation: 'parent' as const };
  const { runs } = buildReport(others.map((run) => ({ run, parent })));
  if (args.options.format === 'json') terminal.out(JSON.stringify(comparisonJson(first.name, runs), null, 2));
  else
    terminal.out(
      renderTable(comparisonColumns([first.name, ...others.map(({ name }) => name)]), comparisonRows(runs), args),
    );
  return 0;
}

function comparisonJson(base: string, runs: readonly RunReport[]): object {
  const compared = runs.map(({ name, record, changes, accuracy, comparison }) => ({
    id: name,
    changes,
    metrics: record?.metrics ?? { final: {}, best: {} },
    accuracy,
    baseAccuracy: comparison?.accuracy,
    significance: comparison?.pairs && { test: 'mcnemar', ...comparison.pairs },
  }));
  return { base, baseMetrics: runs[0].parent?.record?.metrics ?? { final: {}, best: {} }, runs: compared };
}

function comparisonColumns(names: readonly string[]) {
  return [{ title: '' }, ...names.map((title) => ({ title, align: 'right' as const }))];
}

function comparisonRows(runs: readonly RunReport[]): string[][] {
  const base = runs[0].parent;
  const subjects = [...new Set(runs.flatMap(({ changes }) => changes.map(({ subject }) => subject)))];
  const changeRows = subjects.map((subject) => {
    const changes = runs.map((run) => run.changes.find((change) => change.subject === subject));
    return [
      subject,
      cell(changes.find(Boolean)?.before),
      ...changes.map((change) => (change ? cell(change.after) : '=')),
    ];
  });
  const finals = (run: { record?: RunReport['record'] } | undefined) => run?.record?.metrics.final ?? {};
  const tags = [...new Set([base, ...runs].flatMap((run) => Object.keys(finals(run))))];
  const metricRows = tags.map((tag) => [
    tag,
    figure(finals(base)[tag]),
    ...runs.map((run) => figure(finals(run)[tag])),
  ]);
  const significance = runs.map(({ comparison }) => comparison?.pairs?.pValue.toPrecision(3) ?? '–');
  return [...changeRows, ...metricRows, [t('McNemar p'), '', ...significance]];
}

function renderTable(columns: Parameters<typeof textTable>[0], rows: string[][], { options }: Arguments): string {
  if (options.format === 'csv') return csv([columns.map(({ title }) => title), ...rows]);
  return options.format === 'markdown' ? markdownTable(columns, rows) : textTable(columns, rows);
}

function cell(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function figure(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(5)));
}
