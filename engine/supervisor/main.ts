import { errorMessage } from '../errors';
import { chooseLanguage } from '../language';
import { Supervisor } from './supervisor';

/**
 * The supervisor: `supervisor.js RUN_FOLDER`. It starts the command of the run's record in a process group of its own, and keeps
 * the record until the command has ended, whether an editor is open or not.
 */
async function main([folder]: readonly string[]): Promise<number> {
  if (folder === undefined) {
    console.error('supervisor.js RUN_FOLDER');
    return 2;
  }
  chooseLanguage(process.env);
  const supervisor = new Supervisor(folder);
  // A closed terminal or a cut connection is no reason to stop.
  process.on('SIGHUP', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => supervisor.stop());
  if (process.platform !== 'win32') process.on('SIGUSR1', () => supervisor.preempt());
  return supervisor.run();
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(errorMessage(error));
    process.exit(1);
  },
);
