import { elementCount } from '../../onnx/tensor';
import { type Constant, computedConstant, isFloat, joined, reshaped, rowsOf, transposed } from './constants';
import { MOST_ELEMENTS } from './foldArithmetic';
import { type GraphNode, intAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';
import { sliceIndices, sliceRange } from './sliceRanges';
import { splitAxis, splitSizes } from './split';

/**
 * Parts of a constant are a constant: a `Split` or `Slice` of weights, a `Gather` of them by constant indices, such as the
 * positions of a sequence whose length is known, or a table of distances; and so are several put together, such as the angles by
 * which positions are turned.
 */
export function foldRows(node: GraphNode, graph: MatchGraph): void {
  const constant = graph.constant(node.inputs[0]);
  if (!constant || constant.shape.length === 0) return;
  if (node.op === 'GatherElements') foldElements(node, graph, constant);
  // Integers are followed element by element elsewhere.
  else if (!isFloat(constant.dataType)) return;
  else if (node.op === 'Split') foldSplit(node, graph, constant);
  else if (node.op === 'Concat') foldConcat(node, graph);
  else if (node.op === 'Slice') foldSlice(node, graph, constant);
  else if (node.op === 'Tile') foldTile(node, graph, constant);
  else if (node.op === 'Gather')
    foldGather(node, indicesOf(node, graph), intAttribute(node, 'axis', 0), constant, graph);
  else if (node.op === 'GatherND') foldGather(node, rowsOfPoints(node, graph), 0, constant, graph);
}

interface Indices {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

/** Indices of one axis alone, as `GatherND` has them: each in a list of its own. */
function rowsOfPoints(node: GraphNode, graph: MatchGraph): Indices | undefined {
  const indices = indicesOf(node, graph);
  const isSimple = indices?.shape.at(-1) === 1 && intAttribute(node, 'batch_dims', 0) === 0;
  return isSimple ? { values: indices.values, shape: indices.shape.slice(0, -1) } : undefined;
}

function foldGather(
  node: GraphNode,
  indices: Indices | undefined,
  along: number,
  constant: Constant,
  graph: MatchGraph,
): void {
  const axis = along < 0 ? along + constant.shape.length : along;
  const size = constant.shape[axis];
  if (!indices || size === undefined) return;
  const places = indices.values.map((index) => (index < 0 ? index + size : index));
  if (places.some((place) => !(place >= 0 && place < size))) return;
  setPart(graph, node.outputs[0], partOf(constant, axis, places, indices.shape));
}

function setPart(graph: MatchGraph, output: string | undefined, part: Constant | undefined): void {
  if (!output || !part) return;
  graph.constants.set(output, part);
  graph.shapes.set(output, part.shape);
}

/** Some places of an axis, in whose stead the part has axes of the given sizes. */
export function partOf(
  constant: Constant,
  axis: number,
  places: readonly number[],
  sizes: readonly number[] = [places.length],
): Constant | undefined {
  const { shape } = constant;
  if (places.length * (elementCount(shape) / Math.max(1, shape[axis]!)) > MOST_ELEMENTS) return undefined;
  const others = shape.map((_, place) => place).filter((place) => place !== axis);
  const inFront = axis === 0 ? constant : transposed(constant, [axis, ...others]);
  const part = reshaped(rowsOf(inFront, places), [...sizes, ...others.map((place) => shape[place]!)]);
  const rest = others.map((_, place) => sizes.length + place);
  const own = sizes.map((_, place) => place);
  return axis === 0 ? part : transposed(part, [...rest.slice(0, axis), ...own, ...rest.slice(axis)]);
}

function indicesOf(node: GraphNode, graph: MatchGraph): Indices | undefined {
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

/** Of what was worked out; weights that are put together keep their places in the file. */
function foldConcat(node: GraphNode, graph: MatchGraph): void {
  const parts = node.inputs.flatMap((input) => graph.constant(input) ?? []);
  const count = parts.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  if (parts.length !== node.inputs.length || parts.every(({ source }) => source) || count > MOST_ELEMENTS) return;
  setPart(graph, node.outputs[0], joined(parts, intAttribute(node, 'axis', 0)));
}

function foldSplit(node: GraphNode, graph: MatchGraph, constant: Constant): void {
  const sizes = splitSizes(node, graph);
  const axis = splitAxis(node, constant.shape.length);
  const total = sizes?.reduce((sum, size) => sum + size, 0);
  if (!sizes || total !== constant.shape[axis]) return;
  let start = 0;
  node.outputs.forEach((output, place) => {
    const from = start;
    const size = sizes[place] ?? 0;
    start += size;
    const places = Array.from({ length: size }, (_, row) => from + row);
    setPart(graph, output, partOf(constant, axis, places));
  });
}

function foldSlice(node: GraphNode, graph: MatchGraph, constant: Constant): void {
  const range = sliceRange(node, graph);
  const axis = range && (range.axis + constant.shape.length) % constant.shape.length;
  if (!range || axis === undefined) return;
  const places = sliceIndices(range, constant.shape[axis]!);
  setPart(graph, node.outputs[0], partOf(constant, axis, places));
}

function foldTile(node: GraphNode, graph: MatchGraph, constant: Constant): void {
  const counts = graph.integers.get(node.inputs[1] ?? '');
  if (!isKnown(counts) || counts.length !== constant.shape.length) return;
  let tiled: Constant | undefined = constant;
  for (const [axis, count] of counts.entries()) {
    const size = constant.shape[axis]!;
    if (!tiled || count * size > MOST_ELEMENTS) return;
    if (count !== 1)
      tiled = partOf(
        tiled,
        axis,
        Array.from({ length: count * size }, (_, place) => place % size),
      );
  }
  setPart(graph, node.outputs[0], tiled);
}
