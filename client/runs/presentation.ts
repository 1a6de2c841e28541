import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import type { RunRecord, RunState } from '../../core/runs/record';

/** Icon and theme colour of a state; the state's name always stands beside it. */
export const stateIcons: Readonly<Record<RunState, { icon: string; color?: string }>> = {
  queued: { icon: 'watch' },
  starting: { icon: 'loading~spin' },
  running: { icon: 'sync~spin', color: 'charts.blue' },
  finished: { icon: 'pass', color: 'testing.iconPassed' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  stopped: { icon: 'debug-stop', color: 'charts.yellow' },
  lost: { icon: 'question', color: 'testing.iconFailed' },
};

export function stateName(state: RunState): string {
  const names: Record<RunState, string> = {
    queued: t('queued'),
    starting: t('starting'),
    running: t('running'),
    finished: t('finished'),
    failed: t('failed'),
    stopped: t('stopped'),
    lost: t('lost'),
  };
  return names[state];
}

/** A run's name; one that was given none is called by the last four digits of its id. */
export function runLabel({ name, record }: RunSummary): string {
  return record && name === record.id ? name.slice(-4) : name;
}

/** One line for lists: "epoch 3/50 · loss 0.412 · 2 min left", "finished · accuracy/validation 0.973 · 13 s". */
export function runDescription({ record }: RunSummary): string {
  if (!record) return t('TensorBoard logs');
  const progress = record.state === 'running' ? runningParts(record) : [];
  return (progress.length > 0 ? progress : [stateName(record.state), ...endedParts(record)]).join(' · ');
}

/** For the status bar: "3f9a · epoch 3/50 · loss 0.412". */
export function progressText(run: RunSummary): string {
  const progress = run.record ? runningParts(run.record).slice(0, 2) : [];
  const state = run.record ? [stateName(run.record.state)] : [];
  return [runLabel(run), ...(progress.length > 0 ? progress : state)].join(' · ');
}

/** When a run was started, as short as it is clear: the time today, else the day. */
export function startText(record: RunRecord, locale: string, now = new Date()): string {
  const started = new Date(record.history[0]?.time ?? '');
  if (Number.isNaN(started.getTime())) return '';
  const today = started.toDateString() === now.toDateString();
  return started.toLocaleString(locale, today ? { timeStyle: 'short' } : { month: 'short', day: 'numeric' });
}

export function timeLeft(record: RunRecord): string | undefined {
  const seconds = record.progress?.secondsLeft;
  return seconds === undefined ? undefined : t('{0} left', duration(seconds));
}

/** Seconds as a person says them: "45 s", "12 min", "3 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t('{0} min', minutes);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** Three or four significant digits, without trailing zeros: 0.9733, 1.2e-5. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/**
 * The metric that says most of a run that ended: the task's own on the validation part, else the validation loss; `/validation`
 * is not said.
 */
export function mainMetric(record: RunRecord): { tag: string; value: number } | undefined {
  const final = Object.entries(record.metrics.final);
  const found =
    final.find(([tag]) => tag.endsWith('/validation') && !tag.startsWith('loss/')) ??
    final.find(([tag]) => tag === 'loss/validation') ??
    final.find(([tag]) => tag.startsWith('loss'));
  return found && { tag: found[0].replace(/\/validation$/, ''), value: found[1] };
}

/** Seconds from the start of training to the end, by the record's history; undefined while it runs. */
export function secondsTaken(record: RunRecord): number | undefined {
  const first = record.history[0];
  const last = record.history.at(-1);
  if (!first || !last || first === last) return undefined;
  return (Date.parse(last.time) - Date.parse(first.time)) / 1000;
}

function runningParts(record: RunRecord): string[] {
  const { progress } = record;
  if (!progress) return [];
  const loss = progress.last['loss/train'] ?? progress.last['loss/validation'];
  return [
    t('epoch {0}/{1}', progress.epoch, progress.epochs),
    ...(loss === undefined ? [] : [t('loss {0}', figure(loss))]),
    ...[timeLeft(record)].filter((text) => text !== undefined),
  ];
}

function endedParts(record: RunRecord): string[] {
  const metric = mainMetric(record);
  const taken = secondsTaken(record);
  return [
    ...(metric ? [`${metric.tag} ${figure(metric.value)}`] : []),
    ...(record.state === 'finished' && taken !== undefined ? [duration(taken)] : []),
  ];
}
