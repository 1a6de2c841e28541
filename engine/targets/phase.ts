import { t } from '../../core/l10n';
import type { Look, RemoteAttempt } from './look';

/** Where a run on a target stands. */
export type Phase =
  | { readonly kind: 'queued'; readonly waitingFor?: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  | EndedPhase;

export interface EndedPhase {
  readonly kind: 'ended';
  readonly exit?: { readonly code: number | null; readonly signal?: string };
  /** Seconds since 1970 by the target's clock. */
  readonly time?: number;
  /** Why, in a sentence, where more is known than the exit status. */
  readonly reason?: string;
  /** Why the run's folder took no file when it ended, in the words of the system there. */
  readonly refusal?: string;
  /** Somebody else than us ended it on purpose. */
  readonly cancelled?: boolean;
}

export interface Circumstances {
  readonly queue: boolean;
  /** Seconds since the run was brought to its target, by our clock. */
  readonly age: number;
}

/** What a look at a run means. Undefined: it cannot be told now; ask again. */
export function phaseOf(look: Look, circumstances: Circumstances): Phase | undefined {
  return circumstances.queue ? queuePhase(look, circumstances) : processPhase(look, circumstances);
}

/** Seconds that a start may take, and that a supervisor may be silent where its processes cannot be seen. */
const startLimit = 60;
const silenceLimit = 180;

function processPhase(look: Look, { age }: Circumstances): Phase {
  const latest = look.attempts.find(({ number }) => number === look.attempt);
  if (!latest) return age < startLimit ? { kind: 'starting' } : { kind: 'ended', reason: neverStarted() };
  if (latest.end) return ended(latest.end);
  if (look.alive) return { kind: 'running' };
  const silence = look.time - (look.beat ?? 0);
  if (look.place === 'elsewhere')
    return silence < silenceLimit ? { kind: 'running' } : { kind: 'ended', reason: silent(latest) };
  if (look.place === 'rebooted') return { kind: 'ended', reason: rebooted() };
  if (look.place === 'nowhere' && silence < startLimit) return { kind: 'starting' };
  return { kind: 'ended' };
}

const waiting = new Set(['PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'SPECIAL_EXIT', 'RESV_DEL_HOLD']);
const going = new Set([
  'RUNNING',
  'COMPLETING',
  'SUSPENDED',
  'STOPPED',
  'STAGE_OUT',
  'SIGNALING',
  'RESIZING',
  'CONFIGURING',
]);

function queuePhase(look: Look, { age }: Circumstances): Phase | undefined {
  const { job } = look;
  const latest = look.attempts.find(({ number }) => number === look.attempt);
  if (!look.submitted) return age < startLimit ? { kind: 'queued' } : { kind: 'ended', reason: neverQueued() };
  if (job === undefined) return undefined;
  if (job === 'unknown') return forgotten(look, latest);
  if (waiting.has(job.state)) return { kind: 'queued', ...(job.reason && { waitingFor: job.reason }) };
  if (going.has(job.state)) return goingOn(latest);
  if (job.state === 'REVOKED' && !latest) return { kind: 'queued' };
  if (job.state === 'REVOKED') return forgotten(look, latest);
  return { ...ended(latest?.end), ...endOfJob(job.state, job.reason, latest) };
}

/** A job whose run has ended is about to end, too, or has been queued again and begins anew: the next look tells. */
function goingOn(latest: RemoteAttempt | undefined): Phase | undefined {
  if (!latest) return { kind: 'starting' };
  return latest.end ? undefined : { kind: 'running' };
}

/**
 * Slurm forgets a job minutes after its end, and all of them when its controller starts anew; in a federation another cluster
 * may have taken it (`REVOKED`), which is not asked.
 */
function forgotten(look: Look, latest: RemoteAttempt | undefined): Phase {
  if (latest?.end) return ended(latest.end);
  const isHeard = look.beat !== undefined && look.time - look.beat < silenceLimit;
  return isHeard
    ? { kind: 'running' }
    : { kind: 'ended', reason: t('Slurm no longer knows the job, and the run is silent.') };
}

function ended(end: RemoteAttempt['end']): EndedPhase {
  if (!end) return { kind: 'ended' };
  return {
    kind: 'ended',
    exit: exitOf(end.code),
    time: end.time,
    ...(end.kind === 'exit' && end.fruitless && { reason: fruitless() }),
    ...(end.refusal !== undefined && { refusal: end.refusal }),
  };
}

/** A shell tells a signal by 128 and its number. */
function exitOf(code: number): NonNullable<EndedPhase['exit']> {
  const signal = signals[code - 128];
  return signal ? { code: null, signal } : { code };
}

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** `JobState` of squeue(1); a run that has recorded its own end speaks for itself. */
function endOfJob(state: string, reason: string | undefined, latest: RemoteAttempt | undefined): Partial<EndedPhase> {
  const hasSignal = latest?.end !== undefined && signals[latest.end.code - 128] !== undefined;
  if (state === 'CANCELLED') return latest?.end?.kind === 'exit' && !hasSignal ? {} : { cancelled: true };
  if (latest?.end && state !== 'OUT_OF_MEMORY' && state !== 'TIMEOUT') return {};
  switch (state) {
    case 'TIMEOUT':
    case 'DEADLINE':
      return { reason: t('The job met its time limit. Give the target a longer "time", or resume the run.') };
    case 'OUT_OF_MEMORY':
      return { reason: t('The job needed more memory than it was given. Raise "memory" of the target.') };
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return { reason: t('The node that the job was on has failed. Resume the run.') };
    case 'PREEMPTED':
      return { reason: t('The job had to make room. Resume the run.') };
    case 'COMPLETED':
      return {};
    default:
      // Its processes were all killed, the one that records its end with them.
      if (latest) return {};
      return { reason: t('The job has failed before the run began ({0}).', reason ?? state) };
  }
}

const fruitless = () =>
  t(
    'The job had to make room before the run had a new checkpoint, and is not queued again. Give the target a longer "time" or a shorter "setup", then resume the run.',
  );
const neverStarted = () => t('The run was not started: the connection was cut too early. Resume it.');
const neverQueued = () => t('The run was not queued: the connection was cut too early. Resume it.');
const rebooted = () => t('The machine was restarted while the run was going on.');
const silent = ({ host }: RemoteAttempt) => t('Nothing was heard of the run on {0} for minutes.', host ?? '?');
