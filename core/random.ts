/**
 * A small seeded generator: mulberry32 (Tommy Ettinger, public domain), 32 bits of state. Good enough for shuffling and
 * augmentation; the same numbers on every machine.
 */
export class Random {
  private state: number;

  /** Each sequence of numbers gives a stream of its own: `new Random(seed, epoch, sample)`. */
  constructor(...seeds: readonly number[]) {
    this.state = seeds.reduce((hash, seed) => mix((hash ^ mix(seed | 0)) + 0x9e3779b9), 0);
  }

  /** 32 random bits. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let z = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** Fisher and Yates, in place. */
  shuffle<T extends { length: number; [index: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
    return items;
  }
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
