import { type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { axesOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A sum, mean or extreme over some axes: from opset 18 on (ReduceSum from 13) the axes are an input and may be counted from
 * behind, before they were an attribute; `keepdims` is written or left out.
 *
 * Near misses: other axes, axes that are not known, no axes at all where that means none (`noop_with_empty_axes`).
 */
export const reduction: Rule = {
  name: 'reduction-axes',
  operators: ['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map(
    (kind) => `Reduce${kind}`,
  ),
  apply(node, graph) {
    const [input] = node.inputs;
    const axes = reducedAxes(node, graph);
    if (!input || !axes || isWrittenSo(node, axes)) return false;
    const keepdims = intAttribute(node, 'keepdims', 1);
    graph.replace([node], {
      op: node.op,
      inputs: [input],
      attributes: new Map([
        ['axes', { type: 'ints', value: axes }],
        ['keepdims', { type: 'int', value: keepdims }],
      ]),
    });
    return true;
  },
};

/** In order, counted from the front; all of them where none are named. */
function reducedAxes(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const rank = graph.shape(node.inputs[0])?.length;
  if (rank === undefined) return undefined;
  const named = axesOf(node, graph);
  if (named === undefined || named.length === 0) {
    const isOpen = named === undefined && Boolean(node.inputs[1]);
    return isOpen || intAttribute(node, 'noop_with_empty_axes', 0) !== 0 ? undefined : [...Array(rank).keys()];
  }
  const axes = named.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  return axes.every((axis) => axis >= 0 && axis < rank) ? axes : undefined;
}

function isWrittenSo(node: GraphNode, axes: readonly number[]): boolean {
  const written = node.attributes.get('axes');
  const isListed = written?.type === 'ints' && written.value.join() === axes.join();
  return isListed && node.inputs.length === 1 && node.attributes.size === 2 && node.attributes.has('keepdims');
}
