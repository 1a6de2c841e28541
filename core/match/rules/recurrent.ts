import { t } from '../../l10n';
import { tensorValues } from '../../onnx/tensor';
import { arrange, plainNode } from '../graph/arrange';
import type { Constant } from '../graph/constants';
import {
  type Dimension,
  type GraphNode,
  intAttribute,
  type MatchGraph,
  outputOf,
  type Setting,
  stringAttribute,
} from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { isAxis, type Part, viewOf } from '../graph/view';
import { isRecurrent } from '../graph/wording';
import { reversalOf } from './reversal';
import type { Rule } from './rule';

/**
 * `LSTM`, `GRU` and `RNN` from a state of zeros, on `[batch, length, channels]` with the outputs of all positions, `[batch, length,
 * directions * units]`, or the last states alone. Exporters give the state of zeros in some nodes or leave it out, and put
 * different ones around the operator to get the batch in front.
 *
 * Near miss: a state that is not zero; other activations, clipping, peepholes, lengths per sample; the LSTM's memory as an
 * output, or all outputs and the last one too.
 */
export const recurrent: Rule = {
  name: 'recurrent',
  operators: ['LSTM', 'GRU', 'RNN'],
  apply(node, graph) {
    const [input, weightName, recurrentName, biasName, lengths, ...states] = node.inputs;
    const [weight, recurrentWeight] = [graph.constant(weightName), graph.constant(recurrentName)];
    const shape = graph.shape(input);
    const bias = biasName ? graph.constant(biasName) : undefined;
    if (!input || shape?.length !== 3 || !weight || !recurrentWeight || (biasName && !bias) || lengths) return false;
    if (weight.shape.length !== 3 || recurrentWeight.shape.length !== 3) return false;
    const used = node.outputs.map((output) => isUsed(output, graph));
    const place = used.indexOf(true);
    const isPlain = states.every((state) => !state || isZeroState(state, graph)) && isUsual(node);
    if (!isPlain || place < 0 || place > 1 || used.filter(Boolean).length > 1) return false;
    replace(node, place === 0, { input, weight, recurrentWeight, bias }, graph);
    return true;
  },
};

function isUsed(output: string, graph: MatchGraph): boolean {
  return (
    output !== '' && (graph.outputs.includes(output) || graph.pinned.has(output) || graph.users(output).length > 0)
  );
}

/** Sigmoid and tanh for the gates, nothing clipped, no coupled gates, the length in front. */
function isUsual(node: GraphNode): boolean {
  const functions = functionsOf(node);
  const usual =
    node.op === 'RNN' ? [functions[0]] : node.op === 'LSTM' ? ['sigmoid', 'tanh', 'tanh'] : ['sigmoid', 'tanh'];
  const isUsualFunction = functions.every((name, place) => name === usual[place % usual.length]);
  const isClipped = node.attributes.has('clip') || intAttribute(node, 'input_forget', 0) !== 0;
  return isUsualFunction && !isClipped && intAttribute(node, 'layout', 0) === 0;
}

/** The activations of all gates and directions; none where nothing is said. */
function functionsOf({ attributes }: GraphNode): readonly string[] {
  const activations = attributes.get('activations');
  return activations?.type === 'strings' ? activations.value.map((name) => name.toLowerCase()) : [];
}

/** Operators that make zeros of zeros. */
const KEEPING = new Set([
  'Identity',
  'Expand',
  'Slice',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Gather',
  'Split',
  'Cast',
]);

/** Zeros of whatever shape: a constant, or what a batch of unknown size is filled with. */
export function isZeroState(value: string, graph: MatchGraph): boolean {
  const constant = graph.constant(value);
  if (constant) return constant.values()?.every((each) => each === 0) ?? false;
  const node = graph.producer(value);
  if (node?.op === 'ConstantOfShape') {
    const filling = node.attributes.get('value');
    return !filling || (filling.type === 'tensor' && tensorValues(filling.value)?.[0] === 0);
  }
  if (node?.op === 'Concat' || node?.op === 'concatenate')
    return node.inputs.every((input) => isZeroState(input, graph));
  return node !== undefined && KEEPING.has(node.op) && isZeroState(node.inputs[0] ?? '', graph);
}

interface Operands {
  readonly input: string;
  readonly weight: Constant;
  readonly recurrentWeight: Constant;
  readonly bias: Constant | undefined;
}

function replace(node: GraphNode, returnSequences: boolean, operands: Operands, graph: MatchGraph): void {
  const [length, batch, features] = graph.shape(operands.input)!;
  const units = operands.recurrentWeight.shape[2]!;
  const directions = operands.weight.shape[0]!;
  const used = node.outputs[returnSequences ? 0 : 1]!;
  const [batchFirst, output] = [`${used}/batch first`, `${used}/recurrent`];
  const placeholder = graph.replace([node], { op: 'Identity', inputs: [operands.input], outputs: [used] });
  graph.shapes.set(batchFirst, [batch!, length!, features!]);
  const perm = new Map([['perm', { type: 'ints', value: [1, 0, 2] } as const]]);
  graph.add(plainNode({ op: 'Transpose', inputs: [operands.input], outputs: [batchFirst], attributes: perm }));
  graph.shapes.set(output, returnSequences ? [batch!, length!, directions * units] : [batch!, directions * units]);
  graph.add(
    plainNode({
      op: node.op.toLowerCase(),
      inputs: [batchFirst],
      outputs: [output],
      settings: { ...settingsOf(node, units), return_sequences: returnSequences },
      parameters: parametersOf(operands),
      origin: placeholder.origin.splice(0),
      applied: placeholder.applied.splice(0),
      dropouts: placeholder.dropouts.splice(0),
    }),
  );
  const sizes = { length: length!, batch: batch!, directions, units };
  arrange(graph, placeholder, output, returnSequences ? sequenceAxes(sizes) : stateAxes(sizes));
}

function settingsOf(node: GraphNode, units: number): Record<string, Setting> {
  const direction = stringAttribute(node, 'direction', 'forward');
  return {
    unit: units,
    bidirectional: direction === 'bidirectional',
    ...(direction === 'reverse' ? { direction } : {}),
    ...(node.op === 'RNN' ? { activation: functionsOf(node)[0] ?? 'tanh' } : {}),
    ...(node.op === 'GRU' ? { reset_after: intAttribute(node, 'linear_before_reset', 0) === 1 } : {}),
  };
}

function parametersOf({ weight, recurrentWeight, bias }: Operands): ReadonlyMap<string, Constant> {
  return new Map([
    ['weight', weight],
    ['recurrent_weight', recurrentWeight],
    ...(bias ? ([['bias', bias]] as const) : []),
  ]);
}

interface Sizes {
  readonly length: Dimension;
  readonly batch: Dimension;
  readonly directions: number;
  readonly units: number;
}

/** `[length, directions, batch, units]` out of `[batch, length, directions * units]`. */
function sequenceAxes({ length, batch, directions, units }: Sizes): Part[][] {
  return [part(1, 1, length), part(2, units, directions), part(0, 1, batch), part(2, 1, units)];
}

/** `[directions, batch, units]` out of `[batch, directions * units]`. */
function stateAxes({ batch, directions, units }: Sizes): Part[][] {
  return [part(1, units, directions), part(0, 1, batch), part(1, 1, units)];
}

function part(axis: number, stride: number, size: Dimension): Part[] {
  return size === 1 ? [] : [{ axis, stride, size }];
}

/**
 * The outputs at the last position are the last state of a recurrent layer that runs forwards: `out[:, -1]` in PyTorch.
 *
 * Near miss: another position; a layer in both directions, whose backward half ends at the first position; outputs that are
 * used elsewhere too.
 */
export const lastStep: Rule = {
  name: 'last-step',
  operators: ['Gather', 'Slice', 'Squeeze', 'Reshape', 'flatten', 'Split'],
  apply(node, graph) {
    if (node.outputs.length > 1) return false;
    const view = viewOf(outputOf(node), graph);
    const source = graph.producer(view.source);
    const turned = reversalOf(source, graph);
    const layer = turned?.axis === 1 ? graph.producer(turned.input) : source;
    const shape = graph.shape(view.source);
    const isSequence = layer !== undefined && isRecurrent(layer) && layer.settings.return_sequences === true;
    if (!isSequence || !shape || view.axes.length !== 2 || layer.settings.bidirectional) return false;
    const isBackwards = (layer.settings.direction === 'reverse') !== (turned !== undefined);
    const last = isBackwards ? 0 : Number(shape[1]) - 1;
    const isLast = view.offsets[1] === last && isAxis(view, 0, 0, shape[0]!) && isAxis(view, 1, 2, shape[2]!);
    const between = layer === source ? [] : [source!];
    const absorbed = absorbable([layer, ...between, ...view.nodes], node, graph);
    if (!isLast || !absorbed.includes(layer)) return false;
    graph.replace(
      absorbed,
      {
        op: layer.op,
        inputs: layer.inputs,
        settings: { ...layer.settings, return_sequences: false },
        parameters: layer.parameters,
      },
      { name: lastStep.name, message: t('the last state taken from the outputs of all positions') },
    );
    return true;
  },
};
