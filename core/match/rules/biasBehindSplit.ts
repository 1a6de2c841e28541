import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { reshaped } from '../graph/constants';
import { type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { constantBeside } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * The bias of a dense layer behind the `Reshape` that splits its units into heads: `MatMul, Reshape, Add`, where Keras has a
 * matrix for each head.
 *
 * Near miss: a constant that varies along the positions; units that are not what the split axes come to; a bias is there
 * already.
 */
export const biasBehindSplit: Rule = {
  name: 'bias-behind-split',
  operators: ['Add'],
  apply(node, graph) {
    const found = constantBeside(node, graph);
    const split = graph.soleProducer(found?.value);
    const layer = split?.op === 'Reshape' ? graph.soleProducer(split.inputs[0]) : undefined;
    if (!found || !split || layer?.op !== 'dense' || layer.parameters.has('bias') || layer.normalization) return false;
    const units = Number(layer.settings.unit);
    const axes = splitAxes(graph.shape(split.inputs[0]), graph.shape(outputOf(split)));
    const constant = found.constant.shape.slice(-axes.length);
    const isBias = axes.length > 0 && constant.join() === axes.join() && elementCount(found.constant.shape) === units;
    if (!isBias || split.dropouts.length > 0 || layer.dropouts.length > 0) return false;
    move(graph, layer, split, node, reshaped(found.constant, [units]));
    return true;
  },
};

type Parts = Parameters<MatchGraph['replace']>[0];

function move(
  graph: MatchGraph,
  layer: Parts[number],
  split: Parts[number],
  sum: Parts[number],
  bias: ReturnType<typeof reshaped>,
): void {
  const { op, inputs, settings } = layer;
  const parameters = new Map([...layer.parameters, ['bias', bias]]);
  const attributes = split.attributes;
  const rest = split.inputs.slice(1);
  const made = graph.replace(
    [layer],
    { op, inputs, settings, parameters },
    { name: biasBehindSplit.name, message: t('bias written as an Add behind') },
  );
  made.origin.push(...sum.origin);
  graph.replace([split, sum], { op: 'Reshape', inputs: [outputOf(made), ...rest], attributes });
}

/** The axes that the last one was split into, the ones in front being kept. */
function splitAxes(before: TensorShape | undefined, after: TensorShape | undefined): readonly number[] {
  if (!before || !after || after.length <= before.length) return [];
  const kept = before.slice(0, -1);
  const axes = after.slice(kept.length);
  const isSplit = kept.every((size, axis) => size === after[axis]) && axes.every((size) => typeof size === 'number');
  return isSplit && elementCount(axes as readonly number[]) === before.at(-1) ? (axes as readonly number[]) : [];
}
