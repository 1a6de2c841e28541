/**
 * Fills a dropout mask: 1 (kept) with probability `1 - rate`, to the precision of 32 bits. The bits follow from the seed
 * alone, so a seed made of the run's seed, the step and the mask's place (`maskSeed`) makes a resumed run drop the same values.
 *
 * A batch can need tens of millions of them, so 32 are decided at once: each random word is one binary digit of 32 random
 * fractions, which are compared with the probability digit by digit until none is undecided, after six words on average; then
 * four bits become four bytes by table.
 */
export function fillDropoutMask(mask: Uint8Array, rate: number, seed: number): void {
  const kept = Math.round((1 - rate) * 2 ** 32);
  if (kept >= 2 ** 32) {
    mask.fill(1);
    return;
  }
  const whole = mask.length - (mask.length % 32);
  const words = new Uint32Array(mask.buffer, alignedOffset(mask), whole / 4);
  let state = seed | 0 || 1;
  for (let word = 0; word < words.length; word += 8) {
    let smaller = 0;
    let undecided = -1;
    for (let digits = kept | 0; undecided !== 0 && digits !== 0; digits <<= 1) {
      state = nextState(state);
      if (digits < 0) {
        smaller |= undecided & ~state;
        undecided &= state;
      } else undecided &= ~state;
    }
    for (let part = 0; part < 8; part++) words[word + part] = fourBytes[(smaller >>> (part * 4)) & 15];
  }
  for (let index = whole; index < mask.length; index++) {
    state = nextState(state);
    mask[index] = state >>> 0 < kept ? 1 : 0;
  }
}

/** A seed for one mask at one step; steps and masks that differ in anything get unrelated sequences (MurmurHash3's finalizer). */
export function maskSeed(seed: number, step: number, mask: number): number {
  return mixed(mixed(mixed(seed) ^ step) + mask);
}

/** `0b0101` to the bytes 1, 0, 1, 0, lowest first. */
const fourBytes = Uint32Array.from({ length: 16 }, (_, bits) => {
  return (bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21);
});

function alignedOffset(mask: Uint8Array): number {
  if (mask.byteOffset % 4 !== 0) throw new RangeError('A mask must start at a multiple of four bytes.');
  return mask.byteOffset;
}

/** Marsaglia 2003, xorshift32. */
function nextState(state: number): number {
  let next = state ^ (state << 13);
  next ^= next >>> 17;
  return next ^ (next << 5);
}

function mixed(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
