import { channelsFirst, product, type SampleValues } from './dataSet';

/** Numbers of any type, seen through strides, so that no layout needs a copy of its own. */
export interface ArrayView {
  readonly values: NumericArray;
  readonly dims: readonly number[];
  /** Elements from one index of an axis to the next. */
  readonly strides: readonly number[];
}

export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dims[axis]!;
  }
  return strides;
}

export function columnMajorStrides(dims: readonly number[]): number[] {
  return rowMajorStrides([...dims].reverse()).reverse();
}

/** Moves the samples' axis to the front. */
export function samplesFirst(view: ArrayView, orientation: 'vertical' | 'horizontal'): ArrayView {
  if (orientation === 'vertical' || view.dims.length < 2) return view;
  const last = view.dims.length - 1;
  return permute(view, [last, ...view.dims.keys()].slice(0, last + 1));
}

/**
 * Copies samples into the graph's layout. `view` has the samples first; what follows is one sample in the scheme's layout
 * (channels last), without a channel axis where there is one channel, channels first, or flattened in the scheme's layout.
 * Undefined when it is none of these.
 */
export function arrangeSamples(view: ArrayView, sampleShape: readonly number[]): SampleValues | undefined {
  const fitted = viewInGraphLayout(view, sampleShape);
  return fitted && copy(fitted);
}

function viewInGraphLayout(view: ArrayView, shape: readonly number[]): ArrayView | undefined {
  const [count, ...sample] = view.dims;
  const target = channelsFirst(shape);
  if (equal(sample, shape)) return shape.length < 2 ? view : permute(view, lastToFront(view.dims.length));
  if (equal([...sample, 1], shape)) return reshapeUnit(view, target);
  if (equal(sample, target)) return view;
  if (sample.length !== 1 || sample[0] !== product(shape)) return undefined;
  const strides = rowMajorStrides(shape).map((stride) => stride * view.strides[1]!);
  const unflattened = { values: view.values, dims: [count!, ...shape], strides: [view.strides[0]!, ...strides] };
  return shape.length < 2 ? unflattened : permute(unflattened, lastToFront(shape.length + 1));
}

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** Samples stay first, then the last axis, then the others. */
const lastToFront = (rank: number): number[] => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];

const permute = (view: ArrayView, order: readonly number[]): ArrayView => ({
  values: view.values,
  dims: order.map((axis) => view.dims[axis]!),
  strides: order.map((axis) => view.strides[axis]!),
});

/** Puts a channel axis of length 1 before the others. */
const reshapeUnit = (view: ArrayView, target: readonly number[]): ArrayView => ({
  values: view.values,
  dims: [view.dims[0]!, ...target],
  strides: [view.strides[0]!, 1, ...view.strides.slice(1)],
});

function copy({ values, dims, strides }: ArrayView): SampleValues {
  const size = product(dims);
  const isRowMajor = equal(
    strides.filter((_, axis) => dims[axis]! > 1),
    rowMajorStrides(dims).filter((_, axis) => dims[axis]! > 1),
  );
  if (isRowMajor && (values instanceof Float32Array || values instanceof Uint8Array))
    return values.subarray(0, size) as SampleValues;
  const target = values instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size);
  copyStrided(values, dims, strides, target);
  return target;
}

/** An odometer over all axes but the last, which is the inner loop. */
function copyStrided(
  source: NumericArray,
  dims: readonly number[],
  strides: readonly number[],
  target: SampleValues,
): void {
  const last = dims.length - 1;
  const inner = dims[last]!;
  const innerStride = strides[last]!;
  const index = new Array<number>(last).fill(0);
  let from = 0;
  for (let to = 0; to < target.length; ) {
    for (let i = 0, at = from; i < inner; i++, at += innerStride) target[to++] = source[at]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += strides[axis]!;
      if (index[axis]! < dims[axis]!) break;
      from -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
}

/** All elements in row-major order. */
export function toFloat64(view: ArrayView): Float64Array {
  const target = new Float64Array(product(view.dims));
  const strides = view.strides;
  const rowMajor = rowMajorStrides(view.dims);
  for (let i = 0; i < target.length; i++) {
    let at = 0;
    for (let axis = 0, rest = i; axis < strides.length; axis++) {
      const position = Math.floor(rest / rowMajor[axis]!);
      rest -= position * rowMajor[axis]!;
      at += position * strides[axis]!;
    }
    target[i] = view.values[at]!;
  }
  return target;
}
