import type { TensorFeed } from '../../core/compile/training';
import { Random } from '../../core/random';
import type { Augmentation } from '../../core/scheme/types';
import { type DataSet, product } from '../data/dataSet';
import { augmentImage, augments } from './augment';

/** Some of a data set's samples. */
export interface Part {
  readonly data: DataSet;
  readonly samples: Int32Array;
}

/** What is fed for `count` samples; the arrays are valid until the next batch is made. */
export interface Batch {
  readonly count: number;
  readonly input: Float32Array | BigInt64Array;
  readonly target: Float32Array | BigInt64Array;
}

/** Keeps these uses of the seed apart from the others. */
const shuffleStream = 3;
const augmentStream = 4;

/** The order of an epoch follows from seed and epoch alone. */
export function shuffled(samples: Int32Array, seed: number, epoch: number): Int32Array {
  return new Random(seed, shuffleStream, epoch).shuffle(samples.slice());
}

/** Puts batches together in buffers that are used again. */
export class BatchMaker {
  private readonly input: Float32Array | BigInt64Array;
  private readonly target: Float32Array | BigInt64Array;
  private readonly sampleSize: number;
  private readonly targetSize: number;

  constructor(
    private readonly data: DataSet,
    feeds: { readonly input: TensorFeed; readonly target: TensorFeed },
    batchSize: number,
    private readonly augmentation?: Augmentation,
  ) {
    this.sampleSize = product(data.sampleDims);
    this.targetSize = product(feeds.target.dims);
    this.input = makeArray(feeds.input, batchSize * this.sampleSize);
    this.target = makeArray(feeds.target, batchSize * this.targetSize);
  }

  /** `stream` (seed and epoch) decides the augmentation, together with the sample's number. */
  make(samples: Int32Array, stream: readonly number[] = []): Batch {
    for (const [row, sample] of samples.entries()) {
      this.copySample(sample, row, stream);
      this.copyTarget(sample, row);
    }
    return {
      count: samples.length,
      input: this.input.subarray(0, samples.length * this.sampleSize),
      target: this.target.subarray(0, samples.length * this.targetSize),
    };
  }

  private copySample(sample: number, row: number, stream: readonly number[]): void {
    const { values, sampleDims } = this.data;
    const from = sample * this.sampleSize;
    const to = row * this.sampleSize;
    if (this.input instanceof BigInt64Array) {
      for (let i = 0; i < this.sampleSize; i++) this.input[to + i] = BigInt(values[from + i]!);
    } else if (this.augmentation && augments(this.augmentation) && isImage(sampleDims)) {
      augmentImage(
        values,
        from,
        sampleDims,
        this.input,
        to,
        this.augmentation,
        new Random(...stream, augmentStream, sample),
      );
    } else {
      this.input.set(values.subarray(from, from + this.sampleSize), to);
    }
  }

  private copyTarget(sample: number, row: number): void {
    const { labels } = this.data;
    if (labels.kind === 'classes') {
      if (this.target instanceof BigInt64Array) this.target[row] = BigInt(labels.classes[sample]!);
      else
        for (let i = 0; i < this.targetSize; i++)
          this.target[row * this.targetSize + i] = labels.classes[sample] === i ? 1 : 0;
      return;
    }
    const from = labels.values.subarray(sample * labels.columns, (sample + 1) * labels.columns);
    for (const [i, value] of from.entries())
      this.target[row * this.targetSize + i] = this.target instanceof BigInt64Array ? BigInt(value) : value;
  }
}

const makeArray = ({ type }: TensorFeed, length: number): Float32Array | BigInt64Array =>
  type === 'int64' ? new BigInt64Array(length) : new Float32Array(length);

const isImage = (dims: readonly number[]): dims is readonly [number, number, number] => dims.length === 3;
