import { elementCount } from '../onnx/tensor';
import { type Constant, computedConstant, isFloat, reshaped, rowsOf } from './constants';
import { MOST_ELEMENTS } from './foldArithmetic';
import { type GraphNode, intAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';
import { splitAxis, splitSizes } from './split';

/**
 * Some rows of a constant are a constant: a `Split` of weights, a `Gather` of them by constant indices, such as the positions of
 * a sequence whose length is known.
 */
export function foldRows(node: GraphNode, graph: MatchGraph): void {
  const constant = graph.constant(node.inputs[0]);
  if (!constant || constant.shape.length === 0) return;
  if (node.op === 'GatherElements') foldElements(node, graph, constant);
  // Integers are followed element by element elsewhere.
  else if (!isFloat(constant.dataType)) return;
  else if (node.op === 'Split') foldSplit(node, graph);
  else if (node.op === 'Gather') foldGather(node, graph, constant);
}

function foldGather(node: GraphNode, graph: MatchGraph, constant: Constant): void {
  const indices = indicesOf(node, graph);
  const [size = 0, ...inner] = constant.shape;
  if (!indices || intAttribute(node, 'axis', 0) !== 0 || !node.outputs[0]) return;
  const rows = indices.values.map((index) => (index < 0 ? index + size : index));
  if (rows.some((row) => !(row >= 0 && row < size)) || rows.length * elementCount(inner) > MOST_ELEMENTS) return;
  graph.constants.set(node.outputs[0], reshaped(rowsOf(constant, rows), [...indices.shape, ...inner]));
}

function indicesOf(
  node: GraphNode,
  graph: MatchGraph,
): { readonly values: readonly number[]; readonly shape: readonly number[] } | undefined {
  const given = graph.integers.get(node.inputs[1] ?? '') ?? graph.constant(node.inputs[1])?.values();
  const shape = graph.shape(node.inputs[1]);
  const values: TensorShape = Array.from(given ?? []);
  return given && isKnown(shape) && isKnown(values) && values.every(Number.isInteger) ? { values, shape } : undefined;
}

/** Of a constant with as many axes, which for each of them but one has at least as many values (`GatherElements`). */
function foldElements(node: GraphNode, graph: MatchGraph, constant: Constant): void {
  const indices = indicesOf(node, graph);
  const { shape } = constant;
  const axis = (intAttribute(node, 'axis', 0) + shape.length) % shape.length;
  const fits = indices?.shape.every((size, place) => place === axis || size <= shape[place]!);
  if (!indices || !node.outputs[0] || indices.shape.length !== shape.length || !fits) return;
  const size = shape[axis]!;
  const chosen = indices.values.map((index) => (index < 0 ? index + size : index));
  if (chosen.some((index) => !(index >= 0 && index < size))) return;
  graph.constants.set(
    node.outputs[0],
    computedConstant(indices.shape, constant.dataType, () => {
      const values = constant.values();
      return (
        values && Float64Array.from(chosen, (index, at) => values[placeOf(at, indices.shape, index, axis, shape)]!)
      );
    }),
  );
}

/** Of the element at `at` of a tensor of the shape `within`, in one of the shape `of`, with another index on one axis. */
function placeOf(at: number, within: readonly number[], index: number, axis: number, of: readonly number[]): number {
  let [place, rest, stride] = [0, at, 1];
  for (let each = of.length - 1; each >= 0; each--) {
    const own = rest % within[each]!;
    rest = Math.floor(rest / within[each]!);
    place += (each === axis ? index : own) * stride;
    stride *= of[each]!;
  }
  return place;
}

function foldSplit(node: GraphNode, graph: MatchGraph): void {
  const constant = graph.constant(node.inputs[0])!;
  const sizes = splitSizes(node, graph);
  const total = sizes?.reduce((sum, size) => sum + size, 0);
  if (!sizes || splitAxis(node, constant.shape.length) !== 0 || total !== constant.shape[0]) return;
  let start = 0;
  node.outputs.forEach((output, place) => {
    const from = start;
    start += sizes[place] ?? 0;
    const part = rowsOf(
      constant,
      Array.from({ length: sizes[place] ?? 0 }, (_, row) => from + row),
    );
    if (output === '') return;
    graph.constants.set(output, part);
    graph.shapes.set(output, part.shape);
  });
}
