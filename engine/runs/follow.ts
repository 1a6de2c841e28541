import { open } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import { errorCode } from '../errors';
import { readRecord } from './store';

export type RunEvent =
  /** What was appended to output.log. */
  | { readonly kind: 'output'; readonly text: string }
  /** The record changed: another state, or progress. */
  | { readonly kind: 'record'; readonly record: RunRecord };

/**
 * Tells what a run does until it has ended, beginning with what it did so far; resolves with its record. Aborting `signal`
 * ends the following, not the run. Throws `InputError` when there is no run.
 */
export async function followRun(
  folder: string,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<RunRecord> {
  const output = new OutputReader(path.join(folder, 'output.log'));
  let told = '';
  for (;;) {
    // The record comes first: output that is read after its end is complete.
    const record = await readRecord(folder);
    for (let text = await output.read(); text !== ''; text = await output.read()) onEvent({ kind: 'output', text });
    const { state, progress, connection, remote } = record;
    const key = [state, progress?.updated, connection?.state, connection?.reason, remote?.waitingFor].join(' ');
    if (key !== told) onEvent({ kind: 'record', record });
    told = key;
    if (!isActive(record) || signal?.aborted) return record;
    await sleep(interval, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}

/** Milliseconds. */
const interval = 200;

class OutputReader {
  private offset = 0;
  private readonly decoder = new StringDecoder('utf8');
  private readonly buffer = Buffer.alloc(1 << 16);

  constructor(private readonly file: string) {}

  /** The next piece; empty when there is nothing new. */
  async read(): Promise<string> {
    try {
      const handle = await open(this.file, 'r');
      const { bytesRead } = await handle
        .read(this.buffer, 0, this.buffer.length, this.offset)
        .finally(() => handle.close());
      this.offset += bytesRead;
      return this.decoder.write(this.buffer.subarray(0, bytesRead));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    }
  }
}
