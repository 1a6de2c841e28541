import { elementCount, type NumberArray } from '../../onnx/tensor';
import { type Constant, computedConstant, reshaped, rowsOf, transposed } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { viewOf } from '../graph/view';
import { reversalOf } from './reversal';

/** Some rows of a dense layer's outputs, as a summand of what a gate of a recurrent cell sees. */
export interface DenseTerm {
  readonly dense: GraphNode;
  /** The first of the rows. */
  readonly row: number;
  /** Where the dense layer works on a whole sequence: the position that is taken. */
  readonly position?: number;
}

/** What a gate sees before its activation: rows of dense layers, numbers for each unit, and values of other kinds. */
export interface GateSum {
  readonly terms: readonly DenseTerm[];
  readonly constants: readonly { readonly constant: Constant; readonly row: number }[];
  readonly others: readonly GraphNode[];
  /** The nodes that add and slice, the dense layers among them. */
  readonly nodes: readonly GraphNode[];
}

const DEEPEST = 8;

/** Follows `size` neighbouring values of the last axis, from `row` on, through slices and sums to the dense layers. */
export function gateSum(value: string, size: number, graph: MatchGraph, row = 0, depth = 0): GateSum | undefined {
  const view = viewOf(value, graph);
  const shape = graph.shape(view.source);
  const producer = graph.producer(view.source);
  const turned = shape?.length === 3 ? reversalOf(producer, graph) : undefined;
  const node = turned?.axis === 1 ? graph.producer(turned.input) : producer;
  if (!node || !shape || depth > DEEPEST || shape.length < 2 || shape.length > 3) return undefined;
  const last = shape.length - 1;
  const [part, ...more] = view.axes[view.axes.length - 1] ?? [];
  if (view.axes.length !== 2 || more.length > 0 || (part && (part.axis !== last || part.stride !== 1)))
    return undefined;
  const [batch] = view.axes[0] ?? [];
  if (batch && (batch.axis !== 0 || batch.size !== shape[0])) return undefined;
  const from = row + view.offsets[last]!;
  const place = view.offsets[1]!;
  const position = shape.length === 3 ? { position: turned ? turned.length - 1 - place : place } : {};
  if (node.dropouts.length > 0) return undefined;
  if (node.op === 'dense') {
    if (node.normalization || from + size > Number(node.settings.unit)) return undefined;
    const sides = sidesOf(node, graph);
    const terms = (sides ?? [node]).map((dense) => ({ dense, row: from, ...position }));
    const joins = sides ? [graph.producer(node.inputs[0])!] : [];
    return { terms, constants: [], others: [], nodes: [...view.nodes, ...joins, node] };
  }
  if (shape.length === 3) return undefined;
  if (node.op !== 'add' && node.op !== 'Add') {
    const isAlone = view.nodes.length === 0 && from === 0;
    return isAlone ? { terms: [], constants: [], others: [node], nodes: [] } : undefined;
  }
  const parts = node.inputs.map((input) => {
    const constant = graph.constant(input);
    return constant ? constantPart(constant, from, size) : gateSum(input, size, graph, from, depth + 1);
  });
  if (parts.includes(undefined)) return undefined;
  const all = parts as readonly GateSum[];
  return {
    terms: all.flatMap(({ terms }) => terms),
    constants: all.flatMap(({ constants }) => constants),
    others: all.flatMap(({ others }) => others),
    nodes: [...view.nodes, ...all.flatMap(({ nodes }) => nodes), node],
  };
}

const knownSides = new WeakMap<GraphNode, readonly [GraphNode, GraphNode]>();

/**
 * A dense layer on two values side by side, `[x, h]`, as the sum of one on each; none of the two is in the graph. The first has
 * the bias.
 */
function sidesOf(node: GraphNode, graph: MatchGraph): readonly [GraphNode, GraphNode] | undefined {
  const join = graph.producer(node.inputs[0]);
  const [first, second, ...more] = join?.op === 'concatenate' && join.settings.axis === 1 ? join.inputs : [];
  const [weight, width] = [node.parameters.get('weight'), graph.size(first, 1)];
  if (first === undefined || second === undefined || more.length > 0 || !weight || width === undefined)
    return undefined;
  const known = knownSides.get(node);
  if (known) return known;
  const columns = transposed(weight, [1, 0]);
  const taken = (from: number, to: number): Constant =>
    transposed(
      rowsOf(
        columns,
        Array.from({ length: to - from }, (_, place) => from + place),
      ),
      [1, 0],
    );
  const bias = node.parameters.get('bias');
  const sides: [GraphNode, GraphNode] = [
    {
      ...node,
      inputs: [first],
      parameters: new Map([['weight', taken(0, width)], ...(bias ? ([['bias', bias]] as const) : [])]),
    },
    { ...node, inputs: [second], parameters: new Map([['weight', taken(width, weight.shape[1]!)]]) },
  ];
  knownSides.set(node, sides);
  return sides;
}

/** One number for each unit, or one for all. */
function constantPart(constant: Constant, row: number, size: number): GateSum | undefined {
  const count = elementCount(constant.shape);
  const isVector = constant.shape[constant.shape.length - 1] === count && row + size <= count;
  return isVector || count === 1 ? { terms: [], constants: [{ constant, row }], others: [], nodes: [] } : undefined;
}

/** What is added to each unit, term by term: the constants, and the bias of the given dense layers. */
export function offsetsOf(
  constants: GateSum['constants'],
  terms: readonly DenseTerm[],
  size: number,
): readonly Constant[] {
  const biases = terms.flatMap(({ dense, row }) => {
    const constant = dense.parameters.get('bias');
    return constant ? [{ constant, row }] : [];
  });
  return [...constants, ...biases].map(({ constant, row }) => forEachUnit(constant, row, size));
}

/** A constant's values from `row` on, or its only one for all. */
function forEachUnit(constant: Constant, row: number, size: number): Constant {
  const count = elementCount(constant.shape);
  if (count === 1 && size !== 1) {
    return computedConstant([size], constant.dataType, () => {
      const value = constant.values()?.[0];
      return value === undefined ? undefined : new Float64Array(size).fill(value);
    });
  }
  const rows = Array.from({ length: size }, (_, unit) => row + unit);
  return rowsOf(reshaped(constant, [count]), rows);
}

/** The rows of all gates one below the other, `[1, gates * size, inputs]`; a view of one initializer where they come from one. */
export function stackedRows(terms: readonly DenseTerm[], size: number): Constant | undefined {
  const weights = terms.map(({ dense }) => dense.parameters.get('weight'));
  const [first] = weights;
  if (!first || weights.some((weight) => weight?.shape[1] !== first.shape[1])) return undefined;
  const shape = [1, terms.length * size, first.shape[1]!];
  const rows = terms.flatMap(({ row }) => Array.from({ length: size }, (_, unit) => row + unit));
  if (terms.every(({ dense }) => dense === terms[0]!.dense)) {
    const taken = rowsOf(first, rows);
    return { ...taken, shape, ...withReshape(taken) };
  }
  const parts = terms.map(({ dense, row }) =>
    rowsOf(
      dense.parameters.get('weight')!,
      Array.from({ length: size }, (_, unit) => row + unit),
    ),
  );
  return sumsJoined(
    parts.map((part) => [part]),
    shape,
    first.dataType,
  );
}

function withReshape({ source, shape }: Constant): Pick<Constant, 'source'> {
  return source ? { source: { ...source, steps: [...source.steps, { kind: 'reshape', from: shape }] } } : {};
}

/** Sums one after the other; of none of them, zeros for each of `size`. */
export function sumsJoined(
  parts: readonly (readonly Constant[])[],
  shape: readonly number[],
  dataType: number,
): Constant {
  const size = elementCount(shape) / parts.length;
  const sum = (terms: readonly Constant[]) => (): NumberArray | undefined => {
    const total = new Float64Array(size);
    for (const term of terms) {
      const values = term.values();
      if (!values) return undefined;
      for (let place = 0; place < size; place++) total[place]! += values[place]!;
    }
    return total;
  };
  return { ...computedConstant(shape, dataType, () => joined(parts.map(sum))), parts };
}

/** All values one after the other. */
export function joined(parts: readonly (() => NumberArray | undefined)[]): Float64Array | undefined {
  const values = parts.map((part) => part());
  if (values.includes(undefined)) return undefined;
  return Float64Array.from((values as readonly NumberArray[]).flatMap((each) => Array.from(each)));
}
