import type { ByteSource } from './model';

/** What is wrong with the bytes, and where. It never leaves `core/onnx`: `readModel` turns it into a value. */
export class WireError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const SMALLEST_WINDOW = 1 << 12;
const FIRST_WINDOW = 1 << 16;
const LARGEST_WINDOW = 1 << 20;
const LONGEST_VARINT = 10;

export const WIRE_VARINT = 0;
export const WIRE_64_BIT = 1;
export const WIRE_BYTES = 2;
export const WIRE_32_BIT = 5;

const utf8 = new TextDecoder('utf-8');

/**
 * Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) through a window on the file, so that
 * weights are jumped over instead of read: after a jump the window is small, while reading on it grows. Offsets are
 * absolute and may pass 2^31.
 */
export class WireReader {
  position = 0;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;
  private windowSize = FIRST_WINDOW / 4;
  private readonly interned = new Map<number, string[]>();

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  /** An int64 as a number: exact to 2^53, negative ones (always ten bytes long) included. */
  varint(): number {
    let at = this.available(Math.min(LONGEST_VARINT, this.size - this.position));
    const bytes = this.window;
    const start = at;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw this.truncated();
      low |= (byte & 127) << shift;
      if (byte < 128) {
        this.position += at - start;
        return low;
      }
    }
    return this.longVarint(start, low);
  }

  /** A field's number and wire type; field 0 does not exist. */
  tag(): { field: number; wire: number } {
    const at = this.position;
    const value = this.varint();
    const field = Math.floor(value / 8);
    if (value < 8 || field > 0x1fffffff) throw new WireError(at, 'not a protobuf field');
    return { field, wire: value & 7 };
  }

  /** A length that stays within `end`. */
  length(end: number): number {
    const at = this.position;
    const length = this.varint();
    if (length < 0 || this.position + length > end) {
      throw new WireError(at, `a field claims ${length} bytes where ${Math.max(0, end - this.position)} are left`);
    }
    return length;
  }

  float(): number {
    const at = this.available(4);
    this.position += 4;
    return new DataView(this.window.buffer, this.window.byteOffset + at, 4).getFloat32(0, true);
  }

  /** A copy of the next bytes. */
  bytes(length: number): Uint8Array {
    const at = this.available(length);
    this.position += length;
    return this.window.slice(at, at + length);
  }

  string(length: number): string {
    const at = this.available(length);
    this.position += length;
    return decode(this.window, at, at + length);
  }

  /** A string that recurs: operators, attribute names, domains. */
  symbol(length: number): string {
    const at = this.available(length);
    const bytes = this.window;
    let hash = length;
    for (let i = at; i < at + length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    this.position += length;
    const known = this.interned.get(hash)?.find((text) => equals(text, bytes, at, length));
    if (known !== undefined) return known;
    const text = decode(bytes, at, at + length);
    this.interned.set(hash, [...(this.interned.get(hash) ?? []), text]);
    return text;
  }

  skip(wire: number, end: number): void {
    const at = this.position;
    if (wire === WIRE_VARINT) this.varint();
    else if (wire === WIRE_BYTES) this.jump(this.length(end), end);
    else if (wire === WIRE_32_BIT) this.jump(4, end);
    else if (wire === WIRE_64_BIT) this.jump(8, end);
    else throw new WireError(at, `wire type ${wire} is not one of protobuf's`);
  }

  jump(length: number, end: number): void {
    if (this.position + length > end) throw this.truncated();
    this.position += length;
  }

  private longVarint(start: number, low: number): number {
    const bytes = this.window;
    let value = BigInt(low);
    for (let i = 4; i < LONGEST_VARINT; i++) {
      const byte = bytes[start + i];
      if (byte === undefined) throw this.truncated();
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) {
        this.position += i + 1;
        return Number(BigInt.asIntN(64, value));
      }
    }
    throw new WireError(this.position, 'a number is longer than ten bytes');
  }

  /** Makes `length` bytes from the position on readable and returns where they start in the window. */
  private available(length: number): number {
    const at = this.position - this.windowStart;
    if (at >= 0 && at + length <= this.window.length) return at;
    if (length < 0 || this.position + length > this.size) throw this.truncated();
    const jumped = at < 0 || at > this.window.length;
    this.windowSize = jumped ? SMALLEST_WINDOW : Math.min(LARGEST_WINDOW, this.windowSize * 4);
    const wanted = Math.min(Math.max(this.windowSize, length), this.size - this.position);
    this.window = this.source.read(this.position, wanted);
    this.windowStart = this.position;
    if (this.window.length < length) throw this.truncated();
    return 0;
  }

  private truncated(): WireError {
    return new WireError(Math.min(this.position, this.size), 'the file ends in the middle of a value');
  }
}

/** Short ASCII strings, which nearly all are, without the cost of a TextDecoder call. */
function decode(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 40) return utf8.decode(bytes.subarray(from, to));
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte > 127) return utf8.decode(bytes.subarray(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}

function equals(text: string, bytes: Uint8Array, at: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
