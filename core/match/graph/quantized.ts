import { DataType } from '../../onnx/model';
import { elementCount, type NumberArray } from '../../onnx/tensor';
import { type Constant, computedConstant } from './constants';
import { type GraphNode, intAttribute, type MatchGraph } from './graph';

/** Integers that stand for numbers: `(integer - zero) * scale`, per element of an axis or for all. */
export interface Quantization {
  readonly scale: Constant;
  /** Zero when there is none. */
  readonly zero: Constant | undefined;
}

/** What `DequantizeLinear` and `QuantizeLinear` of a constant give is a constant: weights in 8 bits, and rounded numbers. */
export function foldQuantization(node: GraphNode, graph: MatchGraph, output: string): void {
  if (node.op === 'QuantizeLinear') foldQuantized(node, graph, output);
  if (node.op !== 'DequantizeLinear') return;
  const constant = graph.constant(node.inputs[0]);
  const quantization = quantizationOf(node.inputs[1], node.inputs[2], graph);
  if (!constant || !quantization) return;
  const dequantized = dequantize(constant, quantization, intAttribute(node, 'axis', 1));
  if (dequantized) graph.constants.set(output, dequantized);
}

/** One scale for all; rounded to the nearest, ties to even. */
function foldQuantized(node: GraphNode, graph: MatchGraph, output: string): void {
  const constant = graph.constant(node.inputs[0]);
  const quantization = quantizationOf(node.inputs[1], node.inputs[2], graph);
  const dataType = quantization?.zero?.dataType ?? DataType.uint8;
  const limits = LIMITS[dataType];
  if (!constant || !quantization || !limits || elementCount(quantization.scale.shape) !== 1) return;
  const compute = (): NumberArray | undefined => {
    const scale = quantization.scale.values()?.[0];
    const zero = quantization.zero ? quantization.zero.values()?.[0] : 0;
    if (scale === undefined || zero === undefined) return undefined;
    return constant
      .values()
      ?.map((value) => Math.min(limits[1], Math.max(limits[0], roundedToEven(value / scale) + zero)));
  };
  graph.constants.set(output, computedConstant(constant.shape, dataType, compute));
}

function roundedToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Scale and zero point, when both are constants. */
export function quantizationOf(
  scaleName: string | undefined,
  zeroName: string | undefined,
  graph: MatchGraph,
): Quantization | undefined {
  const scale = graph.constant(scaleName);
  const zero = graph.constant(zeroName);
  return scale && (!zeroName || zero) ? { scale, zero } : undefined;
}

/** `undefined` when scale and axis do not fit (blocks, for example). */
export function dequantize(constant: Constant, { scale, zero }: Quantization, axis: number): Constant | undefined {
  const { shape, dataType } = constant;
  const place = axis < 0 ? axis + shape.length : axis;
  const count = elementCount(scale.shape);
  const isForAll = count === 1;
  if (!isForAll && (count !== shape[place] || scale.shape.filter((size) => size !== 1).length > 1)) return undefined;
  if (zero && elementCount(zero.shape) !== 1 && elementCount(zero.shape) !== count) return undefined;
  const inner = elementCount(shape.slice(place + 1));
  const at = (values: NumberArray, index: number): number =>
    values[values.length === 1 ? 0 : Math.floor(index / inner) % shape[place]!]!;
  const compute = (): NumberArray | undefined => {
    const values = constant.values();
    const scales = scale.values();
    const zeros = zero ? zero.values() : new Float32Array(1);
    if (!values || !scales || !zeros) return undefined;
    return Float32Array.from(values, (value, index) => (value - at(zeros, index)) * at(scales, index));
  };
  return { ...computedConstant(shape, DataType.float, compute), storedAs: dataType };
}

/** The numbers that 8 bits (or 16) can stand for. */
export function rangeOf({ scale, zero }: Quantization): { readonly low: number; readonly high: number } | undefined {
  const limits = LIMITS[zero?.dataType ?? DataType.uint8];
  const size = scale.values()?.[0];
  const offset = zero ? zero.values()?.[0] : 0;
  if (!limits || size === undefined || offset === undefined || elementCount(scale.shape) !== 1) return undefined;
  return { low: (limits[0] - offset) * size, high: (limits[1] - offset) * size };
}

const LIMITS: Readonly<Record<number, readonly [number, number]>> = {
  [DataType.uint8]: [0, 255],
  [DataType.int8]: [-128, 127],
  [DataType.uint16]: [0, 65535],
  [DataType.int16]: [-32768, 32767],
};

export function isSameQuantization(a: Quantization, b: Quantization): boolean {
  const [x, y] = [spelled(a), spelled(b)];
  return x !== undefined && x === y;
}

function spelled({ scale, zero }: Quantization): string | undefined {
  const scales = scale.values();
  const zeros = zero ? zero.values() : [0];
  return scales && zeros ? `${scales.join()} ${zeros.join()}` : undefined;
}

/** Operators that compute with quantised values. */
export function isQuantizing({ op }: GraphNode): boolean {
  return /^(Dynamic)?QuantizeLinear$|^DequantizeLinear$|Integer$|QLinear|::(DynamicQuantize|Q[A-Z])/.test(op);
}
