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
  /** `[length, batch, features]`; undefined where nobody wants it. */
  readonly input?: string;
  readonly weights: DirectionWeights;
}

/** How a direction multiplies its input and the hidden state by their weights. */
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

/** The number of columns of what goes in, of the hidden state, and of the products. */
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
  const joined = features + units;
  const weight = graph.add('Concat', [weights.input, weights.recurrent], { axis: 1 });
  const bias = graph.add('Add', [weights.inputBias, weights.recurrentBias]);
  const apart = (part: GraphBuilder, value: string) =>
    part.addMany('Split', [value, part.ints([features, units])], [part.fresh('input'), part.fresh('hidden')], {
      axis: 1,
    });
  return {
    sequence: input,
    forward(body, part, hidden) {
      const operand = body.add('Concat', [part, hidden], { axis: 1 });
      return { values: [body.add('Gemm', [operand, weight, bias], { transB: 1 })], operand };
    },
    backward: (wanted) => ({
      step(body, gradient) {
        if (!wanted) return { hidden: body.add('MatMul', [gradient, weights.recurrent]) };
        const [ofInput, hidden] = apart(body, body.add('MatMul', [gradient, weight]));
        return { hidden, input: ofInput };
      },
      gradients([sum], operands, inputs) {
        const [ofInput, recurrent] = apart(graph, weightGradient(graph, [sum, product], [operands, joined]));
        const ofBias = sumOfSteps(graph, sum);
        return { input: inputs, weights: { input: ofInput, recurrent, inputBias: ofBias, recurrentBias: ofBias } };
      },
    }),
  };
}

/** The products of all inputs at once, and that of the hidden state in each step. */
export function separateProducts(
  graph: GraphBuilder,
  input: string,
  weights: DirectionWeights,
  { features, units, product }: Widths,
  length: number,
): Products {
  const projected = graph.add('Gemm', [rows(graph, input, features), weights.input, weights.inputBias], { transB: 1 });
  return {
    sequence: graph.add('Reshape', [projected, graph.ints([length, -1, product])]),
    forward: (body, part, hidden) => ({
      values: [part, body.add('Gemm', [hidden, weights.recurrent, weights.recurrentBias], { transB: 1 })],
      operand: hidden,
    }),
    backward: (wanted) => ({
      step: (body, gradient) => ({ hidden: body.add('MatMul', [gradient, weights.recurrent]) }),
      gradients: ([ofInput, ofHidden], operands) => ({
        input: wanted ? graph.add('MatMul', [ofInput, weights.input]) : undefined,
        weights: {
          input: weightGradient(graph, [ofInput, product], [input, features]),
          recurrent: weightGradient(graph, [ofHidden, product], [operands, units]),
          inputBias: sumOfSteps(graph, ofInput),
          recurrentBias: sumOfSteps(graph, ofHidden),
        },
      }),
    }),
  };
}

type Sequence = readonly [value: string, width: number];

function weightGradient(graph: GraphBuilder, [gradient, product]: Sequence, [operands, width]: Sequence): string {
  return graph.add('Gemm', [rows(graph, gradient, product), rows(graph, operands, width)], { transA: 1 });
}

/** The steps of all sequences one below the other. */
function rows(graph: GraphBuilder, sequence: string, width: number): string {
  return graph.add('Reshape', [sequence, graph.ints([-1, width])]);
}

/** Over each step's samples first: quicker than all at once, and closer. */
function sumOfSteps(graph: GraphBuilder, sequence: string): string {
  return reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', sequence, [1]), [0]);
}
