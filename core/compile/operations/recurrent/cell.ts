import type { GraphBuilder } from '../../../onnx/builder';

/**
 * One step of a recurrent layer. All values are `[batch, units]`, or `[batch, gates * units]` with the gates in ONNX's order;
 * the body is the graph that a Scan runs once for each position.
 */
export interface Cell {
  readonly gates: number;
  /** The first is the output. */
  readonly states: 1 | 2;
  /** `projected` and `recurrent` are the products of input and last output with their weights, biases included. */
  forward(
    body: GraphBuilder,
    values: ForwardValues,
  ): { readonly states: readonly string[]; readonly saved: readonly string[] };
  /** How many values `forward` saves for `backward`. */
  readonly saved: number;
  backward(body: GraphBuilder, values: BackwardValues): CellGradients;
}

export interface ForwardValues {
  readonly projected: string;
  readonly recurrent: string;
  readonly states: readonly string[];
  /** The number 1. */
  readonly one: string;
}

export interface BackwardValues {
  readonly saved: readonly string[];
  /** Of the states after the step. */
  readonly gradients: readonly string[];
  readonly one: string;
}

export interface CellGradients {
  readonly projected: string;
  readonly recurrent: string;
  /** Of the states before the step, less what comes through `recurrent`; undefined for none. */
  readonly states: readonly (string | undefined)[];
}

/** `count` values that stand side by side. */
export function split(body: GraphBuilder, value: string, count: number): readonly string[] {
  const parts = Array.from({ length: count }, () => body.fresh('gate'));
  return body.addMany('Split', [value], parts, { axis: 1, num_outputs: count });
}

/** The gradient through a sigmoid with this output. */
export function throughSigmoid(body: GraphBuilder, gradient: string, output: string, one: string): string {
  const slope = body.add('Mul', [output, body.add('Sub', [one, output])]);
  return body.add('Mul', [gradient, slope]);
}

/** The gradient through a hyperbolic tangent with this output. */
export function throughTanh(body: GraphBuilder, gradient: string, output: string, one: string): string {
  const slope = body.add('Sub', [one, body.add('Mul', [output, output])]);
  return body.add('Mul', [gradient, slope]);
}
