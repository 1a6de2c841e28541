import { DataType, type OnnxSparseTensor, type OnnxTensor } from '../../onnx/model';
import { sparseValues } from '../../onnx/sparse';
import { elementCount, type NumberArray, type TensorSource, tensorValues } from '../../onnx/tensor';

/** How a constant's values follow from its initializer's, in order; each names the shape *before* it. */
export type ViewStep =
  | { readonly kind: 'transpose'; readonly permutation: readonly number[]; readonly from: readonly number[] }
  | { readonly kind: 'reshape'; readonly from: readonly number[] }
  /** Some rows (entries of the first axis), in this order. */
  | { readonly kind: 'rows'; readonly rows: readonly number[]; readonly from: readonly number[] };

/** A value that is the same for every input. Its numbers are fetched only when somebody asks. */
export interface Constant {
  readonly shape: readonly number[];
  readonly dataType: DataType | number;
  /** The data type of the integers that stand for the numbers, for quantised weights. */
  readonly storedAs?: DataType | number;
  /** How many of its values are those of a file, where others were put beside them. */
  readonly ownCount?: number;
  /** `undefined`: they are not in the file, or not readable. */
  values(): NumberArray | undefined;
  /** What it is put together of, one after the other, and of each what is added up: where that is known of a computed one. */
  readonly parts?: readonly (readonly Constant[])[];
  /** The initializer that it is a view of; absent when it was computed. */
  readonly source?: { readonly tensor: OnnxTensor; readonly steps: readonly ViewStep[] };
}

export function tensorConstant(tensor: OnnxTensor, source: TensorSource): Constant {
  return {
    shape: tensor.dims,
    dataType: tensor.dataType,
    values: once(() => tensorValues(tensor, source)),
    source: { tensor, steps: [] },
  };
}

/** A sparse tensor with its zeros; one that claims more elements than anybody would write so has unknown values. */
export function sparseConstant(tensor: OnnxSparseTensor, source: TensorSource): Constant {
  return computedConstant(tensor.dims, tensor.values.dataType, () => sparseValues(tensor, source));
}

export function computedConstant(
  shape: readonly number[],
  dataType: number,
  compute: () => NumberArray | undefined,
): Constant {
  return { shape, dataType, values: once(compute) };
}

export function reshaped(constant: Constant, shape: readonly number[]): Constant {
  return {
    ...constant,
    shape,
    ...withStep(constant, { kind: 'reshape', from: constant.shape }),
  };
}

export function transposed(constant: Constant, permutation: readonly number[]): Constant {
  const { source: _, ...rest } = constant;
  return {
    ...rest,
    shape: permutation.map((axis) => constant.shape[axis]!),
    values: once(() => {
      const values = constant.values();
      return values && transposeValues(values, constant.shape, permutation);
    }),
    ...withStep(constant, { kind: 'transpose', permutation, from: constant.shape }),
  };
}

/** Of constants that are alike in all axes but the one along which they are joined; a negative axis counts from the end. */
export function joined(constants: readonly Constant[], along: number): Constant | undefined {
  const [first] = constants;
  const axis = first && along < 0 ? along + first.shape.length : along;
  const others = (shape: readonly number[]): string => shape.map((size, at) => (at === axis ? -1 : size)).join();
  const size = constants.reduce((sum, { shape }) => sum + (shape[axis] ?? Number.NaN), 0);
  if (!first || !Number.isInteger(size) || constants.some(({ shape }) => others(shape) !== others(first.shape)))
    return undefined;
  const shape = first.shape.map((own, at) => (at === axis ? size : own));
  return computedConstant(shape, first.dataType, () => {
    const values = constants.map((constant) => constant.values());
    return values.includes(undefined) ? undefined : inRows(values as NumberArray[], elementCount(shape.slice(0, axis)));
  });
}

/** A part of each in turn, in so many rows. */
function inRows(lists: readonly NumberArray[], rows: number): Float64Array {
  const result = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const list of lists) {
      const part = list.subarray((row * list.length) / rows, ((row + 1) * list.length) / rows);
      result.set(part, at);
      at += part.length;
    }
  }
  return result;
}

/** Some entries of the first axis, in the given order. */
export function rowsOf(constant: Constant, rows: readonly number[]): Constant {
  const { source: _, ...rest } = constant;
  const width = elementCount(constant.shape.slice(1));
  return {
    ...rest,
    shape: [rows.length, ...constant.shape.slice(1)],
    values: once(() => {
      const values = constant.values();
      if (!values) return undefined;
      const result = new Float64Array(rows.length * width);
      rows.forEach((row, place) => {
        for (let at = 0; at < width; at++) result[place * width + at] = values[row * width + at]!;
      });
      return result;
    }),
    ...withStep(constant, { kind: 'rows', rows, from: constant.shape }),
  };
}

/**
 * The values of the initializer for which the view has `values`; `undefined` for a computed constant. What the view does not
 * show is not a number.
 */
export function valuesOfSource(constant: Constant, values: Float32Array): NumberArray | undefined {
  if (!constant.source) return undefined;
  let result: NumberArray = values;
  for (const step of [...constant.source.steps].reverse()) {
    if (step.kind === 'reshape') continue;
    if (step.kind === 'rows') {
      result = spread(result, step.rows, step.from);
      continue;
    }
    const inverse = step.permutation.map((_, axis) => step.permutation.indexOf(axis));
    const shape = step.permutation.map((axis) => step.from[axis]!);
    result = transposeValues(result, shape, inverse);
  }
  return result;
}

function spread(values: NumberArray, rows: readonly number[], shape: readonly number[]): Float32Array {
  const width = elementCount(shape.slice(1));
  const result = new Float32Array(elementCount(shape)).fill(Number.NaN);
  rows.forEach((row, place) => {
    for (let at = 0; at < width; at++) result[row * width + at] = values[place * width + at]!;
  });
  return result;
}

/** The one number of a constant with one element. */
export function scalar(constant: Constant | undefined): number | undefined {
  if (!constant || elementCount(constant.shape) !== 1) return undefined;
  return constant.values()?.[0];
}

export function isFloat(dataType: number): boolean {
  return (
    dataType === DataType.float ||
    dataType === DataType.double ||
    dataType === DataType.float16 ||
    dataType === DataType.bfloat16
  );
}

/** Equal but for the rounding to float32 that exporters do to attributes. */
export function nearly(value: number | undefined, expected: number): boolean {
  return value !== undefined && Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
}

/** Equal but for the rounding of what was worked out. */
export function areNearly(values: NumberArray | undefined, others: NumberArray): boolean {
  if (values?.length !== others.length) return false;
  let largest = 0;
  let distance = 0;
  for (let index = 0; index < others.length; index++) {
    const [value, other] = [values[index]!, others[index]!];
    if (Number.isFinite(other)) largest = Math.max(largest, Math.abs(other));
    if (value !== other) distance = Math.max(distance, Math.abs(other - value));
  }
  return distance <= 1e-5 * largest;
}

export function transposeValues(
  values: NumberArray,
  shape: readonly number[],
  permutation: readonly number[],
): NumberArray {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const result = values.slice();
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

function withStep(constant: Constant, step: ViewStep): Pick<Constant, 'source'> {
  if (!constant.source) return {};
  return { source: { tensor: constant.source.tensor, steps: [...constant.source.steps, step] } };
}

function once<T>(compute: () => T): () => T {
  let done = false;
  let value: T;
  return () => {
    if (!done) {
      value = compute();
      done = true;
    }
    return value;
  };
}
