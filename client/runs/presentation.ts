import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { activeStates, type RunRecord, type RunState } from '../../core/runs/record';
import { stateName } from '../../core/runs/states';
import { plannedTrials } from '../../core/sweep/plan';
import { isOpen, type SweepRecord, type SweepState } from '../../core/sweep/record';

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

/** A run's name; one that was given none is called by the last four digits of its id. */
export function runLabel({ name, record }: RunSummary): string {
  return record && name === record.id ? name.slice(-4) : name;
}

/** What a run is called below its sweep: "#3 learning_rate 0.003, unit 8". */
export function trialLabel(run: RunSummary, keys: readonly string[]): string {
  const { record } = run;
  const values = keys.flatMap((key) => {
    const value = record?.overrides[key];
    return value === undefined ? [] : [`${shortKey(key)} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return [`#${record?.sweep?.trial ?? ''}`, values.join(', ')].join(' ').trim();
}

/** `learning_rate` of `model.learning_rate`; of a layer also its name: `conv_1.channel`. */
export function shortKey(key: string): string {
  const inLayer = /^model\.network\.(.+)$/.exec(key);
  return inLayer ? inLayer[1]! : (key.split('.').at(-1) ?? key);
}

/** One line for a sweep: "tpe · 4 of 20 · best loss/validation 0.0152". */
export function sweepDescription({ definition, trials, best, state }: SweepRecord): string {
  const ended = trials.filter((trial) => !isOpen(trial)).length;
  const objective = trials.find(({ number }) => number === best)?.objective;
  return [
    ...(state === 'finished' ? [] : [sweepStateName(state)]),
    definition.strategy,
    t('{0} of {1}', ended, Math.max(plannedTrials(definition), trials.length)),
    ...(objective === undefined ? [] : [t('best {0} {1}', definition.objective.tag, figure(objective))]),
  ].join(' · ');
}

export function sweepLabel({ id }: Pick<SweepRecord, 'id'>): string {
  return t('Sweep {0}', id.slice(-4));
}

export function sweepStateName(state: SweepState): string {
  return state === 'interrupted' ? t('interrupted') : stateName(state);
}

/** One line for lists: "epoch 3/50 · loss 0.412 · 2 min left", "finished · accuracy/validation 0.973 · 13 s". */
export function runDescription({ record }: RunSummary): string {
  if (!record) return t('TensorBoard logs');
  const progress = record.state === 'running' ? runningParts(record) : [];
  const state = progress.length > 0 ? progress : [stateName(record.state), ...endedParts(record)];
  return [...placeParts(record), ...state].join(' · ');
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

/** Where it is, when that is not the embedded trainer: target, GPUs, what a queued job waits for, a cut connection. */
function placeParts(record: RunRecord): string[] {
  const { target, gpus, remote, connection, state } = record;
  return [
    ...(target === 'embedded' ? [] : [target]),
    ...(gpus && gpus.length > 0 && state === 'running' ? [t('GPU {0}', gpus.join(', '))] : []),
    ...(state === 'queued' && remote?.waitingFor ? [t('waits for {0}', remote.waitingFor)] : []),
    ...(connection?.state === 'cut' && activeStates.includes(state) ? [t('connection cut')] : []),
  ];
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
