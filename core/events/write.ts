import { maskedCrc32c } from './crc32c';
import { MessageWriter } from './message';

/**
 * Writes TensorBoard event files: TFRecord framing around `tensorflow.Event` messages (`event.proto`, `summary.proto` of
 * TensorFlow; `plugin_data.proto` and `api.proto` of TensorBoard's hparams plugin).
 *
 * Every method returns framed bytes to be appended to the file; `start` comes first in each file. Wall times are seconds
 * since 1970.
 */
export class EventFileEncoder {
  /** The first record of a file; readers take their rules for restarts from this version. */
  start(wallTime: number): Uint8Array {
    return encodeEvent(wallTime, 0, (event) => event.text(3, 'brain.Event:2'));
  }

  /** One point for each tag. Values are stored as float32, as TensorBoard's own writers do. */
  scalars(wallTime: number, step: number, values: Iterable<readonly [tag: string, value: number]>): Uint8Array {
    return encodeSummary(wallTime, step, (summary) => {
      for (const [tag, value] of values) summary.message(1, (entry) => entry.text(1, tag).float(2, value));
    });
  }

  /** Markdown for TensorBoard's Text tab. */
  text(wallTime: number, step: number, tag: string, markdown: string): Uint8Array {
    return encodeSummary(wallTime, step, (summary) =>
      summary.message(1, (entry) =>
        entry
          .text(1, tag)
          .message(8, (tensor) => tensor.integer(1, dataTypeString).message(2, oneDimension).text(8, markdown))
          .message(9, (metadata) => pluginData(metadata, 'text', new Uint8Array(0))),
      ),
    );
  }

  /** Hyperparameters and the tags of the metrics they lead to, for TensorBoard's HParams tab. */
  hyperparameters(
    wallTime: number,
    values: Readonly<Record<string, Hyperparameter>>,
    metrics: readonly string[],
  ): Uint8Array {
    const entries = Object.entries(values);
    return concatenate([
      hyperparameterRecord(wallTime, '_hparams_/experiment', (data) =>
        data.message(2, (experiment) => {
          for (const [name, value] of entries)
            experiment.message(4, (info) => info.text(1, name).integer(4, hyperparameterTypes[kindOf(value)]));
          for (const tag of metrics) experiment.message(5, (metric) => metric.message(1, (name) => name.text(2, tag)));
        }),
      ),
      hyperparameterRecord(wallTime, '_hparams_/session_start_info', (data) =>
        data.message(3, (session) => {
          for (const [name, value] of entries)
            session.message(1, (entry) => entry.text(1, name).message(2, (boxed) => structValue(boxed, value)));
          session.double(5, wallTime);
        }),
      ),
    ]);
  }

  /** How the session that `hyperparameters` opened came to its end. */
  sessionEnd(wallTime: number, succeeded: boolean): Uint8Array {
    return hyperparameterRecord(wallTime, '_hparams_/session_end_info', (data) =>
      data.message(4, (session) => session.integer(1, succeeded ? 1 : 2).double(2, wallTime)),
    );
  }

  /**
   * Training starts again at `step`: what earlier files say of this step and later ones no longer counts. To be written
   * after `start` when a run is resumed from a checkpoint.
   */
  restart(wallTime: number, step: number): Uint8Array {
    return encodeEvent(wallTime, step, (event) => event.message(7, (sessionLog) => sessionLog.integer(1, 1)));
  }
}

export type Hyperparameter = number | string | boolean;

/** `events.out.tfevents.<seconds, ten digits>.<host>.<pid>.<count>`: sorted by name, files are in order of time. */
export function eventFileName(wallTime: number, host: string, pid: number, count = 0): string {
  const seconds = String(Math.floor(wallTime)).padStart(10, '0');
  return `events.out.tfevents.${seconds}.${host.replace(/[^\w.-]/g, '_')}.${pid}.${count}`;
}

/** One framed `tensorflow.Event`; `write` adds the one field beside wall time and step. */
export function encodeEvent(wallTime: number, step: number, write: (event: MessageWriter) => void): Uint8Array {
  const event = new MessageWriter().double(1, wallTime);
  if (step !== 0) event.integer(2, step);
  write(event);
  return frame(event.finish());
}

/** TFRecord: length (uint64), its masked checksum, the data, its masked checksum; all little-endian. */
export function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

function encodeSummary(wallTime: number, step: number, write: (summary: MessageWriter) => void): Uint8Array {
  return encodeEvent(wallTime, step, (event) => event.message(5, write));
}

function hyperparameterRecord(wallTime: number, tag: string, write: (data: MessageWriter) => void): Uint8Array {
  const data = new MessageWriter();
  write(data);
  return encodeSummary(wallTime, 0, (summary) =>
    summary.message(1, (entry) =>
      entry
        .text(1, tag)
        .message(8, (tensor) => tensor.integer(1, dataTypeFloat).message(2, oneDimension))
        .message(9, (metadata) => pluginData(metadata, 'hparams', data.finish())),
    ),
  );
}

const dataTypeFloat = 1;
const dataTypeString = 7;
const dataClassTensor = 2;

function oneDimension(shape: MessageWriter): void {
  shape.message(2, (dimension) => dimension.integer(1, 1));
}

function pluginData(metadata: MessageWriter, name: string, content: Uint8Array): void {
  metadata.message(1, (plugin) => plugin.text(1, name).content(2, content)).integer(4, dataClassTensor);
}

/** `DataType` of the plugin's `api.proto`. */
const hyperparameterTypes = { string: 1, boolean: 2, number: 3 };

function kindOf(value: Hyperparameter): keyof typeof hyperparameterTypes {
  return typeof value as keyof typeof hyperparameterTypes;
}

/** `google.protobuf.Value`. */
function structValue(writer: MessageWriter, value: Hyperparameter): void {
  if (typeof value === 'number') writer.double(2, value);
  else if (typeof value === 'string') writer.text(3, value);
  else writer.integer(4, value ? 1 : 0);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
