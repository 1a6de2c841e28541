/** Protocol Buffers' wire format, as much of it as reading events takes: a cursor over one message. */
export class MessageCursor {
  /** Number and wire type of the field that `field` stopped at: `number * 8 + wire type`. */
  key = 0;
  /** Where the content of a length-delimited field ends; its start is `position`. */
  fieldEnd = 0;
  position = 0;
  end = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly view: DataView,
  ) {}

  /** The message is `bytes[start, end)`. */
  enter(start: number, end: number): void {
    this.position = start;
    this.end = end;
  }

  /** Goes to the next field's content; false at the message's end. */
  field(): boolean {
    if (this.position >= this.end) return false;
    this.key = this.varint();
    if ((this.key & 7) === lengthDelimited) {
      const length = this.varint();
      this.fieldEnd = this.position + length;
      if (this.fieldEnd > this.end) throw malformed;
    }
    return true;
  }

  /** Leaves out the content of the field that `field` stopped at. */
  skip(): void {
    switch (this.key & 7) {
      case 0:
        this.varint();
        break;
      case 1:
        this.position += 8;
        break;
      case lengthDelimited:
        this.position = this.fieldEnd;
        break;
      case 5:
        this.position += 4;
        break;
      default:
        throw malformed;
    }
    if (this.position > this.end) throw malformed;
  }

  double(): number {
    if (this.position + 8 > this.end) throw malformed;
    this.position += 8;
    return this.view.getFloat64(this.position - 8, true);
  }

  float(): number {
    if (this.position + 4 > this.end) throw malformed;
    this.position += 4;
    return this.view.getFloat32(this.position - 4, true);
  }

  /** Signed: ten bytes are a negative number's 64-bit two's complement. Exact up to 53 bits. */
  varint(): number {
    const start = this.position;
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.position >= this.end) throw malformed;
      const byte = this.bytes[this.position++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    const length = this.position - start;
    if (length > 10) throw malformed;
    return length < 8 ? value : this.longVarint(start);
  }

  private longVarint(start: number): number {
    let value = 0n;
    for (let at = this.position - 1; at >= start; at--) value = (value << 7n) | BigInt(this.bytes[at]! & 127);
    return Number(BigInt.asIntN(64, value));
  }
}

const lengthDelimited = 2;

/** Thrown by a cursor for bytes that are no message. One object for all: it carries nothing, and making one is slow. */
export const malformed = new Error('not a protocol buffers message');
