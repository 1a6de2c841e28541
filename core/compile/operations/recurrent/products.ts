import type { GraphBuilder } from '../../../onnx/builder';
import { reduce } from '../../reductions';

/** The weights of one direction: `[gates * units, features]`, `[gates * units, units]`, and two biases `[gates * units]`. */
export interface DirectionWeights {
  readonly input: string;
  readonly recurrent: string;
  readonly inputBias: string;
  readonly recurrentBias: string;
}

export interface DirectionGradients {
  /** `[length, features, batch]`; undefined where nobody wants it. */
  readonly input?: string;
  readonly weights: DirectionWeights;
}

/**
 * How a direction multiplies its input and the hidden state by their weights. The weight stands on the left, where ONNX Runtime
 * takes it as it lies; what stands on the right it brings into an order of its own, at every step.
 */
export interface Products {
  /** What the forward steps get. */
  readonly sequence: string;
  /** The products of a step, biases included, and what the last of them was taken of. */
  forward(body: GraphBuilder, part: string, hidden: string): { values: readonly string[]; operand: string };
  backward(wanted: boolean): ProductsBackward;
}

export interface ProductsBackward {
  /** From the gradient of a step's last product to that of the hidden state, and to that of the input if it comes here. */
  step(body: GraphBuilder, gradient: string): { hidden: string; input?: string };
  /** From the sequences of the products' gradients, of the operands, and of the inputs' gradients if they came from the steps. */
  gradients(products: readonly string[], operands: string, inputs?: string): DirectionGradients;
}

/** The number of rows of what goes in, of the hidden state, and of the products. */
export interface Widths {
  readonly features: number;
  readonly units: number;
  readonly product: number;
}

/**
 * One product in each step, of the input beside the hidden state, where only their sum is of use: it stays in the processor's
 * cache, while the products of all inputs at once go through the memory, more slowly than they are computed.
 */
export function joinedProducts(
  graph: GraphBuilder,
  input: string,
  weights: DirectionWeights,
  { features, units, product }: Widths,
): Products {
  const weight = graph.add('Concat', [weights.input, weights.recurrent], { axis: 1 });
  const bias = column(graph, graph.add('Add', [weights.inputBias, weights.recurrentBias]));
  const apart = (part: GraphBuilder, value: string, axis: number) =>
    part.addMany('Split', [value, part.ints([features, units])], [part.fresh('input'), part.fresh('hidden')], { axis });
  return {
    sequence: input,
    forward(body, part, hidden) {
      const operand = body.add('Concat', [part, hidden], { axis: 0 });
      return { values: [body.add('Gemm', [weight, operand, bias])], operand };
    },
    backward(wanted) {
      const back = turned(graph, wanted ? weight : weights.recurrent);
      return {
        step(body, gradient) {
          const through = body.add('MatMul', [back, gradient]);
          if (!wanted) return { hidden: through };
          const [ofInput, hidden] = apart(body, through, 0);
          return { hidden, input: ofInput };
        },
        gradients([sum], operands, inputs) {
          const whole = weightGradient(graph, [sum, product], [operands, features + units]);
          const [ofInput, recurrent] = apart(graph, whole, 1);
          const ofBias = sumOfSteps(graph, sum);
          return { input: inputs, weights: { input: ofInput, recurrent, inputBias: ofBias, recurrentBias: ofBias } };
        },
      };
    },
  };
}

/** The products of all inputs at once, and that of the hidden state in each step. */
export function separateProducts(
  graph: GraphBuilder,
  input: string,
  weights: DirectionWeights,
  { features, units, product }: Widths,
): Products {
  const [inputBias, recurrentBias] = [weights.inputBias, weights.recurrentBias].map((bias) => column(graph, bias));
  return {
    sequence: graph.add('Add', [graph.add('MatMul', [weights.input, input]), inputBias]),
    forward: (body, part, hidden) => ({
      values: [part, body.add('Gemm', [weights.recurrent, hidden, recurrentBias])],
      operand: hidden,
    }),
    backward(wanted) {
      const recurrent = turned(graph, weights.recurrent);
      return {
        step: (body, gradient) => ({ hidden: body.add('MatMul', [recurrent, gradient]) }),
        gradients: ([ofInput, ofHidden], operands) => ({
          input: wanted ? graph.add('MatMul', [turned(graph, weights.input), ofInput]) : undefined,
          weights: {
            input: weightGradient(graph, [ofInput, product], [input, features]),
            recurrent: weightGradient(graph, [ofHidden, product], [operands, units]),
            inputBias: sumOfSteps(graph, ofInput),
            recurrentBias: sumOfSteps(graph, ofHidden),
          },
        }),
      };
    },
  };
}

type Sequence = readonly [value: string, width: number];

/** One product over all steps of all samples. */
function weightGradient(graph: GraphBuilder, [gradient, product]: Sequence, [operands, width]: Sequence): string {
  return graph.add('Gemm', [rows(graph, gradient, product), rows(graph, operands, width)], { transB: 1 });
}

/** `[length, width, batch]` to `[width, length * batch]`. */
function rows(graph: GraphBuilder, sequence: string, width: number): string {
  const together = graph.add('Transpose', [sequence], { perm: [1, 0, 2] });
  return graph.add('Reshape', [together, graph.ints([width, -1])]);
}

/** Over each step's samples first: quicker than all at once, and closer. */
function sumOfSteps(graph: GraphBuilder, sequence: string): string {
  return reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', sequence, [2]), [0]);
}

function turned(graph: GraphBuilder, weight: string): string {
  return graph.add('Transpose', [weight], { perm: [1, 0] });
}

function column(graph: GraphBuilder, vector: string): string {
  return graph.add('Unsqueeze', [vector, graph.ints([1])]);
}
