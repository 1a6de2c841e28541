import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { t } from '../../core/l10n';
import { type Device, isDevice } from '../../core/runs/device';
import type { RunRecord } from '../../core/runs/record';
import { errorMessage, InputError } from '../errors';
import { chooseLanguage } from '../language';
import { loadOnnxRuntime } from '../onnxRuntime';
import { diskProblem } from '../runs/diskProblem';
import { RunJournal } from './journal';
import { defaultThreads } from './onnxRuntime';
import { Stopped, StopRequest } from './stopRequest';
import { trainRun } from './trainRun';

/**
 * The trainer: `trainer.js RUN_FOLDER [--threads N] [--device NAME]`. It reads run.json and scheme.json there, trains, and stops cleanly on
 * SIGTERM or when a file `stop` appears there. Its exit status is 0 for a run that is finished or stopped, else 1.
 */
async function main([folder, ...options]: readonly string[]): Promise<number> {
  if (folder === undefined) {
    console.error('trainer.js RUN_FOLDER [--threads N] [--device NAME]');
    return 2;
  }
  yieldToTheEditor();
  chooseLanguage(process.env);
  const stop = new StopRequest(folder);
  const journal = new RunJournal(folder);
  try {
    const threads = threadsFrom(options);
    const end = await trainRun(journal, stop, loadOnnxRuntime(deviceFrom(options), threads), threads);
    return finish(journal, stop, end);
  } catch (error) {
    return error instanceof Stopped ? finish(journal, stop, 'stopped') : fail(journal, error);
  }
}

function threadsFrom(options: readonly string[]): number {
  const threads = Number(optionOf(options, '--threads'));
  return Number.isInteger(threads) && threads > 0 ? threads : defaultThreads();
}

function deviceFrom(options: readonly string[]): Device | undefined {
  const name = optionOf(options, '--device');
  return name !== undefined && isDevice(name) ? name : undefined;
}

function optionOf(options: readonly string[], name: string): string | undefined {
  return options.includes(name) ? options[options.indexOf(name) + 1] : undefined;
}

/** Typing goes first; and when memory runs out, it is the training that the system ends, not the editor. */
function yieldToTheEditor(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Some systems allow neither; training works all the same.
  }
}

function finish(journal: RunJournal, stop: StopRequest, end: 'finished' | 'stopped'): number {
  stop.clear();
  journal.enter(end, { exit: { code: 0 }, metrics: metricsAtEnd(journal) });
  journal.log(end === 'finished' ? t('Finished.') : t('Stopped.'));
  return 0;
}

/** A run that was stopped within an epoch has no values of the whole of it: then the last ones that there were. */
function metricsAtEnd({ record: { metrics, progress } }: RunJournal): RunRecord['metrics'] {
  return { ...metrics, final: { ...progress?.last, ...metrics.final } };
}

function fail(journal: RunJournal, error: unknown): number {
  const known = knownFailure(error, journal.folder);
  const sentence =
    known ?? t('An unexpected error ended the training: {0}. output.log has the details.', errorMessage(error));
  if (known === undefined) console.error(error);
  console.error(t('Failed: {0}', sentence));
  journal.fail(sentence);
  return 1;
}

/** What went wrong, in a sentence for a person, where it is the input or the machine. */
function knownFailure(error: unknown, folder: string): string | undefined {
  if (error instanceof InputError) return error.message;
  const message = errorMessage(error);
  if (error instanceof RangeError || /bad_alloc|bad allocation|failed to allocate|out of memory/i.test(message)) {
    return t(
      'The memory is not enough{0}. Lower data.batch_size, or train on a machine with more memory.',
      askedFor(message),
    );
  }
  return diskProblem(error, folder);
}

/** ONNX Runtime ends such a message with "requested buffer of size 8640000000". */
function askedFor(message: string): string {
  const bytes = /size (\d+)/.exec(message)?.[1];
  return bytes === undefined ? '' : t(': {0} GB were asked for at once', (Number(bytes) / 1e9).toPrecision(2));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof InputError ? t('Failed: {0}', error.message) : error);
    process.exit(1);
  },
);
