import type { NumberArray } from '../../onnx/tensor';
import { elementCount } from '../../onnx/tensor';
import { type Constant, computedConstant, isFloat, scalar } from './constants';
import { type GraphNode, isKnown, type MatchGraph } from './graph';
import { broadcastShapes } from './shapeArithmetic';

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Neg: (x) => -x,
  Exp: Math.exp,
  Sin: Math.sin,
  Cos: Math.cos,
  Abs: Math.abs,
};

const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
  Pow: (x, y) => x ** y,
};

/** More than any constant has that is worked out; a damaged file may ask for any number. */
export const MOST_ELEMENTS = 2 ** 26;

/** Arithmetic on float constants alone is a constant; it is worked out only if somebody asks for the values. */
export function foldArithmetic(node: GraphNode, graph: MatchGraph, output: string): void {
  const a = graph.constant(node.inputs[0]);
  if (!a || !isFloat(a.dataType)) return;
  const unary = UNARY[node.op];
  if (unary) {
    graph.constants.set(
      output,
      computedConstant(a.shape, a.dataType, () => a.values()?.map(unary)),
    );
    return;
  }
  if (node.op === 'Clip') foldClip(node, a, graph, output);
  const b = graph.constant(node.inputs[1]);
  const binary = BINARY[node.op];
  const shape = b && broadcastShapes([a.shape, b.shape]);
  if (!binary || !isKnown(shape)) return;
  graph.constants.set(
    output,
    computedConstant(shape, a.dataType, () => {
      const x = a.values();
      const y = b?.values();
      return x && y && b && elementCount(shape) <= MOST_ELEMENTS
        ? applyBroadcast(binary, x, a.shape, y, b.shape, shape)
        : undefined;
    }),
  );
}

/** With bounds that are constants, as inputs since opset 11. */
function foldClip(node: GraphNode, constant: Constant, graph: MatchGraph, output: string): void {
  const bounds = [1, 2].map((place) => node.inputs[place] || undefined);
  const [low, high] = bounds.map((name, place) => {
    if (name === undefined) return place === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return scalar(graph.constant(name));
  });
  if (low === undefined || high === undefined || node.attributes.size > 0) return;
  const compute = () => constant.values()?.map((value) => Math.min(Math.max(value, low), high));
  graph.constants.set(output, computedConstant(constant.shape, constant.dataType, compute));
}

function applyBroadcast(
  operation: (x: number, y: number) => number,
  x: NumberArray,
  xShape: readonly number[],
  y: NumberArray,
  yShape: readonly number[],
  shape: readonly number[],
): NumberArray {
  const result = new Float64Array(elementCount(shape));
  const xAt = broadcastIndex(xShape, shape);
  const yAt = broadcastIndex(yShape, shape);
  for (let i = 0; i < result.length; i++) result[i] = operation(x[xAt(i)]!, y[yAt(i)]!);
  return result;
}

export function broadcastIndex(own: readonly number[], shape: readonly number[]): (index: number) => number {
  const offset = shape.length - own.length;
  return (index) => {
    let rest = index;
    let at = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const place = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      const size = axis >= offset ? own[axis - offset]! : 1;
      if (size !== 1) at += place * stride;
      stride *= size;
    }
    return at;
  };
}
