import { float, type GraphBuilder, type NodeOptions } from '../../onnx/builder';

/** One activation function, as a graph. */
export interface ActivationDefinition {
  /** Whether a larger input never gives a smaller output; then a maximum may be taken before as well as after. */
  monotonic(alpha: number): boolean;
  /** `named` belongs to the node whose output is the activation's. */
  apply(graph: GraphBuilder, input: string, alpha: number, named?: NodeOptions): string;
  /** The gradient of the input; where there is none (a kink), PyTorch's choice. */
  gradient(graph: GraphBuilder, values: ActivationValues): string;
}

export interface ActivationValues {
  readonly input: string;
  readonly output: string;
  readonly alpha: number;
  /** Of the output. */
  readonly gradient: string;
}

export const always = () => true;
export const never = () => false;

/** `value > 0`, as a condition. */
export function positive(graph: GraphBuilder, value: string): string {
  return graph.add('Greater', [value, graph.scalar(0)]);
}

/** 1 where a value is above zero, else 0. A line so steep that only its ends matter: Sign takes ten times as long. */
export function aboveZero(graph: GraphBuilder, value: string): string {
  return graph.add('HardSigmoid', [value], { alpha: float(3e38), beta: float(0) });
}
