const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** A hash of 53 bits of what was put into it, in order: two things that have the same one are the same. */
export class Fingerprint {
  private high = 0x9747b28c | 0;
  private low = 0x3c6ef372;

  /** As exactly as a float32 holds it: that is what exporters keep. */
  number(value: number): this {
    float[0] = value;
    // 0 and -0 are equal, and so is every NaN.
    return this.word(value === 0 ? 0 : Number.isNaN(value) ? 0x7fc00000 : bits[0]!);
  }

  /** Two characters at a time. */
  text(text: string): this {
    this.word(text.length);
    if (text.length % 2 === 1) this.word(text.charCodeAt(0));
    for (let i = text.length % 2; i < text.length; i += 2) {
      this.word(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    }
    return this;
  }

  word(word: number): this {
    this.high = Math.imul((this.high << 5) ^ (this.high >>> 27) ^ word, 0x9e3779b1);
    this.low = Math.imul((this.low << 7) ^ (this.low >>> 25) ^ word, 0x85ebca6b);
    return this;
  }

  get value(): number {
    const high = this.high ^ (this.high >>> 15);
    const low = this.low ^ (this.low >>> 13);
    return (high >>> 0) * 2 ** 21 + (low >>> 11);
  }
}

export function textHash(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
