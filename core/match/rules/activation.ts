import type { Constant } from '../graph/constants';
import { nearly, scalar } from '../graph/constants';
import {
  floatAttribute,
  type GraphNode,
  intAttribute,
  type MatchGraph,
  type Setting,
  stringAttribute,
} from '../graph/graph';
import type { Rule } from './rule';

/**
 * Activation operators in the scheme's words. `alpha` is compared as the float32 that a file can hold: PyTorch writes
 * 0.009999999776 for 0.01. `Clip(0, 6)` is relu6.
 *
 * Near miss: `Clip` with other bounds; `Gelu(approximate=tanh)`, which is a function of its own; a softmax over an axis that is not the last.
 */
export const activation: Rule = {
  name: 'activation',
  operators: [
    ...[
      'Relu',
      'LeakyRelu',
      'Elu',
      'Selu',
      'Gelu',
      'HardSwish',
      'Sigmoid',
      'Tanh',
      'Softplus',
      'Softmax',
      'Clip',
      'Mish',
    ],
  ],
  apply(node, graph) {
    const settings = settingsOf(node, graph);
    if (!settings || !node.inputs[0]) return false;
    graph.replace([node], { op: 'activation', inputs: [node.inputs[0]], settings });
    return true;
  },
};

export function isActivation(node: GraphNode | undefined, name: string): node is GraphNode {
  return node?.op === 'activation' && node.settings.activation === name;
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_GAMMA = 1.0507009873554805;

const PLAIN: Readonly<Record<string, string>> = {
  Relu: 'relu',
  HardSwish: 'hard_swish',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
  Mish: 'mish',
};

function settingsOf(node: GraphNode, graph: MatchGraph): Record<string, Setting> | undefined {
  const plain = PLAIN[node.op];
  if (plain) return { activation: plain };
  switch (node.op) {
    case 'LeakyRelu':
      return { activation: 'leaky_relu', alpha: floatAttribute(node, 'alpha', 0.01) };
    case 'Elu':
      return { activation: 'elu', alpha: floatAttribute(node, 'alpha', 1) };
    case 'Selu': {
      const isUsual =
        nearly(floatAttribute(node, 'alpha', SELU_ALPHA), SELU_ALPHA) &&
        nearly(floatAttribute(node, 'gamma', SELU_GAMMA), SELU_GAMMA);
      return isUsual ? { activation: 'selu' } : undefined;
    }
    case 'Gelu':
      return { activation: stringAttribute(node, 'approximate', 'none') === 'tanh' ? 'gelu_tanh' : 'gelu' };
    case 'Softmax':
      return isLastAxis(node, graph) ? { activation: 'softmax' } : undefined;
    default:
      return isClip(node, graph, 0, 6) ? { activation: 'relu6' } : undefined;
  }
}

/** Before opset 13 a softmax ran over all axes from `axis` (1) on. */
function isLastAxis(node: GraphNode, graph: MatchGraph): boolean {
  const rank = graph.shape(node.inputs[0])?.length;
  const axis = intAttribute(node, 'axis', graph.opset < 13 ? 1 : -1);
  return axis === -1 || (rank !== undefined && axis === rank - 1);
}

/** Bounds as attributes (before opset 11) or as constant inputs. */
export function isClip(node: GraphNode | undefined, graph: MatchGraph, minimum: number, maximum: number): boolean {
  if (node?.op !== 'Clip') return false;
  const bound = (place: number, name: string): number | undefined => {
    const constant: Constant | undefined = graph.constant(node.inputs[place]);
    if (node.inputs[place]) return scalar(constant);
    return graph.opset < 11 ? floatAttribute(node, name, Number.NaN) : undefined;
  };
  return bound(1, 'min') === minimum && bound(2, 'max') === maximum;
}
