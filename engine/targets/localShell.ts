import os from 'node:os';
import { ConnectionError, lastLine } from './connectionError';
import type { Shell } from './shell';

/** The shell of this machine, where Slurm's commands are at hand. */
export class LocalShell implements Shell {
  readonly host = os.hostname();

  command(script: string): Promise<readonly string[]> {
    return Promise.resolve(['sh', '-c', script]);
  }

  explain(errors: string): ConnectionError {
    return new ConnectionError('unfinished', this.host, lastLine(errors));
  }
}
