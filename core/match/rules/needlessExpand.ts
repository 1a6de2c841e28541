import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { foldOperator } from '../graph/foldMask';
import { type GraphNode, type MatchGraph, outputOf, sameShape } from '../graph/graph';
import { broadcastShapes } from '../graph/shapeArithmetic';
import type { Rule } from './rule';

/**
 * An `Expand` in front of an operator that broadcasts anyway, or of a choice by a constant condition: the dynamo exporter
 * writes a mask in which every position is seen as `Where(Expand(all true), 0, -3e38)`, which is then added to the scores.
 *
 * Near miss: an operand that no other one has the sizes of; one number, such as the zeros that a state begins with.
 */
export const needlessExpand: Rule = {
  name: 'expand-needless',
  operators: ['Add', 'add', 'And', 'Where'],
  apply(node, graph) {
    return chooseFirst(node, graph) || broadcastAlone(node, graph);
  },
};

function broadcastAlone(node: GraphNode, graph: MatchGraph): boolean {
  for (const [place, input] of node.inputs.entries()) {
    const expand = graph.producer(input);
    const [from] = expand?.op === 'Expand' ? expand.inputs : [];
    if (!expand || !from || graph.shape(from)?.every((size) => size === 1)) continue;
    const inputs = node.inputs.map((each, at) => (at === place ? from : each));
    const shape = broadcastShapes(inputs.map((each) => graph.shape(each)));
    if (!sameShape(shape, graph.shape(outputOf(node)))) continue;
    const absorbed = graph.soleUser(input) === node ? [expand, node] : [node];
    graph.replace(
      absorbed,
      { ...node, inputs },
      { name: needlessExpand.name, message: t('an Expand of what is broadcast anyway') },
    );
    return true;
  }
  return false;
}

/** `Where(Expand(c), a, b)` of constants is `Expand(Where(c, a, b))`. */
function chooseFirst(node: GraphNode, graph: MatchGraph): boolean {
  const expand = node.op === 'Where' ? graph.producer(node.inputs[0]) : undefined;
  if (expand?.op !== 'Expand' || expand.inputs.length !== 1 || node.inputs.length !== 3) return false;
  const [condition, yes, no] = [expand.inputs[0], ...node.inputs.slice(1)].map((input) => graph.constant(input));
  if (!condition || !yes || !no || elementCount(yes.shape) !== 1 || elementCount(no.shape) !== 1) return false;
  const folded = foldOperator('Where', [condition, yes, no]);
  if (!folded || folded.shape.length !== condition.shape.length) return false;
  const chosen = `${outputOf(node)}/chosen`;
  graph.constants.set(chosen, folded);
  graph.shapes.set(chosen, folded.shape);
  const absorbed = graph.soleUser(outputOf(expand)) === node ? [expand, node] : [node];
  graph.replace(absorbed, { op: 'Expand', inputs: [chosen], settings: expand.settings });
  return true;
}
