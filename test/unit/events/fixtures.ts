import { EventFileReader } from '../../../core/events/eventFile';
import type { MessageWriter } from '../../../core/events/message';
import { RunLog } from '../../../core/events/run';
import { EventFileEncoder, encodeEvent } from '../../../core/events/write';

/** A run's log as the reader sees it: `{tag: [kind, [step, value]...]}`, values of tags that are not read are NaN. */
export function readLog(...files: readonly Uint8Array[][]): Record<string, [string, ...[number, number][]]> {
  const log = new RunLog();
  for (const records of files) new EventFileReader(log).read(Buffer.concat(records));
  return shown(log);
}

export function shown(log: RunLog): Record<string, [string, ...[number, number][]]> {
  return Object.fromEntries(
    log
      .tags()
      .map(({ tag, kind, columns }) => [
        tag,
        [
          kind,
          ...Array.from(
            { length: columns.count },
            (_, at) => [columns.steps[at]!, columns.values[at]!] as [number, number],
          ),
        ],
      ]),
  );
}

const encoder = new EventFileEncoder();

export const startRecord = encoder.start(1.7e9);

/** One record with one scalar; the wall time is the step in seconds after a fixed moment. */
export function point(step: number, value: number, tag = 'loss'): Uint8Array {
  return encoder.scalars(1.7e9 + step, step, [[tag, value]]);
}

export function restartRecord(step: number): Uint8Array {
  return encoder.restart(1.7e9, step);
}

export function oldStartRecord(version: string): Uint8Array {
  return encodeEvent(1.7e9, 0, (event) => event.text(3, version));
}

/** One summary value, written by hand. */
export function valueRecord(step: number, write: (value: MessageWriter) => void): Uint8Array {
  return encodeEvent(1.7e9 + step, step, (event) => event.message(5, (summary) => summary.message(1, write)));
}

export function plugin(name: string): (metadata: MessageWriter) => void {
  return (metadata) => metadata.message(1, (data) => data.text(1, name));
}
