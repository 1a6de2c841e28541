import { t } from '../l10n';
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

/** After a jump; then four times as much each time, as long as reading goes on where it ended. */
const SMALLEST_WINDOW = 1 << 12;
const LARGEST_WINDOW = 1 << 20;
const LONGEST_VARINT = 10;
/** Bytes that are decoded at once, where text follows text at less than `FAR` bytes; four times as much each time. */
const SMALLEST_TEXT = 1 << 8;
const LARGEST_TEXT = 1 << 14;
const FAR = 1 << 9;
/** Bytes; real names, documentation and metadata stay far below, and longer ones might not fit into a string. */
const LONGEST_TEXT = 1 << 26;
/** Bytes that what is read may take in memory, about: millions of nodes; more is no model, but a file made to do harm. */
const MOST_MEMORY = 2 ** 29;

export const WIRE_VARINT = 0;
export const WIRE_64_BIT = 1;
export const WIRE_BYTES = 2;
export const WIRE_32_BIT = 5;

const utf8 = new TextDecoder('utf-8');
/** One character for each byte, so that many strings are cut out of one that was decoded; right for ASCII only. */
const bytewise = new TextDecoder('latin1');

/**
 * Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) through a window on the file, so that
 * weights are jumped over instead of read. Offsets are absolute and may pass 2^31.
 */
export class WireReader {
  readonly size: number;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;
  private windowSize = LARGEST_WINDOW / 4;
  /** Where reading goes on in the window; beyond its end after a jump. */
  private at = 0;
  /** The window from `textStart` to `textEnd`, one character for each byte. */
  private text = '';
  private textStart = 0;
  private textEnd = 0;
  private textSize = SMALLEST_TEXT;
  private memory = 0;
  private readonly interned = new Map<string, string>();

  constructor(private readonly source: ByteSource) {
    this.size = source.size;
  }

  get position(): number {
    return this.windowStart + this.at;
  }

  set position(position: number) {
    this.at = position - this.windowStart;
  }

  /** An int64 as a number: exact to 2^53, negative ones (always ten bytes long) included. */
  varint(): number {
    if (this.at >= this.window.length) this.fill(1);
    const byte = this.window[this.at]!;
    if (byte > 127) return this.longVarint();
    this.at++;
    return byte;
  }

  /** A field's tag: eight times its number, which is never 0, and its wire type. */
  tag(): number {
    const byte = this.window[this.at];
    if (byte !== undefined && byte >= 8 && byte < 128) {
      this.at++;
      return byte;
    }
    const tag = this.varint();
    if (tag >= 8 && tag <= 0xffffffff) return tag;
    throw new WireError(this.position - 1, t('this is not a field of the protobuf format'));
  }

  /** Reads a length and says where the field ends, which must not be beyond `end`. */
  fieldEnd(end: number): number {
    const length = this.varint();
    const position = this.windowStart + this.at;
    if (length >= 0 && position + length <= end) return position + length;
    const left = Math.max(0, end - position);
    throw new WireError(position, t('a field claims {0} bytes where {1} are left', length, left));
  }

  float(): number {
    this.available(4);
    const view = new DataView(this.window.buffer, this.window.byteOffset + this.at, 4);
    this.at += 4;
    return view.getFloat32(0, true);
  }

  /** A copy of the next bytes. */
  bytes(length: number): Uint8Array {
    this.available(length);
    this.at += length;
    return this.window.slice(this.at - length, this.at);
  }

  /** The text from the position to `end`. */
  string(end: number): string {
    const length = end - this.windowStart - this.at;
    if (this.at + length > this.window.length) this.fillWithText(length);
    const from = this.at;
    const to = from + length;
    this.at = to;
    const bytes = this.window;
    if (to > this.textEnd && !this.decodeAhead(from, to)) return utf8.decode(bytes.subarray(from, to));
    for (let i = from; i < to; i++) if (bytes[i]! > 127) return utf8.decode(bytes.subarray(from, to));
    return this.text.substring(from - this.textStart, to - this.textStart);
  }

  /** A text that recurs, kept once: operators, attribute names, domains. */
  symbol(end: number): string {
    const text = this.string(end);
    const known = this.interned.get(text);
    if (known !== undefined) return known;
    this.interned.set(text, text);
    return text;
  }

  /** Leaves out a field whose tag was read. */
  skip(tag: number, end: number): void {
    const wire = tag & 7;
    if (wire === WIRE_VARINT) this.varint();
    else if (wire === WIRE_BYTES) this.position = this.fieldEnd(end);
    else if (wire === WIRE_32_BIT) this.at += 4;
    else if (wire === WIRE_64_BIT) this.at += 8;
    else throw new WireError(this.position, t('{0} is not one of the types of the protobuf format', wire));
  }

  /** To be called when a message was read: its fields must not reach beyond it. */
  close(end: number): void {
    if (this.position > end) throw new WireError(end, t('a field reaches beyond the message that it is in'));
  }

  /** Accounts for what was read; refuses the file before memory runs out. */
  spend(bytes: number): void {
    this.memory += bytes;
    if (this.memory > MOST_MEMORY) throw new WireError(this.position, t('its structure is too large to be read'));
  }

  /** Decodes a piece of the window, unless the text stands alone: between weights, that is. */
  private decodeAhead(from: number, to: number): boolean {
    const alone = from - this.textEnd > FAR;
    this.textSize = alone ? SMALLEST_TEXT : Math.min(LARGEST_TEXT, this.textSize * 4);
    this.textStart = from;
    this.textEnd = alone ? to : Math.min(this.window.length, Math.max(to, from + this.textSize));
    this.text = alone ? '' : bytewise.decode(this.window.subarray(from, this.textEnd));
    return !alone;
  }

  private longVarint(): number {
    if (this.at + LONGEST_VARINT > this.window.length) this.fill(Math.min(LONGEST_VARINT, this.size - this.position));
    const bytes = this.window;
    let value = bytes[this.at]! & 127;
    for (let i = 1, scale = 128; i < 8; i++, scale *= 128) {
      const byte = this.byte(bytes, i);
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.at += i + 1;
        return value;
      }
    }
    return this.longestVarint();
  }

  /** Nine or ten bytes: beyond what a number holds exactly, or negative. */
  private longestVarint(): number {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.byte(this.window, i);
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) {
        this.at += i + 1;
        return Number(BigInt.asIntN(64, value));
      }
    }
    throw new WireError(this.position, t('a number is longer than ten bytes'));
  }

  private byte(bytes: Uint8Array, ahead: number): number {
    const byte = bytes[this.at + ahead];
    if (byte === undefined) throw this.truncated();
    return byte;
  }

  private available(length: number): void {
    if (this.at + length > this.window.length) this.fill(length);
  }

  private fillWithText(length: number): void {
    if (length > LONGEST_TEXT) {
      throw new WireError(this.position, t('a text of {0} bytes is too long to be read', length));
    }
    this.spend(length);
    this.fill(length);
  }

  /** Moves the window so that it begins at the position and holds `length` bytes. */
  private fill(length: number): void {
    const position = this.position;
    if (position + length > this.size) throw this.truncated();
    const jumped = this.at > this.window.length;
    this.windowSize = jumped ? SMALLEST_WINDOW : Math.min(LARGEST_WINDOW, this.windowSize * 4);
    this.window = this.source.read(position, Math.min(Math.max(this.windowSize, length), this.size - position));
    this.windowStart = position;
    this.text = '';
    this.textStart = 0;
    this.textEnd = 0;
    this.at = 0;
    if (this.window.length < length) throw this.truncated();
  }

  private truncated(): WireError {
    return new WireError(Math.min(this.position, this.size), t('the file ends in the middle of a value'));
  }
}
