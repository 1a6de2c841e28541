import { DataType } from '../onnx/model';
import { elementCount } from '../onnx/tensor';

export interface ProofInput {
  /** `normal`, `zero`, `large`, `small`. */
  readonly name: string;
  readonly batch: number;
  readonly values: Float32Array;
}

const SCALES: readonly (readonly [string, number])[] = [
  ['normal', 1],
  ['zero', 0],
  ['large', 1000],
  ['small', 1e-4],
];

/**
 * Inputs of fixed seed for a value of `shape` (without the batch axis): standard normal, all zero, a thousand times as
 * large, ten thousand times as small, each for every batch size. Token ids, when `vocabulary` is given, are uniform.
 */
export function proofInputs(
  shape: readonly number[],
  batches: readonly number[],
  dataType: number,
  vocabulary: number | undefined,
): ProofInput[] {
  const isInteger = dataType === DataType.int64 || dataType === DataType.int32;
  const scales = isInteger ? SCALES.slice(0, 2) : SCALES;
  return batches.flatMap((batch, index) =>
    scales.map(([name, scale]) => {
      const random = generator(1 + index);
      const next = isInteger ? () => Math.floor(random() * (vocabulary ?? 2)) : () => normal(random);
      const values = Float32Array.from({ length: batch * elementCount(shape) }, () => scale * next());
      return { name, batch, values };
    }),
  );
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
