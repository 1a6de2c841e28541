import { existsSync, rmSync } from 'node:fs';
import { stopFile } from '../runs/stop';

/** Thrown where the run was asked to stop and there is nothing to keep. */
export class Stopped extends Error {}

/** Whether the run was asked to stop: by a signal, or by the file `stop` in its folder. */
export class StopRequest {
  private asked = false;
  private lastLook = 0;
  private readonly file: string;

  constructor(folder: string) {
    this.file = stopFile(folder);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.request());
    // A closed terminal or a cut connection is no reason to stop.
    process.on('SIGHUP', () => undefined);
  }

  /** To be asked between steps. */
  get requested(): boolean {
    if (!this.asked && Date.now() - this.lastLook > lookInterval) {
      this.lastLook = Date.now();
      this.asked = existsSync(this.file);
    }
    return this.asked;
  }

  /** Rejects with `Stopped` as soon as the run is asked to stop, whatever the work is at then; the work is given up. */
  async interrupt<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const stopped = new Promise<never>((_, reject) => {
      timer = setInterval(() => this.requested && reject(new Stopped()), lookInterval);
    });
    return Promise.race([work, stopped]).finally(() => clearInterval(timer));
  }

  clear(): void {
    rmSync(this.file, { force: true });
  }

  private request(): void {
    this.asked = true;
  }
}

/** Milliseconds. */
const lookInterval = 200;
