import { foldArithmetic } from './foldArithmetic';
import { foldMask } from './foldMask';
import { foldReduction } from './foldReduction';
import { foldRows } from './foldRows';
import { foldView } from './foldView';
import type { GraphNode, MatchGraph, TensorShape } from './graph';
import { followIntegers } from './integers';
import { otherShapes } from './otherShapes';
import { outputShape } from './outputShape';
import { foldQuantization } from './quantized';
import { foldSpread } from './spread';

/**
 * Finds the output shape of a node, the elements of small integer tensors (a shape that is computed from another value's
 * shape) and the values that are constant, from what is known of its inputs. Nodes come in order. What an operator does
 * that is not known here stays unknown: the file's own `value_info` is then asked, and nobody guesses.
 */
export function infer(node: GraphNode, graph: MatchGraph, declared: ReadonlyMap<string, TensorShape>): void {
  const [output] = node.outputs;
  if (output) inferFirst(node, graph, declared, output);
  const others = otherShapes(node, graph);
  node.outputs.slice(1).forEach((other, place) => {
    const known = others[place + 1] ?? declared.get(other);
    if (known) graph.shapes.set(other, known);
  });
}

function inferFirst(
  node: GraphNode,
  graph: MatchGraph,
  declared: ReadonlyMap<string, TensorShape>,
  output: string,
): void {
  foldView(node, graph, output);
  foldRows(node, graph);
  foldArithmetic(node, graph, output);
  foldMask(node, graph, output);
  foldReduction(node, graph, output);
  foldQuantization(node, graph, output);
  followIntegers(node, graph, output);
  const shape = graph.constant(output)?.shape ?? outputShape(node, graph) ?? trusted(node, declared.get(output));
  // Of values with too few axes, as in a damaged file, some sizes are not there.
  if (shape?.every((size) => size !== undefined)) graph.shapes.set(output, shape);
  foldSpread(node, graph, output);
}

/** Rules decide by the shapes of a Reshape, so that they must follow from the graph and not from what the file says of it. */
function trusted(node: GraphNode, declared: TensorShape | undefined): TensorShape | undefined {
  return node.op === 'Reshape' ? undefined : declared;
}
