import { t } from '../../l10n';
import { DataType } from '../../onnx/model';
import { plainNode } from '../graph/arrange';
import { type Constant, computedConstant } from '../graph/constants';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { isZeroState } from './recurrent';
import type { Rule } from './rule';

/**
 * The cells of all positions of a sequence, each with the state of the one before and all with the same weights, are a
 * recurrent layer: a loop that was unrolled. From the first position on, or from the last one back.
 *
 * Near miss: a position that is left out or taken twice, a state of other numbers than zeros to begin with, a step with
 * weights of its own, the memory as an output.
 */
export const recurrentSteps: Rule = {
  name: 'recurrent-steps',
  operators: ['lstm_cell', 'gru_cell', 'rnn_cell'],
  apply(node, graph) {
    const [sequence] = node.inputs;
    const order = node.settings.order as readonly number[];
    const length = graph.size(sequence, order[1]!);
    if (!sequence || length === undefined || length < 2) return false;
    const step = node.settings.position === length - 1 ? 1 : node.settings.position === 0 ? -1 : 0;
    const cells = step === 0 ? [] : cellsUpTo(node, step, graph);
    if (cells.length !== length || !isWhole(cells, graph)) return false;
    replaceByLayer(cells, sequence, step, graph);
    return true;
  },
};

/** The cells before and the given one, in the order in which they are run. */
function cellsUpTo(last: GraphNode, step: number, graph: MatchGraph): GraphNode[] {
  const cells = [last];
  for (let node = last; ; ) {
    const before = graph.producer(node.inputs[1]);
    if (before?.op !== last.op || !isOfSameSequence(before, last)) return cells.reverse();
    const isNext = before.settings.position === Number(node.settings.position) - step;
    if (!isNext || !node.inputs.slice(1).every((state, place) => before.outputs[place] === state)) return [];
    if (!isAlike(before, node)) return [];
    cells.push(before);
    node = before;
  }
}

function isOfSameSequence(a: GraphNode, b: GraphNode): boolean {
  return a.inputs[0] === b.inputs[0] && String(a.settings.order) === String(b.settings.order);
}

function isAlike(a: GraphNode, b: GraphNode): boolean {
  if (['reset_after', 'unit', 'activation'].some((key) => a.settings[key] !== b.settings[key])) return false;
  return ['weight', 'recurrent_weight', 'bias'].every((role) =>
    isSameConstant(a.parameters.get(role), b.parameters.get(role)),
  );
}

function isSameConstant(a: Constant | undefined, b: Constant | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.shape.join() !== b.shape.join()) return false;
  if (a.source && a.source.tensor === b.source?.tensor)
    if (JSON.stringify(a.source.steps) === JSON.stringify(b.source.steps)) return true;
  const [x, y] = [a.values(), b.values()];
  return x !== undefined && y !== undefined && x.every((value, index) => value === y[index]);
}

/** It begins with zeros, and nobody else sees a memory. */
function isWhole(cells: readonly GraphNode[], graph: MatchGraph): boolean {
  const inside = new Set(cells);
  const isInner = (value: string): boolean =>
    !graph.outputs.includes(value) && !graph.pinned.has(value) && graph.users(value).every((user) => inside.has(user));
  const startsAtZero = cells[0]!.inputs.slice(1).every((state) => isZeroState(state, graph));
  return startsAtZero && cells.every((cell) => cell.outputs.slice(1).every(isInner));
}

function replaceByLayer(cells: readonly GraphNode[], sequence: string, step: number, graph: MatchGraph): void {
  const last = cells[cells.length - 1]!;
  const inside = new Set(cells);
  const seen = cells.filter(
    (cell) =>
      cell !== last &&
      (graph.outputs.includes(outputOf(cell)) || graph.users(outputOf(cell)).some((user) => !inside.has(user))),
  );
  const { position: _, order, ...settings } = last.settings;
  const input = batchFirst(sequence, order as readonly number[], outputOf(last), graph);
  const shape = graph.shape(input)!;
  const returnSequences = seen.length > 0;
  const all = `${outputOf(last)}/all positions`;
  const used = [...seen, last];
  const layer = graph.replace(
    cells,
    {
      op: last.op.replace('_cell', ''),
      inputs: [input],
      outputs: returnSequences ? [all] : [outputOf(last)],
      settings: {
        ...settings,
        bidirectional: false,
        ...(step < 0 ? { direction: 'reverse' } : {}),
        return_sequences: returnSequences,
      },
      parameters: last.parameters,
    },
    { name: recurrentSteps.name, message: t('a recurrent layer written step by step') },
  );
  layer.origin.splice(0, layer.origin.length, ...new Set(layer.origin));
  if (!returnSequences) return;
  graph.shapes.set(all, [shape[0]!, shape[1]!, Number(layer.settings.unit)]);
  for (const cell of used) pick(all, Number(cell.settings.position), outputOf(cell), graph);
}

/** The sequence as `[batch, length, channels]`. */
function batchFirst(sequence: string, order: readonly number[], name: string, graph: MatchGraph): string {
  if (order.every((axis, place) => axis === place)) return sequence;
  const output = `${name}/batch first`;
  const shape = graph.shape(sequence)!;
  graph.shapes.set(
    output,
    order.map((axis) => shape[axis]!),
  );
  const attributes = new Map([['perm', { type: 'ints', value: order } as const]]);
  graph.add(plainNode({ op: 'Transpose', inputs: [sequence], outputs: [output], attributes }));
  return output;
}

/** One position of the layer's outputs. */
function pick(from: string, position: number, output: string, graph: MatchGraph): void {
  const index = `position ${position}`;
  graph.constants.set(
    index,
    computedConstant([], DataType.int64, () => Float64Array.of(position)),
  );
  graph.shapes.set(index, []);
  graph.integers.set(index, [position]);
  const attributes = new Map([['axis', { type: 'int', value: 1 } as const]]);
  graph.add(plainNode({ op: 'Gather', inputs: [from, index], outputs: [output], attributes }));
}
