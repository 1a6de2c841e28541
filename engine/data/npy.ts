import { t } from '../../core/l10n';
import { product } from './dataSet';
import { type ArrayView, columnMajorStrides, type NumericArray, rowMajorStrides } from './layout';

/** An array as numpy writes it; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
export type NpyArray =
  | ({ readonly kind: 'numbers' } & ArrayView)
  | { readonly kind: 'text'; readonly dims: readonly number[]; readonly values: readonly string[] };

/** Why an array cannot be read; `offset` counts from the array's first byte. */
export class NpyError extends Error {
  constructor(
    readonly offset: number,
    readonly problem: string,
    readonly nextStep?: string,
  ) {
    super(problem);
  }
}

/** Reads an `.npy` file's bytes, versions 1.0 to 3.0, numbers and text of every width, either byte order. Throws `NpyError`. */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const header = parseHeader(bytes);
  const count = product(header.dims);
  const expected = count * header.itemSize;
  const present = bytes.byteLength - header.end;
  if (present < expected) {
    throw new NpyError(
      bytes.byteLength,
      t('The array ends after {0} of {1} bytes.', present, expected),
      t('The file is truncated; write or copy it again.'),
    );
  }
  // A copy starts at an aligned address, which typed arrays need, and may be swapped in place.
  const data = new Uint8Array(bytes.subarray(header.end, header.end + expected)).buffer;
  if (header.kind === 'U' || header.kind === 'S')
    return { kind: 'text', dims: header.dims, values: readText(data, header, count) };
  const strides = header.fortranOrder ? columnMajorStrides(header.dims) : rowMajorStrides(header.dims);
  return { kind: 'numbers', dims: header.dims, strides, values: readNumbers(data, header) };
}

interface Header {
  readonly kind: string;
  readonly itemSize: number;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly dims: readonly number[];
  /** Where the data begins. */
  readonly end: number;
}

function parseHeader(bytes: Uint8Array): Header {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw new NpyError(0, t('This is not a numpy array.'), t('Write it with numpy.save or numpy.savez.'));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  const begin = version === 1 ? 10 : 12;
  if (version < 1 || version > 3 || bytes.length < begin)
    throw new NpyError(6, t('Version {0} of the format is unknown.', version));
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length)
    throw new NpyError(
      8,
      t('The header is longer than the file.'),
      t('The file is truncated; write or copy it again.'),
    );
  const text = new TextDecoder().decode(bytes.subarray(begin, begin + length));
  return { ...parseDictionary(text, begin), end: begin + length };
}

/** The header is a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseDictionary(text: string, offset: number): Omit<Header, 'end'> {
  const description = /'descr'\s*:\s*'([<>|=])([a-zA-Z])(\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text);
  if (!order || !shape)
    throw new NpyError(offset, t('The header cannot be read.'), t('Write the file again with numpy.'));
  if (!description || !isReadable(description[2]!, Number(description[3])))
    throw new NpyError(offset, unreadableType(text), t('Save it with a numeric type, float32 for example.'));
  const dims = shape[1]!
    .split(',')
    .map((part) => part.replace('L', '').trim())
    .filter((part) => part !== '')
    .map(Number);
  const kind = description[2]!;
  return {
    kind,
    itemSize: Number(description[3]) * (kind === 'U' ? 4 : 1),
    bigEndian: description[1] === '>',
    fortranOrder: order[1] === 'True',
    dims,
  };
}

const readableSizes: Readonly<Record<string, readonly number[]>> = {
  f: [2, 4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  b: [1],
};

const isReadable = (kind: string, size: number): boolean =>
  kind === 'U' || kind === 'S' || (readableSizes[kind]?.includes(size) ?? false);

function unreadableType(header: string): string {
  const description = /'descr'\s*:\s*(\[.*\]|'[^']*')/.exec(header)?.[1] ?? '?';
  if (/O/.test(description)) return t('Arrays of Python objects are not read, because loading them can run a program.');
  return t('The type {0} is not one that can be read as numbers.', description);
}

function readNumbers(data: ArrayBuffer, { kind, itemSize, bigEndian }: Header): NumericArray {
  if (bigEndian && itemSize > 1) swap(data, itemSize);
  if (kind === 'f')
    return itemSize === 4 ? new Float32Array(data) : itemSize === 8 ? new Float64Array(data) : halves(data);
  if (kind === 'b') return new Uint8Array(data);
  if (itemSize === 8)
    return Float64Array.from(kind === 'i' ? new BigInt64Array(data) : new BigUint64Array(data), Number);
  const signed = { 1: Int8Array, 2: Int16Array, 4: Int32Array }[itemSize as 1 | 2 | 4];
  const unsigned = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[itemSize as 1 | 2 | 4];
  return new (kind === 'i' ? signed : unsigned)(data);
}

function swap(data: ArrayBuffer, itemSize: number): void {
  const buffer = Buffer.from(data);
  if (itemSize === 2) buffer.swap16();
  else if (itemSize === 4) buffer.swap32();
  else buffer.swap64();
}

/** IEEE 754 binary16. */
function halves(data: ArrayBuffer): Float32Array {
  return Float32Array.from(new Uint16Array(data), (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

/** Fixed width, padded with zeros: UTF-32 (`U`) or bytes (`S`). Fortran order is not told apart: labels have one axis. */
function readText(data: ArrayBuffer, { kind, itemSize, bigEndian }: Header, count: number): string[] {
  if (kind === 'S') {
    const bytes = Buffer.from(data);
    return Array.from({ length: count }, (_, i) =>
      bytes.toString('utf8', i * itemSize, (i + 1) * itemSize).replace(/\0+$/, ''),
    );
  }
  if (bigEndian) swap(data, 4);
  const points = new Uint32Array(data);
  const width = itemSize / 4;
  return Array.from({ length: count }, (_, i) => codePoints(points.subarray(i * width, (i + 1) * width)));
}

function codePoints(points: Uint32Array): string {
  let end = points.length;
  while (end > 0 && points[end - 1] === 0) end--;
  return Array.from(points.subarray(0, end), (point) =>
    point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd',
  ).join('');
}

/** Bytes of an `.npy` file, version 1.0. Text is UTF-32 as numpy's own. */
export function encodeNpy(array: {
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array | readonly string[];
}): Uint8Array {
  const { description, data } = encodeValues(array.values);
  const shape = array.dims.length === 1 ? `(${array.dims[0]},)` : `(${array.dims.join(', ')})`;
  const dictionary = `{'descr': '${description}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([prefix, Buffer.from(header, 'latin1'), data]);
}

function encodeValues(values: Float32Array | BigInt64Array | readonly string[]): {
  description: string;
  data: Uint8Array;
} {
  if (values instanceof Float32Array)
    return { description: '<f4', data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  if (values instanceof BigInt64Array)
    return { description: '<i8', data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  const texts = values.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const width = texts.reduce((longest, points) => Math.max(longest, points.length), 1);
  const data = new Uint32Array(width * texts.length);
  for (const [row, points] of texts.entries()) data.set(points, row * width);
  return { description: `<U${width}`, data: new Uint8Array(data.buffer) };
}
