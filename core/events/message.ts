/** Protocol Buffers' wire format, as much of it as writing events takes. */
export class MessageWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  double(field: number, value: number): this {
    this.varint(field * 8 + 1).grow(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  float(field: number, value: number): this {
    this.varint(field * 8 + 5).grow(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
    return this;
  }

  /** An integer of up to 53 bits; a negative one takes the ten bytes of its 64-bit two's complement. */
  integer(field: number, value: number): this {
    this.varint(field * 8);
    return value < 0 ? this.bigVarint(BigInt.asUintN(64, BigInt(value))) : this.varint(value);
  }

  text(field: number, value: string): this {
    return this.content(field, encoder.encode(value));
  }

  message(field: number, write: (writer: MessageWriter) => void): this {
    const inner = new MessageWriter();
    write(inner);
    return this.content(field, inner.finish());
  }

  content(field: number, value: Uint8Array): this {
    this.varint(field * 8 + 2)
      .varint(value.length)
      .grow(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  private varint(value: number): this {
    this.grow(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) + 128;
    this.bytes[this.length++] = rest;
    return this;
  }

  private bigVarint(value: bigint): this {
    this.grow(10);
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.bytes[this.length++] = Number(rest & 127n) + 128;
    this.bytes[this.length++] = Number(rest);
    return this;
  }

  private grow(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

const encoder = new TextEncoder();
