import { t } from '../../l10n';
import { scalar } from '../graph/constants';
import { floatAttribute, type GraphNode, type MatchGraph } from '../graph/graph';
import type { Rule } from './rule';

/**
 * A `Dropout` is kept as a trace at the node whose output it drops. An inference export has none; PyTorch's training
 * exports carry the rate as attribute (opset 11) or as input (13 on), dynamo exports of a model left in `train()` with
 * `training_mode` true: those drop values when they are run, which the trace says (`active`).
 *
 * Near miss: a dropout whose mask is used, or whose mode or rate is decided while it runs.
 */
export const dropout: Rule = {
  name: 'dropout-removed',
  operators: ['Dropout'],
  apply(node, graph) {
    const mask = node.outputs[1];
    if (mask && graph.users(mask).length > 0) return false;
    const active = isActive(node, graph);
    const rate = rateOf(node, graph);
    if (active === undefined || (active && rate === undefined)) return false;
    graph.bypass(
      node,
      { name: dropout.name, message: t('dropout, which does nothing at inference, left out') },
      { active, node: node.origin[0]!, ...(rate !== undefined ? { rate } : {}) },
    );
    return true;
  },
};

function isActive(node: GraphNode, graph: MatchGraph): boolean | undefined {
  if (!node.inputs[2]) return false;
  const mode = scalar(graph.constant(node.inputs[2]));
  return mode === undefined ? undefined : mode !== 0;
}

function rateOf(node: GraphNode, graph: MatchGraph): number | undefined {
  if (node.inputs[1]) return scalar(graph.constant(node.inputs[1]));
  return node.attributes.has('ratio') || graph.opset >= 12 ? floatAttribute(node, 'ratio', 0.5) : undefined;
}
