import type { OnnxTensor, TensorData } from './model';
import type { Tape } from './scan';
import { elementSize } from './tensor';

/** Fields of `TensorProto`. */
const DIMS = 1;
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const STRING_DATA = 6;
const NAME = 8;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const EXTERNAL_DATA = 13;

/** Takes one `TensorProto` off the tape, whose entry `message` is; its values stay in the file. */
export function readTensor(tape: Tape, message: number): OnnxTensor {
  let rank = 0;
  let name = '';
  let dataType = 0;
  let data: TensorData | undefined;
  let numbers: Numbers | undefined;
  let texts: string[] | undefined;
  let external: Map<string, string> | undefined;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    const field = tape.field(at);
    if (field === DIMS) rank++;
    else if (field === DATA_TYPE) dataType = tape.value(at);
    else if (field === NAME) name = tape.text(at);
    else if (field === EXTERNAL_DATA) {
      external ??= new Map();
      readEntry(tape, at, external);
    } else if (field === STRING_DATA) {
      texts ??= [];
      texts.push(tape.text(at));
    } else if (tape.next(at) > at + 1) data = bytesInFile(field, tape.value(at), tape.value(at + 1));
    else {
      numbers ??= { field, values: [] };
      numbers.values.push(tape.value(at));
    }
  }
  if (numbers) data = { kind: 'bytes', bytes: bytesOf(numbers, dataType) };
  if (texts) data = { kind: 'strings', values: texts };
  if (external?.has('location')) data = externalData(external);
  return { name, dataType, dims: dimsOf(tape, message, rank), data: data ?? NO_DATA };
}

/** In a list of just that length: one that grows has room for 17 entries at least. */
function dimsOf(tape: Tape, message: number, rank: number): number[] {
  const dims = new Array<number>(rank);
  for (let at = message + 1, axis = 0; axis < rank; at = tape.next(at)) {
    if (tape.field(at) === DIMS) dims[axis++] = tape.value(at);
  }
  return dims;
}

const NO_DATA: TensorData = { kind: 'bytes', bytes: new Uint8Array(0) };

/** `StringStringEntryProto`. */
export function readEntry(tape: Tape, message: number, into: Map<string, string>): void {
  let key = '';
  let value = '';
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    if (tape.field(at) === 1) key = tape.text(at);
    else value = tape.text(at);
  }
  into.set(key, value);
}

function bytesInFile(field: number, offset: number, length: number): TensorData {
  if (field === RAW_DATA || field === FLOAT_DATA || field === DOUBLE_DATA) return { kind: 'file', offset, length };
  return { kind: 'file', offset, length, encoding: 'varints' };
}

/** Values that were written one field each, as writers of the protobuf 2 days do. */
interface Numbers {
  readonly field: number;
  readonly values: number[];
}

/** As little-endian bytes; integers also hold the bits of the smaller types. */
function bytesOf({ field, values }: Numbers, dataType: number): Uint8Array {
  if (field === FLOAT_DATA) return new Uint8Array(Float32Array.from(values).buffer);
  if (field === DOUBLE_DATA) return new Uint8Array(Float64Array.from(values).buffer);
  const size = elementSize(dataType) || 1;
  const wide = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
  return wide.filter((_, index) => index % 8 < size);
}

function externalData(entries: ReadonlyMap<string, string>): TensorData {
  const length = entries.get('length');
  return {
    kind: 'external',
    location: entries.get('location') ?? '',
    offset: Number(entries.get('offset') ?? 0),
    ...(length !== undefined ? { length: Number(length) } : {}),
  };
}
