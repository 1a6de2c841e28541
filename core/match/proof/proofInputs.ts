import { DataType } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';

/** What has to be fed with. */
export interface ProofTarget {
  /** With the batch axis. */
  shapeFor(batch: number): readonly number[];
  readonly dataType: number;
  /** How many token ids there are, for an input of token ids. */
  readonly vocabulary?: number | undefined;
  /** What the values have to lie in. */
  readonly range?: { readonly low: number; readonly high: number };
}

export interface ProofInput {
  /** `normal`, `zero`, `large`, `small`. */
  readonly name: string;
  readonly batch: number;
  /** One for each input. */
  readonly values: readonly Float32Array[];
}

const SCALES: readonly (readonly [string, number])[] = [
  ['normal', 1],
  ['zero', 0],
  ['large', 1000],
  ['small', 1e-4],
];

/**
 * Values of fixed seed for all inputs: standard normal, all zero, a thousand times as large, ten thousand times as small, each
 * for every batch size. Token ids are uniform, and zero once. Values that have to lie in a range are spread over it, and zero.
 */
export function proofInputs(targets: readonly ProofTarget[], batches: readonly number[]): ProofInput[] {
  const isLimited = targets.every(isInteger) || targets.some(({ range }) => range !== undefined);
  const scales = isLimited ? SCALES.slice(0, 2) : SCALES;
  return batches.flatMap((batch, index) =>
    scales.map(([name, scale]) => ({
      name,
      batch,
      values: targets.map((target, place) => valuesFor(target, batch, scale, 1 + index + 1000 * place)),
    })),
  );
}

function isInteger({ dataType }: ProofTarget): boolean {
  return dataType === DataType.int64 || dataType === DataType.int32;
}

function valuesFor(target: ProofTarget, batch: number, scale: number, seed: number): Float32Array {
  const random = generator(seed);
  const length = elementCount(target.shapeFor(batch));
  const { vocabulary = 2, range } = target;
  if (!isInteger(target)) {
    const next = range ? () => within(range, normal(random)) : () => normal(random);
    return Float32Array.from({ length }, () => scale * next());
  }
  return Float32Array.from({ length }, () => (scale === 0 ? 0 : Math.floor(random() * vocabulary)));
}

/** Three deviations reach the end of the range that is further from zero. */
function within({ low, high }: NonNullable<ProofTarget['range']>, value: number): number {
  return Math.min(high, Math.max(low, (value * Math.max(-low, high)) / 3));
}

/** Mulberry32: 32 bits of state, uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
