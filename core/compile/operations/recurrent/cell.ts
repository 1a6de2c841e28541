import type { GraphBuilder } from '../../../onnx/builder';

/**
 * One step of a recurrent layer. The values of a step are `[units, batch]`, or `[gates * units, batch]` with the gates in ONNX's
 * order, those of all steps have `length` in front. A body is the graph that a Scan runs once for each position; it can use the
 * values of the graph around it.
 */
export interface Cell {
  readonly gates: number;
  /** The first is the hidden state, which is the output. */
  readonly states: 1 | 2;
  /** Whether it takes the products of input and hidden state as one sum, else apart. */
  readonly sumsProducts: boolean;
  forward(body: GraphBuilder, values: ForwardValues): ForwardStep;
  /** Computes for all steps at once what of the gradient depends on the forward values alone. */
  prepareBackward(graph: GraphBuilder, values: ForwardSequences): PreparedBackward;
}

export interface ForwardValues {
  /** Biases included: the sum, or the input's and the hidden state's. */
  readonly products: readonly string[];
  readonly states: readonly string[];
}

export interface ForwardStep {
  readonly states: readonly string[];
  /** What `prepareBackward` needs besides the hidden state. */
  readonly saved: readonly string[];
}

/** Of all steps. */
export interface ForwardSequences {
  readonly saved: readonly string[];
  /** After each step. */
  readonly hidden: string;
  /** What each step's last product was taken of: the hidden state before it, behind the input if the products are a sum. */
  readonly operands: string;
}

export interface PreparedBackward {
  /** What each step gets of these sequences. */
  readonly perStep: readonly string[];
  /** `gradients` are of the states after the step. */
  step(body: GraphBuilder, perStep: readonly string[], gradients: readonly string[]): BackwardStep;
  /** The gradients of all products, from the sequence of the last product's and those that the steps saved. */
  products(graph: GraphBuilder, last: string, saved: readonly string[]): readonly string[];
}

export interface BackwardStep {
  /** Of the last product. */
  readonly product: string;
  /** Of the hidden state before the step, less what comes through the product; undefined for none. */
  readonly hidden?: string;
  /** Of the other states before the step. */
  readonly others: readonly string[];
  /** What `products` needs. */
  readonly saved: readonly string[];
}

/** `count` values that stand one below the other, in a step or in all steps. */
export function split(body: GraphBuilder, value: string, count: number): readonly string[] {
  const parts = Array.from({ length: count }, () => body.fresh('gate'));
  return body.addMany('Split', [value], parts, { axis: -2, num_outputs: count });
}

/** `1 - value` */
export function complement(graph: GraphBuilder, value: string): string {
  return graph.add('Sub', [graph.scalar(1), value]);
}

/** The derivative of a sigmoid with this output. */
export function sigmoidSlope(graph: GraphBuilder, output: string): string {
  return graph.add('Mul', [output, complement(graph, output)]);
}

/** The derivative of a hyperbolic tangent with this output. */
export function tanhSlope(graph: GraphBuilder, output: string): string {
  return complement(graph, graph.add('Mul', [output, output]));
}
