import { Random } from '../../core/random';
import type { Labels } from './dataSet';

/** Sample numbers, ascending. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Decides by `seed` which samples are for validation. Classes keep their shares (each class of two or more samples has at
 * least one on either side); without classes the samples are drawn from the whole. The same labels and seed give the same split.
 */
export function splitSamples(labels: Labels, count: number, share: number, seed: number): Split {
  const groups =
    labels.kind === 'classes'
      ? byClass(labels.classes, labels.names.length)
      : [Int32Array.from({ length: count }, (_, i) => i)];
  const training: number[] = [];
  const validation: number[] = [];
  for (const [number, group] of groups.entries()) {
    const shuffled = new Random(seed, splitStream, number).shuffle(group);
    const size = validationSize(group.length, share);
    for (const sample of shuffled.subarray(0, size)) validation.push(sample);
    for (const sample of shuffled.subarray(size)) training.push(sample);
  }
  return { training: Int32Array.from(training).sort(), validation: Int32Array.from(validation).sort() };
}

/** How many samples `splitSamples` leaves for training, of groups of these sizes: the classes, or all samples as one. */
export function trainingSize(groupSizes: readonly number[], share: number): number {
  return groupSizes.reduce((sum, size) => sum + size - validationSize(size, share), 0);
}

/** Keeps this use of the seed apart from the others. */
const splitStream = 1;

const validationSize = (count: number, share: number): number =>
  count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * share)));

function byClass(classes: Int32Array, count: number): Int32Array[] {
  const groups: number[][] = Array.from({ length: count }, () => []);
  for (const [sample, number] of classes.entries()) groups[number]!.push(sample);
  return groups.map((group) => Int32Array.from(group));
}
