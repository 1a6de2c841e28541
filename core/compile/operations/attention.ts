import type { GraphBuilder, NodeOptions } from '../../onnx/builder';
import type { Attention, Parameter } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { channels } from '../layout';
import { sumPerChannel } from '../reductions';
import { densePositions, densePositionsInputGradient, densePositionsWeightGradient } from './perPosition';

const roles = ['weight', 'bias', 'output_weight', 'output_bias'] as const;

/** Values have the positions last, `[batch, heads, keyDimension, length]`; scores have the keys before the queries. */
export const attention: OperationCompiler<Attention> = {
  infer(emission, operation, [input]) {
    const values = roles.map((role) => emission.parameter(parameterOf(operation, role)));
    return attend(emission.graph, operation, input, values, emission.named(operation)).output;
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const parameters = roles.map((role) => parameterOf(operation, role));
    const values = parameters.map((parameter) => emission.parameter(parameter));
    const forward = attend(graph, operation, input, values);
    const [weight, , outputWeight] = values;
    const [width, size] = [operation.heads * operation.keyDimension, channels(operation.outputShape)];
    const addGradients = (
      [weights, bias]: readonly Parameter[],
      value: string,
      gradient: string,
      sizes: readonly [number, number],
    ) => {
      emission.addGradient(weights, densePositionsWeightGradient(graph, value, gradient, sizes));
      emission.addGradient(bias, sumPerChannel(graph, gradient, [operation.outputShape[0], sizes[1]]));
    };
    return {
      output: forward.output,
      backward(gradient, [wanted]) {
        addGradients(parameters.slice(2), forward.context, gradient, [width, size]);
        const context = densePositionsInputGradient(graph, outputWeight, gradient);
        const projected = headsGradient(graph, operation, forward, inHeads(graph, operation, context));
        addGradients(parameters.slice(0, 2), input, projected, [size, 3 * width]);
        return [wanted ? densePositionsInputGradient(graph, weight, projected) : undefined];
      },
    };
  },
};

interface Attended {
  readonly queries: string;
  readonly keys: string;
  readonly values: string;
  /** Softmaxed scores, `[batch, heads, keys, queries]`. */
  readonly shares: string;
  /** `[batch, heads * keyDimension, length]` */
  readonly context: string;
  readonly output: string;
}

function attend(
  graph: GraphBuilder,
  operation: Attention,
  input: string,
  [weight, bias, outputWeight, outputBias]: readonly string[],
  named?: NodeOptions,
): Attended {
  const width = operation.heads * operation.keyDimension;
  const projected = densePositions(graph, input, weight, bias);
  const names = ['queries', 'keys', 'values'].map((hint) => graph.fresh(hint));
  const parts = graph.addMany('Split', [projected, graph.ints([width, width, width])], names, { axis: 1 });
  const [queries, keys, values] = parts.map((part) => inHeads(graph, operation, part));
  const scores = graph.add('MatMul', [transposed(graph, keys), queries]);
  const scaled = graph.add('Mul', [scores, graph.scalar(scaleOf(operation))]);
  const shares = graph.add('Softmax', [scaled], { axis: 2 });
  const attended = graph.add('MatMul', [values, shares]);
  const context = graph.add('Reshape', [attended, graph.ints([0, width, operation.outputShape[0]])]);
  const output = densePositions(graph, context, outputWeight, outputBias, named);
  return { queries, keys, values, shares, context, output };
}

/** From the gradient of what the heads put out to that of the stacked queries, keys and values. */
function headsGradient(graph: GraphBuilder, operation: Attention, forward: Attended, gradient: string): string {
  const { queries, keys, values, shares } = forward;
  const valuesGradient = graph.add('MatMul', [gradient, transposed(graph, shares)]);
  const sharesGradient = graph.add('MatMul', [transposed(graph, values), gradient]);
  const weighted = graph.add('Mul', [sharesGradient, shares]);
  const total = graph.add('ReduceSum', [weighted, graph.ints([2])], { keepdims: 1 });
  const inner = graph.add('Mul', [shares, graph.add('Sub', [sharesGradient, total])]);
  const scores = graph.add('Mul', [inner, graph.scalar(scaleOf(operation))]);
  const queriesGradient = graph.add('MatMul', [keys, scores]);
  const keysGradient = graph.add('MatMul', [queries, transposed(graph, scores)]);
  const dims = graph.ints([0, operation.heads * operation.keyDimension, operation.outputShape[0]]);
  const flat = [queriesGradient, keysGradient, valuesGradient].map((each) => graph.add('Reshape', [each, dims]));
  return graph.add('Concat', flat, { axis: 1 });
}

function scaleOf({ keyDimension }: Attention): number {
  return 1 / Math.sqrt(keyDimension);
}

function inHeads(graph: GraphBuilder, { heads, keyDimension, outputShape }: Attention, value: string): string {
  return graph.add('Reshape', [value, graph.ints([0, heads, keyDimension, outputShape[0]])]);
}

function transposed(graph: GraphBuilder, value: string): string {
  return graph.add('Transpose', [value], { perm: [0, 1, 3, 2] });
}
