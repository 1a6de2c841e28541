import { readFileSync } from 'node:fs';
import { Tensor } from 'onnxruntime-node';
import { inputFeed } from '../../../core/compile/forward';
import { elements, graphDims } from '../../../core/compile/layout';
import { targetFeed } from '../../../core/compile/objective';
import { initialWeights, randomNumbers, type Weights } from '../../../core/compile/weights';
import type { Dropout, Network } from '../../../core/shape/network';
import { runPython } from '../../support/python';
import { type Batch, floats } from './runtime';

/** A network with everything that one comparison with PyTorch needs. */
export interface Case {
  readonly name: string;
  readonly network: Network;
  readonly weights: Weights;
  readonly batches: readonly Batch[];
  readonly learningRate: number;
}

/** What PyTorch makes of a case, in float64. */
export interface Reference {
  readonly output: Float64Array;
  readonly evaluationLoss: number;
  readonly gradients: ReadonlyMap<string, Float64Array>;
  /** Central differences of the loss along `direction`. */
  readonly differences: ReadonlyMap<string, number>;
  readonly losses: readonly number[];
  readonly state: ReadonlyMap<string, Float64Array>;
}

export function makeCase(name: string, network: Network, batchSizes: readonly number[] = [4]): Case {
  const batches = batchSizes.map((size, index) => makeBatch(network, size, randomNumbers(`${name} ${index}`)));
  return { name, network, weights: initialWeights(network, 7), batches, learningRate: 0.05 };
}

function makeBatch(network: Network, size: number, random: () => number): Batch {
  const input = inputFeed(network);
  const target = targetFeed(network);
  const { labelDim, labelType } = network.scheme.data;
  const dropouts = network.operations.filter((operation): operation is Dropout => operation.kind === 'dropout');
  const masks = dropouts.map(({ id, outputShape, rate }) => {
    const dims = [size, ...graphDims(outputShape)];
    const kept = Uint8Array.from({ length: elements(dims) }, () => (random() < rate ? 0 : 1));
    return [`mask:${id}`, new Tensor('uint8', kept, dims)] as const;
  });
  const inputDims = [size, ...input.dims];
  const normal = () => (random() + random() + random() - 1.5) * 2;
  const { vocabulary = 1 } = network.scheme.data;
  const tokens = Array.from({ length: elements(inputDims) }, () => Math.floor(random() * vocabulary));
  const targetDims = [size, ...target.dims];
  const values = Array.from({ length: elements(targetDims) }, () =>
    labelType === 'regression'
      ? normal()
      : Math.floor(random() * (labelType === 'classification' ? Math.max(labelDim, 2) : 2)),
  );
  return {
    size,
    feeds: {
      input:
        input.type === 'int64'
          ? integers(tokens, inputDims)
          : floats(Array.from({ length: elements(inputDims) }, normal), inputDims),
      target: target.type === 'int64' ? integers(values, targetDims) : floats(values, targetDims),
      ...Object.fromEntries(masks),
    },
  };
}

function integers(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** Asks PyTorch about all cases in one process. */
export function askReference(python: string, cases: readonly Case[]): Map<string, Reference> {
  const program = readFileSync('test/python/training_reference.py', 'utf8');
  const answer = JSON.parse(runPython(python, program, [], JSON.stringify(cases.map(request)))) as Record<
    string,
    Answer
  >;
  return new Map(Object.entries(answer).map(([name, each]) => [name, reference(each)]));
}

/** The direction of `Reference.differences`. */
export function direction(index: number): number {
  return Math.cos(index + 1);
}

interface Answer {
  readonly output: string;
  readonly evaluationLoss: number;
  readonly gradients: Record<string, string>;
  readonly differences: Record<string, number>;
  readonly losses: number[];
  readonly state: Record<string, string>;
}

function reference({ output, evaluationLoss, gradients, differences, losses, state }: Answer): Reference {
  const arrays = (encoded: Record<string, string>) =>
    new Map(Object.entries(encoded).map(([name, text]) => [name, float64s(text)]));
  return {
    output: float64s(output),
    evaluationLoss,
    gradients: arrays(gradients),
    differences: new Map(Object.entries(differences)),
    losses,
    state: arrays(state),
  };
}

function request({ name, network, weights, batches, learningRate }: Case) {
  const shapes = new Map(
    network.operations.flatMap(({ parameters }) => parameters.map((each) => [each.name, each.shape])),
  );
  const tensors = [...weights].map(([parameter, values]) => [
    parameter,
    encoded(floats(values, shapes.get(parameter)!)),
  ]);
  const { loss, optimizer } = network.scheme.model;
  return {
    name,
    operations: network.operations,
    output: network.output,
    loss,
    labelType: network.scheme.data.labelType,
    optimizer,
    learningRate,
    tensors: Object.fromEntries(tensors),
    batches: batches.map(({ feeds }) =>
      Object.fromEntries(Object.entries(feeds).map(([key, tensor]) => [key, encoded(tensor)])),
    ),
  };
}

function encoded({ type, dims, data }: Tensor) {
  const array = data as Float32Array | BigInt64Array | Uint8Array;
  const values = Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
  return { type, dims, values };
}

function float64s(text: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float64Array(bytes.buffer);
}
