/**
 * Writes protobuf from the last byte to the first: a message's length is known when its tag is written, so nothing is
 * measured beforehand and nothing is copied afterwards. Fields, and the entries of repeated fields, must therefore be
 * written last first. Wire format: https://protobuf.dev/programming-guides/encoding/
 */
export class ReverseWriter {
  private bytes: Uint8Array<ArrayBuffer>;
  private start: number;
  private readonly encoder = new TextEncoder();

  /** `capacity` in bytes: an estimate; the buffer grows when it is too small. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(Math.max(capacity, 64));
    this.start = this.bytes.length;
  }

  /** What was written; a view of the writer's own buffer. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(this.start);
  }

  message(field: number, write: () => void): void {
    const end = this.bytes.length - this.start;
    write();
    this.lengthAndTag(field, this.bytes.length - this.start - end);
  }

  blob(field: number, value: Uint8Array): void {
    this.reserve(value.length);
    this.start -= value.length;
    this.bytes.set(value, this.start);
    this.lengthAndTag(field, value.length);
  }

  text(field: number, value: string): void {
    this.blob(field, this.encoder.encode(value));
  }

  /** An int64, int32, enum or bool: two's complement, so a negative value takes ten bytes. */
  integer(field: number, value: number): void {
    this.varint(value);
    this.varint(field * 8);
  }

  float(field: number, value: number): void {
    this.reserve(4);
    this.start -= 4;
    new DataView(this.bytes.buffer).setFloat32(this.start, value, true);
    this.varint(field * 8 + 5);
  }

  /** A packed `repeated float`. */
  floats(field: number, values: readonly number[]): void {
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => {
      view.setFloat32(index * 4, value, true);
    });
    this.blob(field, bytes);
  }

  private lengthAndTag(field: number, length: number): void {
    this.varint(length);
    this.varint(field * 8 + 2);
  }

  private varint(value: number): void {
    if (!Number.isInteger(value)) throw new RangeError(`${value} is no integer that a varint can be made of`);
    if (value < 0 || !Number.isSafeInteger(value)) this.bigVarint(BigInt.asUintN(64, nearestInt64(value)));
    else this.smallVarint(value);
  }

  private smallVarint(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
    this.reserve(length);
    this.start -= length;
    let rest = value;
    for (let index = 0; index < length; index++) {
      this.bytes[this.start + index] = (rest % 128) | (index < length - 1 ? 128 : 0);
      rest = Math.floor(rest / 128);
    }
  }

  private bigVarint(value: bigint): void {
    this.reserve(10);
    this.start -= 10;
    for (let index = 0; index < 10; index++) {
      this.bytes[this.start + index] = Number((value >> BigInt(index * 7)) & 127n) | (index < 9 ? 128 : 0);
    }
  }

  private reserve(length: number): void {
    if (this.start >= length) return;
    const used = this.bytes.length - this.start;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, used + length));
    grown.set(this.bytes.subarray(this.start), grown.length - used);
    this.start = grown.length - used;
    this.bytes = grown;
  }
}

/** Numbers as large as "to the end" (the largest int64) are rounded up when they are read. */
function nearestInt64(value: number): bigint {
  const exact = BigInt(value);
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  if (exact > most) return most;
  return exact < least ? least : exact;
}
