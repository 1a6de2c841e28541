import { isFloat, reshaped, rowsOf } from './constants';
import { type GraphNode, intAttribute, isKnown, type MatchGraph } from './graph';
import { splitAxis, splitSizes } from './split';

/**
 * Some rows of a constant are a constant: a `Split` of weights, a `Gather` of one of them. Integers are followed element by
 * element elsewhere.
 */
export function foldRows(node: GraphNode, graph: MatchGraph): void {
  const constant = graph.constant(node.inputs[0]);
  if (!constant || !isFloat(constant.dataType) || constant.shape.length === 0) return;
  if (node.op === 'Split') foldSplit(node, graph);
  if (node.op !== 'Gather' || intAttribute(node, 'axis', 0) !== 0 || !node.outputs[0]) return;
  const index = graph.integers.get(node.inputs[1] ?? '');
  const [size = 0, ...inner] = constant.shape;
  if (!isKnown(index) || index.length !== 1 || graph.shape(node.inputs[1])?.length !== 0) return;
  const row = index[0]! < 0 ? index[0]! + size : index[0]!;
  if (row >= 0 && row < size) graph.constants.set(node.outputs[0], reshaped(rowsOf(constant, [row]), inner));
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
