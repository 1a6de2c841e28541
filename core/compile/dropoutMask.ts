/**
 * Fills a dropout mask: 1 (kept) with probability `1 - rate`, rounded to 1/65536. The bits follow from the seed alone, so a
 * seed made of the run's seed, the step and the mask's place (`maskSeed`) makes a resumed run drop the same values.
 *
 * A batch can need tens of millions of bits, so they are made 32 at a time: each of up to 16 random words decides one binary
 * digit of the comparison with the probability, for 32 positions at once; four bits then become four bytes by table.
 */
export function fillDropoutMask(mask: Uint8Array, rate: number, seed: number): void {
  const kept = Math.round((1 - rate) * 65536);
  if (kept >= 65536) {
    mask.fill(1);
    return;
  }
  const whole = mask.length - (mask.length % 32);
  const words = new Uint32Array(mask.buffer, alignedOffset(mask), whole / 4);
  const lowestDigit = kept === 0 ? 16 : 31 - Math.clz32(kept & -kept);
  let state = seed | 0 || 1;
  for (let word = 0; word < words.length; word += 8) {
    let bits = 0;
    for (let digit = lowestDigit; digit < 16; digit++) {
      state = nextState(state);
      bits = (kept >> digit) & 1 ? bits | state : bits & state;
    }
    for (let part = 0; part < 8; part++) words[word + part] = fourBytes[(bits >>> (part * 4)) & 15];
  }
  for (let index = whole; index < mask.length; index++) {
    state = nextState(state);
    mask[index] = state >>> 16 < kept ? 1 : 0;
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
