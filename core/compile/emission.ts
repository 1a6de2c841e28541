import type { GraphBuilder, NodeOptions } from '../onnx/builder';
import type { Dropout, Operation, Parameter, ParameterRole } from '../shape/network';

/** What an operation needs to put itself into a graph that only computes the network's output. */
export interface Emission {
  readonly graph: GraphBuilder;
  /** The block size of ONNX Runtime's blocked layout, where it may be used. */
  readonly blockSize?: number;
  /** The value that holds a parameter: an initializer, or an input of the graph. */
  parameter(parameter: Parameter): string;
  /** Name, output and metadata of the node that stands for the operation. */
  named(operation: Operation): NodeOptions;
}

/** What an operation needs to put itself, and later its gradient, into a training graph. */
export interface TrainingEmission {
  readonly graph: GraphBuilder;
  /** The block size of ONNX Runtime's blocked layout, where it may be used. */
  readonly blockSize?: number;
  parameter(parameter: Parameter): string;
  /** A float32 scalar: how many samples this batch has. */
  readonly batchSize: string;
  /** With `rows`, an int64 vector, each row of the gradient belongs to that row of the parameter; what belongs to one adds up. */
  addGradient(parameter: Parameter, gradient: string, rows?: string): void;
  /** Says what a buffer holds after this step. */
  updateBuffer(parameter: Parameter, next: string): void;
  /** The fed uint8 mask of a dropout: 1 is kept. */
  dropoutMask(operation: Dropout): string;
}

/** An operation after its forward part: its output, and how to emit its gradient. */
export interface Trained {
  readonly output: string;
  /**
   * Emits the gradients of the parameters, and returns those of the inputs, given the gradient of the output. Inputs that are
   * not `wanted` (the data, or what has nothing trainable before it) may be left undefined.
   */
  backward(gradient: string, wanted: readonly boolean[]): readonly (string | undefined)[];
}

/** One kind of operation, as a graph. The gradient emitted by `train` is exact for every setting of the operation. */
export interface OperationCompiler<Kind extends Operation> {
  infer(emission: Emission, operation: Kind, inputs: readonly string[]): string;
  train(emission: TrainingEmission, operation: Kind, inputs: readonly string[]): Trained;
}

/** The parameter of an operation that has a role; it is there, or the network was built wrongly. */
export function parameterOf(operation: Operation, role: ParameterRole): Parameter {
  const found = operation.parameters.find((parameter) => parameter.role === role);
  if (!found) throw new Error(`The operation ${operation.id} has no ${role}.`);
  return found;
}

export function optionalParameterOf(operation: Operation, role: ParameterRole): Parameter | undefined {
  return operation.parameters.find((parameter) => parameter.role === role);
}
