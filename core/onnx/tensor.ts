import { type ByteSource, DataType, type OnnxTensor } from './model';
import { decodeSmall, smallBits } from './smallTypes';

export type NumberArray = Float32Array | Float64Array | Int32Array | Uint32Array;

/** Where values are fetched from. `external` decides which files may be read at all; `undefined`: not that one. */
export interface TensorSource {
  readonly file?: ByteSource;
  external?(location: string): ByteSource | undefined;
}

/** Elements; a negative dimension, as in a damaged file, counts as none. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * Math.max(0, size), 1);
}

/** Bytes of one element; 0 for types whose elements have no fixed size, or that are smaller than a plain byte's. */
export function elementSize(dataType: number): number {
  switch (dataType) {
    case DataType.uint8:
    case DataType.int8:
    case DataType.bool:
      return 1;
    case DataType.uint16:
    case DataType.int16:
    case DataType.float16:
    case DataType.bfloat16:
      return 2;
    case DataType.float:
    case DataType.int32:
    case DataType.uint32:
      return 4;
    case DataType.double:
    case DataType.int64:
    case DataType.uint64:
    case DataType.complex64:
      return 8;
    case DataType.complex128:
      return 16;
    default:
      return 0;
  }
}

/** Bits of one element; 0 for types whose elements have no fixed size. */
export function elementBits(dataType: number): number {
  return smallBits(dataType) ?? 8 * elementSize(dataType);
}

/**
 * The tensor's little-endian bytes, exactly as many as its dimensions and type ask for; `undefined` when they are not there
 * (too few, outside of the file, an external file that may not be read) or the type has no fixed size.
 */
export function tensorBytes(tensor: OnnxTensor, source: TensorSource = {}): Uint8Array | undefined {
  const bits = elementBits(tensor.dataType);
  const expected = Math.ceil((elementCount(tensor.dims) * bits) / 8);
  if (bits === 0 || !Number.isSafeInteger(expected)) return undefined;
  const bytes = rawBytes(tensor, expected, source);
  return bytes && bytes.length >= expected ? bytes.subarray(0, expected) : undefined;
}

/**
 * The tensor's values. Floats of fewer bits are widened to float32, and so are integers of 4 and 2 bits; 64-bit integers come as float64, exact to 2^53.
 */
export function tensorValues(tensor: OnnxTensor, source: TensorSource = {}): NumberArray | undefined {
  const bytes = tensorBytes(tensor, source);
  if (!bytes) return undefined;
  const isSmall = smallBits(tensor.dataType) !== undefined;
  return isSmall
    ? decodeSmall(bytes, tensor.dataType, elementCount(tensor.dims))
    : decodeValues(bytes, tensor.dataType);
}

/** Numbers as the little-endian bytes of `dataType`: float, double, int8, int32, int64, uint8, float16, bfloat16; others throw. */
export function encodeValues(values: ArrayLike<number>, dataType: number): Uint8Array {
  const size = elementSize(dataType);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) writeElement(view, i * size, values[i]!, dataType);
  return bytes;
}

/** Nearest float16, ties to even, as its 16 bits. */
export function toFloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const unbiased = exponent - 127;
  if (unbiased > 15) return sign | 0x7c00;
  if (unbiased < -25) return sign;
  const mantissa = fraction | 0x800000;
  const shift = unbiased < -14 ? -unbiased - 1 : 13;
  const base = unbiased < -14 ? 0 : (unbiased + 14) << 10;
  return sign | (base + roundedShift(mantissa, shift));
}

/** The upper half of the float32, rounded to the nearest, ties to even. */
function toBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function roundedShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const result = value >>> shift;
  return rest > half || (rest === half && result & 1) ? result + 1 : result;
}

function rawBytes(tensor: OnnxTensor, expected: number, source: TensorSource): Uint8Array | undefined {
  const { data } = tensor;
  if (data.kind === 'strings') return undefined;
  if (data.kind === 'bytes') return data.bytes;
  if (data.kind === 'external') return readWithin(source.external?.(data.location), data.offset, expected);
  if (data.encoding !== 'varints') return readWithin(source.file, data.offset, Math.min(data.length, expected));
  const bytes = readWithin(source.file, data.offset, data.length);
  return bytes && varintsToBytes(bytes, tensor, expected);
}

function readWithin(source: ByteSource | undefined, offset: number, length: number): Uint8Array | undefined {
  if (!source || !(offset >= 0) || !(length >= 0) || offset + length > source.size) return undefined;
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, source.read(offset, bytes));
}

/** `int32_data`, `int64_data` and `uint64_data`, packed; also the bits of float16, bfloat16 and bool. */
function varintsToBytes(packed: Uint8Array, tensor: OnnxTensor, expected: number): Uint8Array | undefined {
  // Of types that share a byte, each integer is a byte.
  const isSmall = smallBits(tensor.dataType) !== undefined;
  const size = isSmall ? 1 : elementSize(tensor.dataType);
  const count = isSmall ? expected : elementCount(tensor.dims);
  if (count > packed.length) return undefined;
  const bytes = new Uint8Array(count * size);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = packed[at++];
      if (byte === undefined || shift > 63n) return undefined;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    for (let k = 0; k < size; k++) bytes[i * size + k] = Number((value >> BigInt(8 * k)) & 255n);
  }
  return bytes;
}

function decodeValues(bytes: Uint8Array, dataType: number): NumberArray | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = elementSize(dataType);
  const count = bytes.length / size;
  const fill = <T extends NumberArray>(into: T, element: (offset: number) => number): T => {
    for (let i = 0; i < count; i++) into[i] = element(i * size);
    return into;
  };
  switch (dataType) {
    case DataType.float:
      return bytes.byteOffset % 4 === 0
        ? new Float32Array(bytes.buffer, bytes.byteOffset, count)
        : fill(new Float32Array(count), (at) => view.getFloat32(at, true));
    case DataType.double:
      return fill(new Float64Array(count), (at) => view.getFloat64(at, true));
    case DataType.float16:
      return fill(new Float32Array(count), (at) => fromFloat16(view.getUint16(at, true)));
    case DataType.bfloat16:
      return widenedBfloat16(view, count);
    case DataType.int64:
      return fill(new Float64Array(count), (at) => Number(view.getBigInt64(at, true)));
    case DataType.uint64:
      return fill(new Float64Array(count), (at) => Number(view.getBigUint64(at, true)));
    case DataType.int32:
      return fill(new Int32Array(count), (at) => view.getInt32(at, true));
    case DataType.uint32:
      return fill(new Uint32Array(count), (at) => view.getUint32(at, true));
    case DataType.int16:
      return fill(new Int32Array(count), (at) => view.getInt16(at, true));
    case DataType.uint16:
      return fill(new Int32Array(count), (at) => view.getUint16(at, true));
    case DataType.int8:
      return fill(new Int32Array(count), (at) => view.getInt8(at));
    case DataType.uint8:
    case DataType.bool:
      return fill(new Int32Array(count), (at) => view.getUint8(at));
    default:
      return undefined;
  }
}

function widenedBfloat16(view: DataView, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = view.getUint16(i * 2, true) << 16;
  return new Float32Array(bits.buffer);
}

function writeElement(view: DataView, at: number, value: number, dataType: number): void {
  if (dataType === DataType.float) view.setFloat32(at, value, true);
  else if (dataType === DataType.double) view.setFloat64(at, value, true);
  else if (dataType === DataType.int64) view.setBigInt64(at, BigInt(Math.trunc(value)), true);
  else if (dataType === DataType.int32) view.setInt32(at, value, true);
  else if (dataType === DataType.int8) view.setInt8(at, value);
  else if (dataType === DataType.uint8 || dataType === DataType.bool) view.setUint8(at, value);
  else if (dataType === DataType.float16) view.setUint16(at, toFloat16(value), true);
  else if (dataType === DataType.bfloat16) view.setUint16(at, toBfloat16(value), true);
  else throw new Error(`values of ONNX data type ${dataType} cannot be encoded`);
}
