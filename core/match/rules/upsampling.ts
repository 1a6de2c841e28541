import { type GraphNode, isKnown, type MatchGraph, outputOf, stringAttribute, type TensorShape } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Resize` by whole factors that repeats values: PyTorch's `Upsample`, by `asymmetric` and `floor`, or by ONNX's defaults,
 * which pick the same values for whole factors.
 *
 * Near miss: linear and cubic interpolation, factors that are no whole numbers, other ways to pick the nearest value, batch
 * or channels that grow.
 */
export const upsampling: Rule = {
  name: 'upsampling',
  operators: ['Resize', 'Upsample'],
  apply(node, graph) {
    const size = factors(node, graph);
    if (!size || !node.inputs[0] || stringAttribute(node, 'mode', 'nearest') !== 'nearest' || !picksFirst(node))
      return false;
    graph.replace([node], { op: 'upsampling', inputs: [node.inputs[0]], settings: { size } });
    return true;
  },
};

function picksFirst(node: GraphNode): boolean {
  if (node.op === 'Upsample') return true;
  const place = stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  const nearest = stringAttribute(node, 'nearest_mode', 'round_prefer_floor');
  return (
    (place === 'asymmetric' && nearest === 'floor') || (place === 'half_pixel' && nearest === 'round_prefer_floor')
  );
}

/** How many times each spatial axis grows, from the shapes on both sides. */
function factors(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const from = graph.shape(node.inputs[0]);
  const to = graph.shape(outputOf(node));
  if (!from || to?.length !== from.length || from[0] !== to[0] || from[1] !== to[1]) return undefined;
  const sizes: TensorShape = from.slice(2);
  const targets: TensorShape = to.slice(2);
  if (!isKnown(sizes) || !isKnown(targets) || sizes.length === 0) return undefined;
  const result = targets.map((size, axis) => size / sizes[axis]!);
  return result.every((factor) => Number.isInteger(factor) && factor >= 1) ? result : undefined;
}
