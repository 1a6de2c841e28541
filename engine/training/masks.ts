import { fillDropoutMask, maskSeed } from '../../core/compile/dropoutMask';
import type { DropoutMask } from '../../core/compile/training';
import { product } from '../data/dataSet';

/** The dropout masks of a step follow from seed and step alone, so that a resumed run drops what the first one would have. */
export class MaskSource {
  private readonly buffers: readonly Uint8Array[];

  constructor(
    private readonly masks: readonly DropoutMask[],
    batchSize: number,
    private readonly seed: number,
  ) {
    this.buffers = masks.map(({ dims }) => new Uint8Array(batchSize * product(dims)));
  }

  /** By name, for a batch of `count` samples; valid until the next call. */
  fill(step: number, count: number): Map<string, Uint8Array> {
    return new Map(
      this.masks.map(({ name, dims, rate }, index) => {
        const mask = this.buffers[index]!.subarray(0, count * product(dims));
        fillDropoutMask(mask, rate, maskSeed(this.seed, step, index));
        return [name, mask];
      }),
    );
  }
}
