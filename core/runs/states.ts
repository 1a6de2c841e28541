import { t } from '../l10n';
import { activeStates, type RunRecord, type RunState } from './record';
import { isRemote } from './target';

export const isActive = (record: RunRecord): boolean => activeStates.includes(record.state);

/** For a person; in the middle of a sentence. */
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

/** The record in another state, with the change in its history. */
export function enterState(record: RunRecord, state: RunState, time: Date, reason?: string): RunRecord {
  const entry = { state, time: time.toISOString(), ...(reason !== undefined && { reason }) };
  return { ...record, state, history: [...record.history, entry] };
}

/** What this machine can tell about a run's process. */
export interface Evidence {
  readonly now: Date;
  /** Of the machine that asks. */
  readonly host: string;
  /** `unknown`: on another machine, or this system does not tell processes apart. */
  readonly process: 'alive' | 'gone' | 'rebooted' | 'unknown';
}

/**
 * What a record that says "running" is worth. Nobody writes the record of a process that was killed, so whoever reads it
 * decides: `failed` when the process is known to be gone, `lost` when nothing was heard of it for long and nobody can look.
 * A run on a target goes on while nobody here looks: only whoever reaches the target can say more.
 */
export function believableState(record: RunRecord, evidence: Evidence): RunRecord {
  if (!isActive(record) || evidence.process === 'alive') return record;
  if (record.remote) return record;
  const silence = evidence.now.getTime() - lastHeard(record).getTime();
  if (evidence.process === 'rebooted')
    return failed(record, t('The machine was restarted while the run was going on.'));
  if (evidence.process === 'gone') return failed(record, whyGone(record));
  if (record.process === undefined && record.host === evidence.host) {
    return silence > longestStart
      ? failed(record, t('The training process did not start. output.log may tell why.'))
      : record;
  }
  return silence > longestSilence ? lost(record) : record;
}

/** A run for a target is only brought there as long as it has no place there. */
const whyGone = ({ launch }: RunRecord): string =>
  launch && isRemote(launch.target)
    ? t(
        'The launch was interrupted before the run was started on {0}. Resume the run to launch it again.',
        launch.target.name,
      )
    : t(
        'The training process ended without a word: it was killed, or the machine ran out of memory. The end of output.log may tell more.',
      );

/** Milliseconds. */
const longestStart = 60_000;
const longestSilence = 15 * 60_000;

/** A run that was resumed was heard of then, whatever its last progress says. */
export function lastHeard({ progress, history }: RunRecord): Date {
  const times = [progress?.updated, history.at(-1)?.time].map((time) => Date.parse(time ?? ''));
  return new Date(Math.max(0, ...times.filter(Number.isFinite)));
}

const failed = (record: RunRecord, reason: string): RunRecord => ({
  ...enterState(record, 'failed', lastHeard(record), reason),
  error: reason,
});

function lost(record: RunRecord): RunRecord {
  const reason = t(
    'Nothing was heard of the run since {0}, and its process on {1} cannot be seen from here.',
    lastHeard(record).toISOString(),
    record.host,
  );
  return { ...enterState(record, 'lost', lastHeard(record), reason), error: reason };
}
