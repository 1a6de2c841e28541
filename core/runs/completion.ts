import { t } from '../l10n';
import type { RunRecord } from './record';
import type { TrainerResult } from './result';
import { enterState } from './states';

/** What is known when a training process that somebody supervised has ended. */
export interface Ending {
  readonly time: Date;
  /** Undefined when nobody was there to see it. */
  readonly exit?: { readonly code: number | null; readonly signal?: string };
  /** Whether it was asked to stop. */
  readonly stopAsked: boolean;
  readonly result?: TrainerResult;
  /** Of its TensorBoard log. */
  readonly metrics: RunRecord['metrics'];
  /** The last line that it wrote, which is most often the error. */
  readonly lastLine?: string;
  /** Why it ended, where whoever supervised it knows: it was out of memory, a node failed. */
  readonly reason?: string;
}

/** "Start me again": a trainer that was told of its end made a checkpoint (sysexits.h calls it EX_TEMPFAIL). */
export const requeueStatus = 75;

export const isPreempted = ({ exit, result }: Pick<Ending, 'exit' | 'result'>): boolean =>
  exit?.code === requeueStatus || result?.state === 'preempted';

/** The record of a run whose training process has ended. */
export function completed(record: RunRecord, ending: Ending): RunRecord {
  const { exit, result, time } = ending;
  const { state, error, reason } = verdict(record, ending);
  const { connection: _connection, ...kept } = record;
  return {
    ...enterState(kept, state, time, error ?? reason),
    ...(exit && { exit }),
    ...(error !== undefined && { error }),
    ...(result?.samples && { samples: result.samples }),
    ...(result?.classes && { classes: result.classes }),
    ...(result?.normalization && { normalization: result.normalization }),
    ...(result?.model && { model: result.model }),
    versions: { ...record.versions, ...result?.versions, ...(result?.device && { device: result.device }) },
    metrics: {
      final: { ...record.progress?.last, ...ending.metrics.final, ...result?.metrics?.final },
      best: { ...ending.metrics.best, ...result?.metrics?.best },
    },
    ...(record.attempts && { attempts: closed(record.attempts, ending) }),
  };
}

interface Verdict {
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly error?: string;
  readonly reason?: string;
}

/** A trainer that has written its result is believed, unless it ended otherwise than it says. */
function verdict(record: RunRecord, ending: Ending): Verdict {
  const { exit, result, stopAsked, reason } = ending;
  if (isPreempted(ending) && stopAsked) return { state: 'stopped' };
  if (isPreempted(ending) && reason === undefined) return { state: 'stopped', reason: preempted() };
  if (isPreempted(ending)) return { state: 'failed', error: failure(record, ending) };
  if (result?.state === 'failed') return { state: 'failed', error: result.error ?? failure(record, ending) };
  const endedWell = exit === undefined || exit.code === 0;
  if (result && endedWell) return { state: result.state === 'stopped' ? 'stopped' : 'finished' };
  if (stopAsked) return { state: 'stopped', ...(exit?.signal === 'SIGKILL' && { reason: wasEnded() }) };
  return exit?.code === 0 ? { state: 'finished' } : { state: 'failed', error: failure(record, ending) };
}

const preempted = () => t('It was told to make room, and made a checkpoint to go on from.');
const wasEnded = () => t('It did not stop by itself and was ended.');

function failure({ trainer }: RunRecord, { exit, lastLine = '', reason }: Ending): string {
  const said = trainer === 'command' || exit?.code !== 1 ? undefined : lastWords(lastLine);
  if (said !== undefined) return said;
  const what = reason ?? (isOfFullDisk(lastLine) ? noRoom(lastLine) : howItEnded(exit));
  return lastLine && !what.includes(lastLine) ? t('{0} The last line of output.log: {1}', what, lastLine) : what;
}

/** What our trainers and supervisors end output.log with where something went wrong; undefined for any other line. */
export function lastWords(line: string): string | undefined {
  const opening = t('Failed: {0}', '');
  return line.startsWith(opening) ? line.slice(opening.length) : undefined;
}

/** What the operating system says, as programs of any kind pass it on. */
const isOfFullDisk = (line: string): boolean => /no space left on device|disk quota exceeded|\bENOSPC\b/i.test(line);

/** `what`: what the operating system says, and of which file. */
export const noRoom = (what: string): string =>
  t('There is no room left on the disk: {0}. Make room, then resume the run.', what);
export const notWritable = (what: string): string =>
  t('The run folder cannot be written to: {0}. Check its permissions, then resume the run.', what);

function howItEnded(exit: Ending['exit']): string {
  if (!exit)
    return t(
      'The training process ended without a word: it was killed, or the machine was restarted or ran out of memory.',
    );
  if (exit.signal === 'SIGKILL')
    return t('The training process was killed: by somebody, or because the machine ran out of memory.');
  if (exit.signal) return t('The training process was ended by signal {0}.', exit.signal);
  if (exit.code === 127) return t('The command was not found.');
  if (exit.code === 126) return t('The command may not be executed.');
  return t('The training process ended with exit status {0}.', exit.code ?? '?');
}

function closed(attempts: NonNullable<RunRecord['attempts']>, { time, exit }: Ending) {
  const last = attempts.at(-1);
  if (!last || last.ended !== undefined) return attempts;
  return [...attempts.slice(0, -1), { ...last, ended: time.toISOString(), ...(exit && { exit }) }];
}
