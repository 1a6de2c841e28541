import { t } from '../../l10n';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import type { Rule } from './rule';

const RISING = new Set(['relu', 'relu6', 'selu', 'sigmoid', 'tanh', 'softplus']);

/**
 * Max pooling and an activation that never falls commute: pool and then activate, which is less work, gives the same. The
 * canonical order is the scheme's: activation, then pooling.
 *
 * Near miss: average pooling; GELU, SiLU and hard swish, which fall on a part of the negative side; a leaky relu with a
 * negative slope.
 */
export const activationAfterPooling: Rule = {
  name: 'activation-after-pooling',
  commutes: true,
  operators: ['activation'],
  apply(node, graph) {
    const pool = graph.soleProducer(node.inputs[0]);
    if (pool?.op !== 'max_pooling' || !isRising(node) || pool.dropouts.length > 0) return false;
    swap(pool, node, graph);
    return true;
  },
};

function isRising(node: GraphNode): boolean {
  const { activation, alpha } = node.settings;
  if (activation === 'leaky_relu' || activation === 'elu') return typeof alpha === 'number' && alpha >= 0;
  return typeof activation === 'string' && RISING.has(activation);
}

function swap(pool: GraphNode, activation: GraphNode, graph: MatchGraph): void {
  const between = `${outputOf(activation)}/before pooling`;
  const input = pool.inputs[0]!;
  const inputShape = graph.shape(input);
  if (inputShape) graph.shapes.set(between, inputShape);
  const message = t('activation behind the max pooling instead of before it: the same function');
  const pooled = graph.replace([pool, activation], { op: pool.op, inputs: [between], settings: pool.settings });
  pooled.origin.splice(0, pooled.origin.length, ...pool.origin);
  pooled.applied.splice(0, pooled.applied.length, ...pool.applied);
  pooled.dropouts.splice(0, pooled.dropouts.length, ...activation.dropouts);
  graph.add({
    ...activation,
    inputs: [input],
    outputs: [between],
    applied: [...activation.applied, { name: activationAfterPooling.name, message }],
    dropouts: [],
  });
}
