import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-node';
import { compileEvaluation } from '../../../core/compile/evaluation';
import { compileTraining } from '../../../core/compile/training';
import type { LabelType, Loss } from '../../../core/scheme/types';
import type { Network } from '../../../core/shape/network';
import { assertClose } from './comparison';
import { NetworkBuilder } from './networkBuilder';
import { floats, run, stateFeeds, type Tensors } from './runtime';

/** A network that passes its input on, so that the input is the output; one more parameter keeps it trainable. */
function passOn(outputs: number, labelType: LabelType, loss: Loss, end?: 'softmax' | 'sigmoid'): Network {
  const builder = new NetworkBuilder([outputs]);
  builder.dense(outputs, false);
  if (end) builder.activation(end);
  return builder.network({ labelType, loss });
}

function identity(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
}

async function evaluate(network: Network, input: Tensor, target: Tensor): Promise<Tensors> {
  const size = network.inputShape[0];
  const graph = compileEvaluation(network);
  const weights = new Map([['layer_1/dense.weight', identity(size)]]);
  const results = await run(graph.model, { input, target, ...stateFeeds(graph, weights) });
  return { ...results, metric: results[graph.metrics[0].name] };
}

const classes = (...values: bigint[]) => new Tensor('int64', BigInt64Array.from(values), [values.length]);

describe('what is counted beside the loss', () => {
  it('classes: the samples whose greatest output is the right one', async () => {
    const network = passOn(3, 'classification', 'cross_entropy');
    const input = floats([1, 2, 0, 5, 4, 3], [2, 3]);
    const { metric, prediction } = await evaluate(network, input, classes(1n, 2n));
    assert.deepEqual([...(metric.data as Float32Array)], [1]);
    const sum = Math.E ** 1 + Math.E ** 2 + 1;
    assertClose('probabilities', prediction.data.slice(0, 3), [Math.E / sum, Math.E ** 2 / sum, 1 / sum], 1e-6);
  });

  it('two classes with one output: the side of one half', async () => {
    const network = passOn(1, 'classification', 'binary_cross_entropy');
    const { metric } = await evaluate(network, floats([3, -1, 2], [3, 1]), classes(1n, 0n, 0n));
    assert.deepEqual([...(metric.data as Float32Array)], [2]);
  });

  it('labels: each label for itself', async () => {
    const network = passOn(2, 'multi_label', 'binary_cross_entropy');
    const { metric, prediction } = await evaluate(network, floats([3, -1, 2, 4], [2, 2]), floats([1, 0, 0, 1], [2, 2]));
    assert.deepEqual([...(metric.data as Float32Array)], [3]);
    assertClose('probability', prediction.data.slice(0, 1), [1 / (1 + Math.exp(-3))], 1e-6);
    assert.equal(compileTraining(network).metrics[0].perSample, 2);
  });

  it('values: the sum of the absolute errors', async () => {
    const network = passOn(2, 'regression', 'huber');
    const { metric, prediction } = await evaluate(network, floats([3, -1, 2, 4], [2, 2]), floats([1, 0, 2, 7], [2, 2]));
    assert.deepEqual([...(metric.data as Float32Array)], [6]);
    assert.deepEqual([...(prediction.data as Float32Array)], [3, -1, 2, 4]);
    const [{ perSample, higherIsBetter }] = compileTraining(network).metrics;
    assert.deepEqual({ perSample, higherIsBetter }, { perSample: 2, higherIsBetter: false });
  });

  it('a last softmax is not taken twice', async () => {
    const input = floats([1, 2, 0], [1, 3]);
    const plain = await evaluate(passOn(3, 'classification', 'cross_entropy'), input, classes(1n));
    const ended = await evaluate(passOn(3, 'classification', 'cross_entropy', 'softmax'), input, classes(1n));
    assert.deepEqual(ended.loss.data, plain.loss.data);
    assert.deepEqual(ended.prediction.data, plain.prediction.data);
  });
});

describe('what a training graph says of itself', () => {
  it('has feeds and fetches for everything that it names', () => {
    const builder = new NetworkBuilder([6, 5, 2]);
    builder.convolution({ kernel: [3, 3], channels: 4 });
    builder.batchNormalization();
    builder.dropout(0.3);
    builder.flatten();
    builder.dense(2);
    const graph = compileTraining(builder.network({ optimizer: { type: 'adam' } }));
    const fedState = graph.state.filter(({ kind }) => kind !== 'slot');
    const named = [graph.input, graph.target, ...fedState, ...graph.masks].map(({ name }) => name);
    const { inputs, outputs } = graph.model.graph;
    assert.deepEqual(inputs.map(({ name }) => name).sort(), named.sort());
    const fetched = [...graph.buffers, ...graph.gradients].map(({ output }) => output);
    assert.deepEqual(
      outputs.map(({ name }) => name).sort(),
      [...fetched, graph.loss, ...graph.metrics.map(({ name }) => name)].sort(),
    );
  });

  it('has the shape of each state tensor and mask', () => {
    const builder = new NetworkBuilder([6, 5, 2]);
    builder.convolution({ kernel: [3, 3], channels: 4 });
    builder.dropout(0.3);
    builder.flatten();
    builder.dense(2, false);
    const graph = compileTraining(builder.network({ optimizer: { type: 'momentum' } }));
    const dims = graph.state.map(({ name, kind, dims }) => `${kind} ${name} ${dims}`);
    assert.deepEqual(dims, [
      'parameter layer_1/convolution.weight 4,2,3,3',
      'slot layer_1/convolution.weight:velocity 4,2,3,3',
      'parameter layer_1/convolution.bias 4',
      'slot layer_1/convolution.bias:velocity 4',
      'parameter layer_4/dense.weight 2,48',
      'slot layer_4/dense.weight:velocity 2,48',
    ]);
    const mask = { name: 'mask:layer_2/dropout', operation: 'layer_2/dropout', dims: [4, 4, 3], rate: 0.3 };
    assert.deepEqual(graph.masks, [mask]);
  });
});
