/**
 * A data set in memory, in the layout of the graph: channels first, one sample after another. Values are as they stand in
 * the files (images: 0 to 255); normalisation belongs to the graph.
 */
export interface DataSet {
  readonly count: number;
  /** `[count, channels, height, width]`, `[count, channels, length]`, `[count, features]` or `[count, length]`. */
  readonly values: SampleValues;
  /** The shape of one sample in that layout. */
  readonly sampleDims: readonly number[];
  readonly labels: Labels;
  /** One per sample, the same at every run: a path below the data folder, or the row's number. */
  readonly ids: readonly string[];
}

/** Bytes stay bytes: a quarter of the memory. */
export type SampleValues = Float32Array | Uint8Array;

export type Labels = ClassLabels | ValueLabels;

export interface ClassLabels {
  readonly kind: 'classes';
  /** Sorted; the position is the class number. */
  readonly names: readonly string[];
  readonly classes: Int32Array;
}

/** Targets of a regression, or 0 and 1 for each label of a multi-label task. */
export interface ValueLabels {
  readonly kind: 'values';
  /** `[count, columns]`. */
  readonly values: Float32Array;
  readonly columns: number;
}

/** What a file holds before the scheme's label type is applied. */
export type RawLabels =
  | { readonly kind: 'text'; readonly values: readonly string[] }
  /** `[count, columns]`. */
  | { readonly kind: 'numbers'; readonly values: Float64Array; readonly columns: number };

export interface RawData {
  readonly count: number;
  readonly values: SampleValues;
  readonly labels: RawLabels;
  readonly ids: readonly string[];
  /** Names the row of a sample in messages: `row 17`. */
  readonly place: (sample: number) => string;
}

export const product = (numbers: readonly number[]): number => numbers.reduce((result, n) => result * n, 1);

/** Channels first: the graph's layout of a scheme's sample shape. */
export function channelsFirst(sampleShape: readonly number[]): readonly number[] {
  return sampleShape.length < 2 ? sampleShape : [sampleShape[sampleShape.length - 1]!, ...sampleShape.slice(0, -1)];
}

export const formatShape = (shape: readonly number[]): string => shape.join(' × ');
