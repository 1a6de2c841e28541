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
  let name = '';
  let dataType = 0;
  let data: TensorData = { kind: 'bytes', bytes: new Uint8Array(0) };
  const dims: number[] = [];
  const loose: number[] = [];
  const external = new Map<string, string>();
  while (reader.position < end) {
    const { field, wire } = reader.tag();
    if (wire === WIRE_BYTES) {
      const length = reader.length(end);
      const fieldEnd = reader.position + length;
      if (field === 1) while (reader.position < fieldEnd) dims.push(reader.varint());
      else if (field === 8) name = reader.string(length);
      else if (field === RAW_DATA) data = { kind: 'file', offset: reader.position, length };
      else if (field === EXTERNAL_DATA) readEntry(reader, fieldEnd, external);
      else data = packed(field, reader.position, length) ?? data;
      reader.position = fieldEnd;
    } else if (wire === WIRE_VARINT && (field === 1 || field === 2)) {
      if (field === 1) dims.push(reader.varint());
      else dataType = reader.varint();
    } else if (!readLoose(reader, field, wire, loose)) {
      reader.skip(wire, end);
    }
  }
  if (loose.length > 0) data = { kind: 'bytes', bytes: Uint8Array.from(loose) };
  return { name, dataType, dims, data: external.has('location') ? externalData(external) : data };
}

function packed(field: number, offset: number, length: number): TensorData | undefined {
  if (field === FLOAT_DATA || field === DOUBLE_DATA) return { kind: 'file', offset, length };
  if (field === INT32_DATA || field === INT64_DATA || field === UINT64_DATA) {
    return { kind: 'file', offset, length, encoding: 'varints' };
  }
  return undefined;
}

/** Values that were written one field each, as writers of the protobuf 2 days do: collected as little-endian bytes. */
function readLoose(reader: WireReader, field: number, wire: number, into: number[]): boolean {
  if (field === FLOAT_DATA && wire === WIRE_32_BIT) into.push(...reader.bytes(4));
  else if (field === DOUBLE_DATA && wire === WIRE_64_BIT) into.push(...reader.bytes(8));
  else return false;
  return true;
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

function readEntry(reader: WireReader, end: number, into: Map<string, string>): void {
  let key = '';
  let value = '';
  while (reader.position < end) {
    const { field, wire } = reader.tag();
    if (wire !== WIRE_BYTES) reader.skip(wire, end);
    else {
      const text = reader.string(reader.length(end));
      if (field === 1) key = text;
      else if (field === 2) value = text;
    }
  }
  into.set(key, value);
}
