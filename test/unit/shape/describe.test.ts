import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { analyze } from '../../../core/shape/analyze';
import { describe as describeNetwork } from '../../../core/shape/describe';
import { estimateMemory, largestBatch } from '../../../core/shape/memory';
import { schemeOf } from '../scheme/check';
import { networks } from './networks';

function networkOf(layers: string, data?: string, model?: string) {
  return analyze(schemeOf(layers, data, model)).network!;
}

describe('The model table', () => {
  it('has the shape that its JSON Schema says', () => {
    const ajv = new Ajv();
    const validate = ajv.compile(JSON.parse(readFileSync('schemas/describe.schema.json', 'utf8')));
    for (const scheme of Object.values(networks)) {
      const description = describeNetwork(analyze(JSON.stringify(scheme)).network!);
      assert.equal(validate(JSON.parse(JSON.stringify(description))), true, JSON.stringify(validate.errors));
    }
  });

  it('tells trained values from kept ones', () => {
    const { layers, parameters, buffers } = describeNetwork(
      networkOf('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "batch_normalization": true }'),
    );
    assert.deepEqual(
      layers.map(({ name, implicit, parameters: own, buffers: kept }) => [name, implicit, own, kept]),
      [
        ['conv2d_set_1', false, 3 * 9 * 4 + 4 + 8, 8],
        ['head', true, 8 * 8 * 4 * 2 + 2, 0],
      ],
    );
    assert.equal(parameters, 120 + 514);
    assert.equal(buffers, 8);
  });
});

describe('The memory of a training step', () => {
  const table = (batch: number) => `"input_size": [10], "label_dim": 3, "batch_size": ${batch}`;
  const dense = '{ "type": "dense_set", "unit": 3 }';

  it('is weights, gradients, optimizer state and activations, four bytes each', () => {
    assert.deepEqual(estimateMemory(networkOf(dense, table(7))), {
      batchSize: 7,
      weights: 33 * 4,
      gradients: 33 * 4,
      optimizer: 2 * 33 * 4,
      activations: 7 * (10 + 3) * 4,
      total: 33 * 4 * 4 + 7 * 13 * 4,
    });
  });

  it('has what attention and recurrent layers make on the way to their output', () => {
    const activations = (layer: string) => {
      const text = `${layer}, { "type": "reshape", "shape": [-1] }, ${dense}`;
      return estimateMemory(networkOf(text, '"input_size": [5, 4], "label_dim": 3'), 1).activations / 4;
    };
    const ends = 5 * 4 + 3;
    assert.equal(activations('{ "type": "attention_set", "heads": 2 }'), ends + 20 + 2 * (4 * 5 * 2 + 5 * 5));
    assert.equal(activations('{ "type": "gru_set", "unit": 7, "bidirectional": true }'), ends + 14 + 4 * 5 * 14);
    assert.equal(activations('{ "type": "lstm_set", "unit": 7 }'), ends + 7 + 6 * 5 * 7);
  });

  it('has the state that each optimizer keeps', () => {
    const states = (optimizer: string) => {
      const { weights, optimizer: bytes } = estimateMemory(networkOf(dense, table(1), `"optimizer": ${optimizer}, `));
      return bytes / weights;
    };
    const found = ['"adam"', '"adamw"', '"sgd"', '"momentum"', '"rmsprop"', '"adagrad"'].map(states);
    assert.deepEqual(found, [2, 2, 0, 1, 1, 1]);
    assert.equal(states('{ "type": "sgd", "momentum": 0.9 }'), 1);
    assert.equal(states('{ "type": "rmsprop", "momentum": 0.9 }'), 2);
  });

  it('limits the batch', () => {
    const network = networkOf(dense, table(1));
    const { total } = estimateMemory(network, 100);
    assert.equal(largestBatch(network, total), 100);
    assert.equal(largestBatch(network, total - 1), 99);
    assert.equal(largestBatch(network, 10), 0);
  });
});

describe('Initial weights', () => {
  const kinds = (layers: string, data?: string) =>
    networkOf(layers, data).operations.flatMap(({ parameters }) =>
      parameters.filter(({ role }) => role === 'weight').map(({ initializer }) => initializer.kind),
    );
  const conv = (keys: string) => `{ "type": "conv2d_set", "kernel": 3, "channel": 4${keys} }`;

  it('are He normal before a rectifier, Glorot uniform elsewhere', () => {
    assert.deepEqual(kinds(conv(', "activation": "relu"')), ['normal', 'glorot_uniform']);
    assert.deepEqual(kinds(conv(', "activation": "tanh"')), ['glorot_uniform', 'glorot_uniform']);
    assert.deepEqual(kinds(conv('')), ['glorot_uniform', 'glorot_uniform']);
  });

  it('look through normalization, pooling and merging to the activation', () => {
    const parted = `${conv('')}, { "type": "batch_normalization" }, { "type": "activation", "activation": "gelu" }`;
    assert.deepEqual(kinds(parted), ['normal', 'glorot_uniform']);
    assert.deepEqual(kinds(`${conv('')}, ${conv(', "activation": "relu"')}`), [
      'glorot_uniform',
      'normal',
      'glorot_uniform',
    ]);
  });

  it('know their fans', () => {
    const [convolution, , head] = networkOf(conv(', "groups": 1, "activation": "relu"')).operations;
    assert.deepEqual(convolution!.parameters[0]!.initializer, { kind: 'normal', fanIn: 27, gain: Math.SQRT2 });
    assert.deepEqual(convolution!.parameters[1]!.initializer, { kind: 'constant', value: 0 });
    assert.equal(head!.kind, 'flatten');
    const dense = networkOf('{ "type": "dense_set", "unit": 2 }').operations[1]!;
    assert.deepEqual(dense.parameters[0]!.initializer, { kind: 'glorot_uniform', fanIn: 192, fanOut: 2 });
  });
});
