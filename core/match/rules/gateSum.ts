import { elementCount, type NumberArray } from '../../onnx/tensor';
import { type Constant, computedConstant, rowsOf } from '../constants';
import type { GraphNode, MatchGraph } from '../graph';
import { viewOf } from '../view';

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
  const node = graph.producer(view.source);
  if (!node || !shape || depth > DEEPEST || shape.length < 2 || shape.length > 3) return undefined;
  const last = shape.length - 1;
  const [part, ...more] = view.axes[view.axes.length - 1] ?? [];
  if (view.axes.length !== 2 || more.length > 0 || (part && (part.axis !== last || part.stride !== 1)))
    return undefined;
  const [batch] = view.axes[0] ?? [];
  if (batch && (batch.axis !== 0 || batch.size !== shape[0])) return undefined;
  const from = row + view.offsets[last]!;
  const position = shape.length === 3 ? { position: view.offsets[1]! } : {};
  if (node.dropouts.length > 0) return undefined;
  if (node.op === 'dense') {
    if (node.normalization || from + size > Number(node.settings.unit)) return undefined;
    return {
      terms: [{ dense: node, row: from, ...position }],
      constants: [],
      others: [],
      nodes: [...view.nodes, node],
    };
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

/** One number for each unit, or one for all. */
function constantPart(constant: Constant, row: number, size: number): GateSum | undefined {
  const count = elementCount(constant.shape);
  const isVector = constant.shape[constant.shape.length - 1] === count && row + size <= count;
  return isVector || count === 1 ? { terms: [], constants: [{ constant, row }], others: [], nodes: [] } : undefined;
}

/** What is added to each unit: the constants, and the bias of the given dense layers. */
export function offsetsOf(
  constants: GateSum['constants'],
  terms: readonly DenseTerm[],
  size: number,
): () => NumberArray | undefined {
  const biases = terms.flatMap(({ dense, row }) => {
    const constant = dense.parameters.get('bias');
    return constant ? [{ constant, row }] : [];
  });
  return () => {
    const sum = new Float64Array(size);
    for (const { constant, row } of [...constants, ...biases]) {
      const values = constant.values();
      if (!values) return undefined;
      for (let unit = 0; unit < size; unit++) sum[unit]! += values[values.length === 1 ? 0 : row + unit]!;
    }
    return sum;
  };
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
  return computedConstant(shape, first.dataType, () => joined(parts.map((part) => () => part.values())));
}

function withReshape({ source, shape }: Constant): Pick<Constant, 'source'> {
  return source ? { source: { ...source, steps: [...source.steps, { kind: 'reshape', from: shape }] } } : {};
}

/** All values one after the other. */
export function joined(parts: readonly (() => NumberArray | undefined)[]): Float64Array | undefined {
  const values = parts.map((part) => part());
  if (values.includes(undefined)) return undefined;
  return Float64Array.from((values as readonly NumberArray[]).flatMap((each) => Array.from(each)));
}
