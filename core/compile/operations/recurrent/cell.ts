import type { GraphBuilder } from '../../../onnx/builder';

/**
 * One step of a recurrent layer. The values of a step are `[batch, units]`, or `[batch, gates * units]` with the gates in ONNX's
 * order, those of all steps have `length` in front. A body is the graph that a Scan runs once for each position; it can use the
 * values of the graph around it.
 */
export interface Cell {
  readonly gates: number;
  /** The first is the output. */
  readonly states: 1 | 2;
  /** Whether the recurrent product is just added to the projected input, so that it needs no bias of its own. */
  readonly sumsProducts: boolean;
  forward(body: GraphBuilder, values: ForwardValues): ForwardStep;
  /** Computes for all steps at once what of the gradient depends on the forward values alone. */
  prepareBackward(graph: GraphBuilder, values: ForwardSequences): PreparedBackward;
}

export interface ForwardValues {
  /** The input's product with its weight, biases included as far as `sumsProducts` says. */
  readonly projected: string;
  /** The first state's product with the recurrent weight, plus the value. */
  product(plus: string): string;
  readonly recurrentBias: string;
  readonly states: readonly string[];
}

export interface ForwardStep {
  readonly states: readonly string[];
  /** What `prepareBackward` needs besides the states. */
  readonly saved: readonly string[];
}

/** Of all steps. */
export interface ForwardSequences {
  readonly saved: readonly string[];
  /** The states after each step. */
  readonly states: readonly string[];
  /** The states before each step. */
  readonly before: readonly string[];
}

export interface PreparedBackward {
  /** What each step gets of these sequences. */
  readonly perStep: readonly string[];
  /** `gradients` are of the states after the step. */
  step(body: GraphBuilder, perStep: readonly string[], gradients: readonly string[]): BackwardStep;
  /** The gradient of the projected input, from the two sequences that the steps gave. */
  projected(graph: GraphBuilder, recurrent: string, hidden: string): string;
}

export interface BackwardStep {
  /** Of the recurrent product. */
  readonly recurrent: string;
  /** Of the states before the step, less what comes through the product; undefined for none. */
  readonly states: readonly (string | undefined)[];
}

/** `count` values that stand side by side on the last axis. */
export function split(body: GraphBuilder, value: string, count: number): readonly string[] {
  const parts = Array.from({ length: count }, () => body.fresh('gate'));
  return body.addMany('Split', [value], parts, { axis: -1, num_outputs: count });
}

/** The derivative of a sigmoid with this output. */
export function sigmoidSlope(graph: GraphBuilder, output: string): string {
  return graph.add('Mul', [output, graph.add('Sub', [graph.scalar(1), output])]);
}

/** The derivative of a hyperbolic tangent with this output. */
export function tanhSlope(graph: GraphBuilder, output: string): string {
  return graph.add('Sub', [graph.scalar(1), graph.add('Mul', [output, output])]);
}
