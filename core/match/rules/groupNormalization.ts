import { t } from '../../l10n';
import { type Constant, reshaped } from '../graph/constants';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph, outputOf, sameShape } from '../graph/graph';
import { isClosed, otherInput } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * `GroupNormalization` with a scale and a shift per channel, from opset 21 on.
 *
 * Near miss: opset 18, whose scale is one per group.
 */
export const groupNormalization: Rule = {
  name: 'group-normalization',
  operators: ['GroupNormalization'],
  apply(node, graph) {
    const [input, scaleName, shiftName] = node.inputs;
    const [scale, shift] = [graph.constant(scaleName), graph.constant(shiftName)];
    const groups = intAttribute(node, 'num_groups', 0);
    if (!input || !scale || !shift || graph.opset < 21 || groups < 1) return false;
    const settings = { groups, epsilon: floatAttribute(node, 'epsilon', 1e-5) };
    graph.replace([node], { op: 'group_normalization', inputs: [input], settings, parameters: affine(scale, shift) });
    return true;
  },
};

/**
 * Group normalization as PyTorch writes it: `Reshape` to the groups as channels, `InstanceNormalization` with ones and
 * zeros, `Reshape` back, `Mul` and `Add` with one number per channel.
 *
 * Near miss: an instance normalization that scales; channels that are not the groups' when it is reshaped back; factors
 * along another axis.
 */
export const groupNormalizationComposed: Rule = {
  name: 'group-norm-composed',
  operators: ['Add'],
  apply(node, graph) {
    const shift = perChannel(node, graph);
    const product = shift && graph.producer(shift.value);
    const scale = product?.op === 'Mul' ? perChannel(product, graph) : undefined;
    const back = scale && graph.producer(scale.value);
    const found = back?.op === 'Reshape' ? instances(back, graph) : undefined;
    if (!product || !shift || !scale || !back || !found) return false;
    const nodes = [found.split, found.normalize, back, product, node];
    if (!isClosed(nodes, graph)) return false;
    graph.replace(
      nodes,
      {
        op: 'group_normalization',
        inputs: [found.split.inputs[0]!],
        settings: { groups: found.groups, epsilon: floatAttribute(found.normalize, 'epsilon', 1e-5) },
        parameters: affine(scale.constant, shift.constant),
      },
      {
        name: groupNormalizationComposed.name,
        message: t('group normalization written as {0}', nodes.map((part) => part.origin[0]?.opType).join(', ')),
      },
    );
    return true;
  },
};

function affine(scale: Constant, shift: Constant): ReadonlyMap<string, Constant> {
  return new Map([
    ['scale', scale],
    ['shift', shift],
  ]);
}

interface Instances {
  readonly split: GraphNode;
  readonly normalize: GraphNode;
  readonly groups: number;
}

/** The instance normalization of `[N, groups, rest]` that is reshaped back to the shape in front of it. */
function instances(back: GraphNode, graph: MatchGraph): Instances | undefined {
  const normalize = graph.producer(back.inputs[0]);
  const split = normalize?.op === 'InstanceNormalization' ? graph.producer(normalize.inputs[0]) : undefined;
  const before = split?.op === 'Reshape' ? graph.shape(split.inputs[0]) : undefined;
  const target = graph.shape(split && outputOf(split));
  const groups = target?.[1];
  if (!normalize || !split || !before || target?.length !== 3 || typeof groups !== 'number') return undefined;
  const channels = before[1];
  if (target[0] !== before[0] || typeof channels !== 'number' || channels % groups !== 0) return undefined;
  if (!sameShape(before, graph.shape(outputOf(back)))) return undefined;
  const plain = isAll(graph.constant(normalize.inputs[1]), 1) && isAll(graph.constant(normalize.inputs[2]), 0);
  return plain ? { split, normalize, groups } : undefined;
}

function isAll(constant: Constant | undefined, expected: number): boolean {
  return constant?.values()?.every((value) => value === expected) ?? false;
}

/** The computed operand, and the constant of one number per channel (axis 1) beside it, as a vector. */
function perChannel(node: GraphNode, graph: MatchGraph): { value: string; constant: Constant } | undefined {
  for (const value of node.inputs) {
    const constant = graph.constant(otherInput(node, value));
    const shape = graph.shape(value);
    if (!constant || !shape) continue;
    const channels = constant.shape[constant.shape.length - shape.length + 1];
    const others = constant.shape.filter((size) => size !== 1);
    const isVector = channels === shape[1] && others.length <= 1 && constant.shape.length <= shape.length;
    if (isVector && channels !== undefined) return { value, constant: reshaped(constant, [channels]) };
  }
  return undefined;
}
