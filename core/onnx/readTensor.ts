import type { OnnxTensor, TensorData } from './model';
import { WIRE_32_BIT, WIRE_64_BIT, WIRE_BYTES, WIRE_VARINT, type WireReader } from './wire';

/** Fields of `TensorProto` that hold the values: `float_data`, `int32_data`, `int64_data`, `raw_data`, `double_data`, `uint64_data`. */
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const UINT64_DATA = 11;
const EXTERNAL_DATA = 13;

/** Reads one `TensorProto` up to `end`; its values stay in the file. */
export function readTensor(reader: WireReader, end: number): OnnxTensor {
  reader.spend(OBJECT_BYTES);
  let name = '';
  let dataType = 0;
  let data: TensorData = NO_DATA;
  const dims: number[] = [];
  let loose: number[] | undefined;
  let external: Map<string, string> | undefined;
  while (reader.position < end) {
    const tag = reader.tag();
    const field = tag >>> 3;
    const wire = tag & 7;
    if (wire === WIRE_BYTES) {
      const fieldEnd = reader.fieldEnd(end);
      if (field === RAW_DATA) data = { kind: 'file', offset: reader.position, length: fieldEnd - reader.position };
      else if (field === 8) name = reader.string(fieldEnd);
      else if (field === 1) readNumbers(reader, fieldEnd, dims);
      else if (field === EXTERNAL_DATA) {
        external ??= new Map();
        readEntry(reader, fieldEnd, external);
      } else data = packed(field, reader.position, fieldEnd - reader.position) ?? data;
      reader.position = fieldEnd;
    } else if (wire === WIRE_VARINT && field === 1) readNumber(reader, dims);
    else if (wire === WIRE_VARINT && field === 2) dataType = reader.varint();
    else if (isLoose(field, wire)) {
      loose ??= [];
      readLoose(reader, wire, loose);
    } else reader.skip(tag, end);
  }
  reader.close(end);
  if (loose) data = { kind: 'bytes', bytes: Uint8Array.from(loose) };
  return { name, dataType, dims: dims.slice(), data: external?.has('location') ? externalData(external) : data };
}

/** What an object with its strings takes in memory, about. */
export const OBJECT_BYTES = 256;

const NUMBER_BYTES = 8;
const NO_DATA: TensorData = { kind: 'bytes', bytes: new Uint8Array(0) };

/** A packed list of integers. */
export function readNumbers(reader: WireReader, end: number, into: number[]): void {
  while (reader.position < end) readNumber(reader, into);
  reader.close(end);
}

export function readNumber(reader: WireReader, into: number[]): void {
  reader.spend(NUMBER_BYTES);
  into.push(reader.varint());
}

/** `StringStringEntryProto`. */
export function readEntry(reader: WireReader, end: number, into: Map<string, string>): void {
  reader.spend(OBJECT_BYTES);
  let key = '';
  let value = '';
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 1 * 8 + WIRE_BYTES) key = reader.symbol(reader.fieldEnd(end));
    else if (tag === 2 * 8 + WIRE_BYTES) value = reader.string(reader.fieldEnd(end));
    else reader.skip(tag, end);
  }
  reader.close(end);
  into.set(key, value);
}

function packed(field: number, offset: number, length: number): TensorData | undefined {
  if (field === FLOAT_DATA || field === DOUBLE_DATA) return { kind: 'file', offset, length };
  if (field === INT32_DATA || field === INT64_DATA || field === UINT64_DATA) {
    return { kind: 'file', offset, length, encoding: 'varints' };
  }
  return undefined;
}

/** Values that were written one field each, as writers of the protobuf 2 days do: collected as little-endian bytes. */
function isLoose(field: number, wire: number): boolean {
  return (field === FLOAT_DATA && wire === WIRE_32_BIT) || (field === DOUBLE_DATA && wire === WIRE_64_BIT);
}

function readLoose(reader: WireReader, wire: number, into: number[]): void {
  const bytes = reader.bytes(wire === WIRE_32_BIT ? 4 : 8);
  reader.spend(NUMBER_BYTES * bytes.length);
  into.push(...bytes);
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
