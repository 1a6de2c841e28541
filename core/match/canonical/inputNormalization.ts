import type { OnnxNode } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import type { Constant } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { nothing } from '../rules/nothing';
import type { FlatInput } from './flatInput';

export interface NormalizationStep {
  readonly op: 'Sub' | 'Div' | 'Mul' | 'Add';
  readonly constant: Constant;
  /** Number op input, for the operators that do not commute. */
  readonly constantFirst: boolean;
}

/** Arithmetic with constants between the graph's input and its first layer. */
export interface InputNormalization {
  readonly steps: readonly NormalizationStep[];
  readonly nodes: readonly OnnxNode[];
  /** One number for all channels (min_max) or one per channel (z_score). */
  readonly perChannel: boolean;
}

/**
 * Takes the normalisation off a graph of one input: `Sub, Div` (`Mul`, `Add`) with one number or one per channel, as our own
 * export and serving wrappers have it. It is no layer of the network; the comparison says that it is there.
 *
 * Near miss: a constant of the input's own size, such as a mean image, or of the size of a row that a picture comes as; another
 * user of the raw input.
 */
export function takeNormalization(graph: MatchGraph, flat?: FlatInput): InputNormalization | undefined {
  const isRow = graph.producer(flat?.value) !== undefined;
  const input = isRow ? flat!.value : graph.inputs[0]?.name;
  if (!input || graph.inputs.length !== 1) return undefined;
  const channels = isRow ? undefined : graph.size(input, 1);
  const steps: NormalizationStep[] = [];
  const nodes: OnnxNode[] = [];
  for (;;) {
    const node = graph.soleUser(input);
    if (node && nothing.apply(node, graph)) continue;
    const step = node && normalizationStep(node, input, channels, graph);
    if (!step) break;
    steps.push(step);
    nodes.push(...node.origin);
    graph.bypass(node);
  }
  if (steps.length === 0) return undefined;
  return { steps, nodes: [...new Set(nodes)], perChannel: steps.some((step) => elementCount(step.constant.shape) > 1) };
}

/**
 * The normalised values of a batch of `shape` (NCHW, or NC); `undefined` when a constant cannot be read.
 */
export function normalize(
  values: Float32Array,
  shape: readonly number[],
  steps: readonly NormalizationStep[],
): Float32Array | undefined {
  const channels = shape[1] ?? 1;
  const run = elementCount(shape.slice(2));
  let result: Float32Array = values;
  for (const step of steps) {
    const constants = step.constant.values();
    if (!constants || !(constants.length === 1 || constants.length === channels)) return undefined;
    const at = (index: number): number => (constants.length === 1 ? 0 : Math.floor(index / run) % channels);
    result = result.map((value, index) => compute(step, value, constants[at(index)]!));
  }
  return result;
}

function compute(step: NormalizationStep, value: number, constant: number): number {
  const [a, b] = step.constantFirst ? [constant, value] : [value, constant];
  if (step.op === 'Sub') return a - b;
  if (step.op === 'Div') return a / b;
  return step.op === 'Mul' ? a * b : a + b;
}

function normalizationStep(
  node: GraphNode,
  input: string,
  channels: number | undefined,
  graph: MatchGraph,
): NormalizationStep | undefined {
  const { op } = node;
  if (op !== 'Sub' && op !== 'Div' && op !== 'Mul' && op !== 'Add') return undefined;
  const constantFirst = node.inputs[1] === input;
  const constant = graph.constant(node.inputs[constantFirst ? 0 : 1]);
  const rank = graph.shape(input)?.length;
  if (!constant || rank === undefined || !isPerChannel(constant, rank, channels)) return undefined;
  return { op, constant, constantFirst };
}

function isPerChannel(constant: Constant, rank: number, channels: number | undefined): boolean {
  if (elementCount(constant.shape) === 1) return constant.shape.length <= rank;
  const axis = 1 - rank + constant.shape.length;
  return constant.shape.every((size, place) => size === 1 || (place === axis && size === channels));
}

/** The values from which `normalize` makes the given ones, up to rounding. */
export function denormalize(
  values: Float32Array,
  shape: readonly number[],
  steps: readonly NormalizationStep[],
): Float32Array | undefined {
  const inverse = [...steps].reverse().map((step) => ({ ...step, op: INVERSE[step.op], constantFirst: false }));
  return steps.some((step) => step.constantFirst && step.op !== 'Add' && step.op !== 'Mul')
    ? values
    : normalize(values, shape, inverse);
}

const INVERSE = { Sub: 'Add', Add: 'Sub', Mul: 'Div', Div: 'Mul' } as const;
