import type { Constant } from '../graph/constants';
import { type GraphNode, type MatchGraph, outputOf, type Setting } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import { isProduct, otherInput } from '../graph/pattern';
import { isAxis, viewOf } from '../graph/view';
import { isActivation } from './activation';
import { type DenseTerm, type GateSum, gateSum, offsetsOf, stackedRows, sumsJoined } from './gateSum';
import { isZeroState } from './recurrent';
import { reversalOf } from './reversal';
import type { Rule } from './rule';

/**
 * One step of an LSTM in its parts, as loops are written that a program runs itself (`nn.LSTMCell`, Keras' `unroll`): `f c + i
 * tanh(g)` and `o tanh` of it, each gate a sum of dense layers on the sequence at one position and on the state of the step
 * before. It is kept as a `lstm_cell` until all steps are known.
 *
 * Near miss: the state of another step, a gate that sees the memory (a peephole), other activations.
 */
export const lstmCell: Rule = {
  name: 'lstm-cell',
  operators: ['multiply'],
  apply(node, graph) {
    const found = lstmParts(node, graph);
    const units = graph.size(outputOf(node), 1);
    if (!found || units === undefined) return false;
    const { memory, before, gates } = found;
    const sums = gates.map((gate) => gateSum(gate.inputs[0]!, units, graph));
    if (sums.some((sum) => !sum || sum.others.length > 0)) return false;
    const state = stateOf(sums as GateSum[], before, graph);
    const own = state && sidesOf(sums as GateSum[], state, graph);
    if (!own) return false;
    return replaceByCell(graph, node, {
      op: 'lstm_cell',
      own,
      states: [state, before],
      outputs: [outputOf(node), memory],
      settings: {},
      offsets: own.map((side, gate) => [side.constants, [side.x], [side.h], gate] as const),
      nodes: [...found.nodes, ...(sums as GateSum[]).flatMap(({ nodes }) => nodes)],
      units,
    });
  },
};

/** `o tanh(f c + i tanh(g))`: the gates in ONNX's order (i, o, f, g), the memory and the one before. */
function lstmParts(node: GraphNode, graph: MatchGraph) {
  for (const value of node.inputs) {
    const output = graph.producer(value);
    const squashed = graph.producer(otherInput(node, value));
    const sum = isActivation(squashed, 'tanh') ? graph.producer(squashed.inputs[0]) : undefined;
    if (!isActivation(output, 'sigmoid') || !squashed || (sum?.op !== 'add' && sum?.op !== 'Add')) continue;
    const [a, b] = sum.inputs.map((input) => graph.producer(input));
    for (const [keep, write] of [
      [a, b],
      [b, a],
    ]) {
      const written = write && gated(write, graph, (other) => isActivation(graph.producer(other), 'tanh'));
      const kept = keep && gated(keep, graph, () => true);
      if (!written || !kept) continue;
      const candidate = graph.producer(written.other)!;
      return {
        memory: squashed.inputs[0]!,
        before: kept.other,
        gates: [written.gate, output, kept.gate, candidate],
        nodes: [written.gate, candidate, kept.gate, keep, write, sum, output, squashed],
      };
    }
  }
  return undefined;
}

/** A sigmoid and what it is multiplied with. */
function gated(node: GraphNode, graph: MatchGraph, fits: (other: string) => boolean) {
  if (!isProduct(node)) return undefined;
  for (const value of node.inputs) {
    const gate = graph.producer(value);
    const other = otherInput(node, value);
    if (isActivation(gate, 'sigmoid') && other !== undefined && fits(other)) return { gate, other };
  }
  return undefined;
}

/** The state beside a memory: of the same cell, or zeros beside zeros. */
function stateOf(sums: readonly GateSum[], memory: string, graph: MatchGraph): string | undefined {
  const cell = graph.producer(memory);
  const isOwn = (value: string): boolean =>
    cell?.op === 'lstm_cell' ? cell.outputs[0] === value : isZeroState(value, graph) && isZeroState(memory, graph);
  return sums[0]!.terms.map(({ dense }) => dense.inputs[0]!).find(isOwn);
}

/**
 * One step of a GRU in its parts (`nn.GRUCell`, Keras' loops): `z h + (1 - z) n` or `(h - n) z + n`, with `n = tanh(W x + r (R
 * h))` or, with the reset in front, `tanh(W x + R (r h))`.
 *
 * Near miss: `z` and `1 - z` exchanged, the state of another step, other activations.
 */
export const gruCell: Rule = {
  name: 'gru-cell',
  operators: ['add', 'Add'],
  apply(node, graph) {
    const units = graph.size(outputOf(node), 1);
    const blend = units === undefined ? undefined : blendOf(node, graph);
    const inner = blend && units !== undefined ? candidateOf(blend.candidate, blend.state, units, graph) : undefined;
    if (!blend || !inner || units === undefined) return false;
    const sums = [blend.update, inner.reset].map((gate) => gateSum(gate.inputs[0]!, units, graph));
    if (sums.some((sum) => !sum || sum.others.length > 0)) return false;
    const [update, reset] = sidesOf(sums as GateSum[], blend.state, graph) ?? [];
    const last = { ...inner, at: inner.x && positionOf(inner.x, graph) };
    if (!update || !reset || !last.at || !isSamePlace(update.at, last.at)) return false;
    return replaceByCell(graph, node, {
      op: 'gru_cell',
      own: [update, reset, { x: inner.x, h: inner.h, constants: [], at: last.at }],
      states: [blend.state],
      outputs: [outputOf(node)],
      settings: { reset_after: inner.resetAfter },
      offsets: [
        [update.constants, [update.x], [update.h], 0],
        [reset.constants, [reset.x], [reset.h], 1],
        [inner.inputConstants, [inner.x], [inner.h], 2, inner.stateConstants],
      ],
      nodes: [...blend.nodes, ...inner.nodes, ...(sums as GateSum[]).flatMap(({ nodes }) => nodes)],
      units,
    });
  },
};

interface Blend {
  readonly update: GraphNode;
  readonly state: string;
  readonly candidate: GraphNode;
  readonly nodes: readonly GraphNode[];
}

function blendOf(node: GraphNode, graph: MatchGraph): Blend | undefined {
  for (const value of node.inputs) {
    const product = graph.producer(value);
    const other = graph.producer(otherInput(node, value));
    if (!product || !other || !isProduct(product)) continue;
    const found = isActivation(other, 'tanh') ? byDifference(product, other, graph) : bySides(product, other, graph);
    if (found) return found;
  }
  return undefined;
}

/** `(h - n) z`, beside `n`. */
function byDifference(product: GraphNode, candidate: GraphNode, graph: MatchGraph): Blend | undefined {
  const found = gated(product, graph, (other) => graph.producer(other)?.op === 'Sub');
  const difference = graph.producer(found?.other);
  if (!found || !difference || difference.inputs[1] !== outputOf(candidate)) return undefined;
  const nodes = [found.gate, difference, product, candidate];
  return { update: found.gate, state: difference.inputs[0]!, candidate, nodes };
}

/** `z h`, beside `(1 - z) n`. */
function bySides(kept: GraphNode, written: GraphNode, graph: MatchGraph): Blend | undefined {
  if (!isProduct(written)) return undefined;
  for (const value of written.inputs) {
    const candidate = graph.producer(value);
    const rest = graph.producer(otherInput(written, value));
    const isRest = rest?.op === 'Sub' && scalarIs(rest.inputs[0], 1, graph);
    const update = isRest ? graph.producer(rest.inputs[1]) : undefined;
    const state = update && otherInput(kept, outputOf(update));
    if (!isActivation(candidate, 'tanh') || !rest || !isActivation(update, 'sigmoid') || state === undefined) continue;
    return { update, state, candidate, nodes: [update, rest, candidate, written, kept] };
  }
  return undefined;
}

function scalarIs(value: string | undefined, expected: number, graph: MatchGraph): boolean {
  return (
    graph
      .constant(value)
      ?.values()
      ?.every((each) => each === expected) ?? false
  );
}

interface Candidate {
  readonly reset: GraphNode;
  readonly x: DenseTerm;
  readonly h: DenseTerm;
  readonly resetAfter: boolean;
  readonly inputConstants: GateSum['constants'];
  readonly stateConstants: GateSum['constants'];
  readonly nodes: readonly GraphNode[];
}

/** What is in the tanh. */
function candidateOf(tanh: GraphNode, state: string, units: number, graph: MatchGraph): Candidate | undefined {
  const sum = gateSum(tanh.inputs[0]!, units, graph);
  if (!sum) return undefined;
  const product = sum.others[0];
  if (product) {
    const found = gated(product, graph, (other) => gateSum(other, units, graph)?.terms.length === 1);
    const inner = found && gateSum(found.other, units, graph);
    const [x, h] = [sum.terms[0], inner?.terms[0]];
    const isAlone = sum.others.length === 1 && sum.terms.length === 1 && inner?.others.length === 0;
    if (!found || !inner || !x || h?.dense.inputs[0] !== state || !isAlone) return undefined;
    const nodes = [...inner.nodes, product, ...sum.nodes];
    const [inputConstants, stateConstants] = [sum.constants, inner.constants];
    return { reset: found.gate, x, h, resetAfter: true, inputConstants, stateConstants, nodes };
  }
  const h = sum.terms.find(({ dense }) => isResetState(graph.producer(dense.inputs[0]), state, graph));
  const x = sum.terms.find((term) => term !== h);
  const resetting = graph.producer(h?.dense.inputs[0]);
  const reset = resetting && gated(resetting, graph, (other) => other === state)?.gate;
  if (!h || !x || !resetting || !reset || sum.terms.length !== 2) return undefined;
  const nodes = [...sum.nodes, resetting];
  return { reset, x, h, resetAfter: false, inputConstants: sum.constants, stateConstants: [], nodes };
}

function isResetState(node: GraphNode | undefined, state: string, graph: MatchGraph): boolean {
  return node !== undefined && gated(node, graph, (other) => other === state) !== undefined;
}

/** The input of a cell: a value of three axes and the position, and which of its axes are batch, length and channels. */
interface Place {
  readonly sequence: string;
  readonly position: number;
  readonly order: readonly number[];
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.sequence === b.sequence && a.position === b.position && a.order.join() === b.order.join();
}

/** One gate: its rows for the input and for the state, and what is added. */
interface GateSides {
  readonly x: DenseTerm;
  readonly h: DenseTerm;
  readonly constants: GateSum['constants'];
  readonly at: Place;
}

/** Each gate sees the input at the same place once, and the state once. */
export function sidesOf(sums: readonly GateSum[], state: string, graph: MatchGraph): readonly GateSides[] | undefined {
  const sides = sums.map(({ terms, constants }) => {
    const h = terms.find(({ dense, position }) => dense.inputs[0] === state && position === undefined);
    const x = terms.find((term) => term !== h);
    const at = x && positionOf(x, graph);
    return h && x && at && terms.length === 2 ? { x, h, constants, at } : undefined;
  });
  const [first] = sides;
  const isOne = first !== undefined && sides.every((side) => side && isSamePlace(side.at, first.at));
  return isOne ? (sides as readonly GateSides[]) : undefined;
}

function positionOf({ dense, position }: DenseTerm, graph: MatchGraph): Place | undefined {
  const [input] = dense.inputs;
  if (position !== undefined) return placeOf(input!, position, [0, 1, 2], graph);
  const view = viewOf(input!, graph);
  const shape = graph.shape(view.source);
  if (shape?.length !== 3 || view.axes.length !== 2) return undefined;
  const axes = [0, 1, 2];
  const batch = axes.find((axis) => isAxis(view, 0, axis, shape[axis]!));
  const channels = axes.findLast((axis) => axis !== batch && isAxis(view, 1, axis, shape[axis]!));
  const length = axes.find((axis) => axis !== batch && axis !== channels);
  if (batch === undefined || channels === undefined || length === undefined) return undefined;
  return placeOf(view.source, view.offsets[length]!, [batch, length, channels], graph);
}

/** Seen from in front of transpositions and of what turns positions round, as the steps of the other direction see it. */
function placeOf(value: string, position: number, order: readonly number[], graph: MatchGraph): Place {
  const node = graph.producer(value);
  const turned = reversalOf(node, graph);
  if (turned?.axis === order[1]) return placeOf(turned.input, turned.length - 1 - position, order, graph);
  const [input] = node?.op === 'Transpose' ? node.inputs : [];
  if (!node || !input) return { sequence: value, position, order };
  const permutation = permutationOf(node, order.length);
  return placeOf(
    input,
    position,
    order.map((axis) => permutation[axis]!),
    graph,
  );
}

type Offsets = readonly [
  constants: GateSum['constants'],
  x: readonly DenseTerm[],
  h: readonly DenseTerm[],
  gate: number,
  stateConstants?: GateSum['constants'],
];

interface Cell {
  readonly op: 'lstm_cell' | 'gru_cell' | 'rnn_cell';
  readonly own: readonly GateSides[];
  readonly states: readonly string[];
  readonly outputs: readonly string[];
  readonly settings: Readonly<Record<string, Setting>>;
  readonly offsets: readonly Offsets[];
  readonly nodes: readonly GraphNode[];
  readonly units: number;
}

/** Parts that are used elsewhere too stay. */
export function replaceByCell(graph: MatchGraph, last: GraphNode, cell: Cell): boolean {
  const { own, offsets, units } = cell;
  const weight = stackedRows(
    own.map(({ x }) => x),
    units,
  );
  const recurrentWeight = stackedRows(
    own.map(({ h }) => h),
    units,
  );
  if (!weight || !recurrentWeight || recurrentWeight.shape[2] !== units) return false;
  const { sequence, position, order } = own[0]!.at;
  const bias = biasOf(offsets, units, weight.dataType);
  graph.replace([...replaced(cell, last, graph), last], {
    op: cell.op,
    inputs: [sequence, ...cell.states],
    outputs: cell.outputs,
    settings: { ...cell.settings, unit: units, position, order },
    parameters: new Map([
      ['weight', weight],
      ['recurrent_weight', recurrentWeight],
      ...(bias ? ([['bias', bias]] as const) : []),
    ]),
  });
  return true;
}

/** The nodes that nobody needs beside the cell, and those whose outputs it has. */
function replaced({ nodes, outputs }: Cell, last: GraphNode, graph: MatchGraph): GraphNode[] {
  const own = new Set(nodes.filter((node) => outputs.includes(outputOf(node))));
  const inside = new Set([...nodes.filter((node) => node !== last && !own.has(node))]);
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const node of inside) if (!isInner(node, inside, own, last, graph)) inside.delete(node);
  }
  own.delete(last);
  return [...inside, ...own];
}

function isInner(
  node: GraphNode,
  inside: ReadonlySet<GraphNode>,
  own: ReadonlySet<GraphNode>,
  last: GraphNode,
  graph: MatchGraph,
): boolean {
  return node.outputs.every(
    (output) =>
      !graph.outputs.includes(output) &&
      !graph.pinned.has(output) &&
      graph.users(output).every((user) => user === last || inside.has(user) || own.has(user)),
  );
}

/** `[1, 2 * gates * units]`: what is added to the inputs' part, then what is added to the state's; nothing without any. */
function biasOf(offsets: readonly Offsets[], units: number, dataType: number): Constant | undefined {
  const hasBias = (terms: readonly DenseTerm[]) => terms.some(({ dense }) => dense.parameters.has('bias'));
  const isThere = offsets.some(
    ([constants, x, h, , more = []]) => constants.length + more.length > 0 || hasBias(x) || hasBias(h),
  );
  if (!isThere) return undefined;
  const parts = [
    ...offsets.map(([constants, x]) => offsetsOf(constants, x, units)),
    ...offsets.map(([, , h, , more = []]) => offsetsOf(more, h, units)),
  ];
  return sumsJoined(parts, [1, parts.length * units], dataType);
}
