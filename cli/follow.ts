import { t } from '../core/l10n';
import { fileSizeText } from '../core/quantities';
import type { RunRecord } from '../core/runs/record';
import { parseOverride } from '../core/scheme/overrides';
import { attach } from '../engine/runs/attach';
import { followRun } from '../engine/runs/follow';
import type { LaunchOutcome, LaunchProgress, RunOptions } from '../engine/runs/options';
import { stopRun } from '../engine/runs/stop';
import { type Arguments, type ExitStatus, UsageError } from './command';
import { stoppedByInterrupt } from './interrupt';
import type { Terminal } from './terminal';

/** Ctrl+C stops the run and waits for its last checkpoint; pressed again, it ends the following only. */
export function follow(folder: string, json: boolean, terminal: Terminal): Promise<ExitStatus> {
  const sentence = t('Stopping the run; press again to leave it alone.');
  return stoppedByInterrupt(
    terminal,
    sentence,
    () => stopRun(folder),
    async (following) => {
      const mirroring = attach(folder, { signal: following.signal, interactive: isInteractive() });
      // What keeps it from mirroring is told by `await` below; following reads the record, which does not fail for it.
      mirroring.catch(() => following.abort());
      const record = await followRun(
        folder,
        (event) => {
          if (event.kind === 'output' && !json) terminal.out(event.text);
          if (event.kind === 'record') terminal.progress(progressLine(event.record));
        },
        following.signal,
      );
      terminal.progress('');
      await mirroring;
      return end(record, folder, json, terminal);
    },
  );
}

function end(record: RunRecord, folder: string, json: boolean, terminal: Terminal): ExitStatus {
  const { id, state, metrics, error } = record;
  if (json) terminal.out(JSON.stringify({ id, folder, state, metrics, ...(error && { error }) }, null, 2));
  else terminal.out(t('{0}: {1} ({2})', id, state, folder));
  if (error) terminal.err(error);
  return state === 'finished' ? 0 : 1;
}

function progressLine({ progress, state, connection, remote, target }: RunRecord): string {
  if (connection?.state === 'cut') return connection.reason ?? t('The connection to {0} is cut.', target);
  if (state === 'queued') return remote?.waitingFor ? t('in the queue ({0})', remote.waitingFor) : t('in the queue');
  if (!progress) return state === 'starting' ? t('starting') : '';
  const left = progress.secondsLeft === undefined ? '' : t(', {0} s left', Math.round(progress.secondsLeft));
  return t('epoch {0} of {1}', progress.epoch, progress.epochs) + left;
}

/** How a launch asks and tells. Ctrl+C gives it up, so that nothing is left behind; pressed again, it ends this program. */
export async function launching(
  terminal: Terminal,
  launch: (how: Launching) => Promise<LaunchOutcome>,
): Promise<LaunchOutcome> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    return await launch({
      interactive: isInteractive(),
      onProgress: (progress) => terminal.progress(launchLine(progress)),
      signal: interrupted.signal,
    });
  } finally {
    process.off('SIGINT', interrupt);
    terminal.progress('');
  }
}

type Launching = Pick<RunOptions, 'interactive' | 'onProgress' | 'signal'>;

/** Whether somebody is there to answer what `ssh` asks. */
const isInteractive = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/** "Uploading to gpu-box: 3.1 MB of 12 MB". */
function launchLine({ message, done, total }: LaunchProgress): string {
  if (done === undefined || total === undefined) return message;
  return t('{0}: {1} of {2}', message, fileSizeText(done), fileSizeText(total));
}

/** The values of `--set`. Throws `UsageError`. */
export function readOverrides({ options }: Arguments): Record<string, unknown> {
  const settings = Array.isArray(options.set) ? options.set.map(String) : [];
  return Object.fromEntries(
    settings.map((setting) => {
      const override = parseOverride(setting);
      if (!override)
        throw new UsageError(t('--set takes KEY=VALUE, model.learning_rate=0.01 for example, not "{0}".', setting));
      return [override.key, override.value];
    }),
  );
}
