import type { Attribute } from '../../onnx/model';
import {
  type AppliedRule,
  type GraphNode,
  type MatchGraph,
  type NewNode,
  outputOf,
  type TensorShape,
} from '../graph/graph';

/** An operator that takes the place of others between two transpositions. */
export interface Relaid extends Omit<NewNode, 'inputs'> {
  readonly input: string;
  /** Transposes what the operator gets. */
  readonly before: readonly number[];
  /** Transposes what it gives; the inverse of `before` unless said otherwise. */
  readonly behind?: readonly number[];
  readonly rule: AppliedRule;
}

/**
 * Puts an operator that wants its axes in another order in the place of `absorbed`, between two transpositions. The rules on
 * transpositions leave them out where nothing moves, and move them to where they meet.
 */
export function replaceBetween(graph: MatchGraph, absorbed: readonly GraphNode[], node: Relaid): void {
  const { input, before: permutation, behind: last = inverseOf(permutation), rule, ...made } = node;
  const output = outputOf(absorbed[absorbed.length - 1]!);
  const [before, after] = [`${output}/laid out`, `${output}/inside`];
  setShape(graph, before, graph.shape(input), permutation);
  setShape(graph, after, graph.shape(output), inverseOf(last));
  const behind = graph.replace(absorbed, { op: 'Transpose', inputs: [after], attributes: permuting(last) });
  graph.add({
    ...bare,
    op: 'Transpose',
    inputs: [input],
    outputs: [before],
    attributes: permuting(permutation),
    origin: [],
    applied: [],
    dropouts: [],
  });
  graph.add({
    ...bare,
    ...made,
    inputs: [before],
    outputs: [after],
    origin: behind.origin.splice(0, behind.origin.length),
    applied: [...behind.applied.splice(0, behind.applied.length), rule],
    dropouts: [],
  });
}

/** A damaged file may have a value of other axes there. */
function setShape(graph: MatchGraph, value: string, of: TensorShape | undefined, by: readonly number[]): void {
  if (of?.length !== by.length) return;
  graph.shapes.set(
    value,
    by.map((axis) => of[axis]!),
  );
}

function inverseOf(permutation: readonly number[]): readonly number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

const bare = { settings: {}, parameters: new Map(), attributes: new Map() } as const;

function permuting(value: readonly number[]): ReadonlyMap<string, Attribute> {
  return new Map([['perm', { type: 'ints', value }]]);
}
