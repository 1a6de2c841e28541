import { strict as assert } from 'node:assert';
import { isSchemeFileName } from '../../../core/scheme/document';
import { analyze } from '../../../core/shape/analyze';
import { schemeOf } from './check';

const dense = '{ "type": "dense_set", "unit": 2 }';
const table = '"input_size": [4], "label_dim": 2';
const read = (data = table, model = '', layers = dense) => analyze(schemeOf(layers, data, model)).scheme!;

describe('A scheme that was read', () => {
  it('has every default of the language', () => {
    const { network, ...model } = read().model;
    assert.deepEqual(read().data, {
      batchSize: 32,
      sampleShape: [4],
      vocabulary: undefined,
      labelDim: 2,
      labelType: 'classification',
      dataOrientation: 'vertical',
      normalize: 'none',
      dataPath: undefined,
      labelColumn: undefined,
      validationSplit: 0.2,
      validationPath: undefined,
      augmentation: { flipHorizontal: false, flipVertical: false, shift: 0, rotate: 0 },
    });
    assert.deepEqual(model, {
      learningRate: 0.001,
      learningRateSchedule: { type: 'constant', warmup: 0, every: 1, gamma: 1 },
      iteration: 10,
      saveInterval: 1,
      optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
      loss: 'cross_entropy',
      earlyStopping: undefined,
      seed: 0,
    });
    assert.equal(network.length, 1);
    assert.deepEqual(read().experiment, { purpose: undefined, tags: [], parent: undefined });
    assert.deepEqual(read().expect, {});
  });

  it("has PyTorch's defaults for each optimizer", () => {
    const optimizer = (name: string) => read(table, `"optimizer": "${name}", `).model.optimizer;
    assert.deepEqual(optimizer('adamw'), {
      type: 'adamw',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      momentum: 0,
      weightDecay: 0.01,
    });
    assert.deepEqual(optimizer('sgd'), { type: 'sgd', beta1: 0, beta2: 0, epsilon: 0, momentum: 0, weightDecay: 0 });
    assert.deepEqual(optimizer('momentum_optimizer'), { ...optimizer('sgd'), type: 'momentum', momentum: 0.9 });
    assert.deepEqual(optimizer('rmsprop'), {
      type: 'rmsprop',
      beta1: 0,
      beta2: 0.99,
      epsilon: 1e-8,
      momentum: 0,
      weightDecay: 0,
    });
    assert.deepEqual(optimizer('adagrad'), {
      type: 'adagrad',
      beta1: 0,
      beta2: 0,
      epsilon: 1e-10,
      momentum: 0,
      weightDecay: 0,
    });
    assert.equal(read(table, '"optimizer": { "type": "adam", "beta_1": 0.5 }, ').model.optimizer.beta1, 0.5);
  });

  it('has the loss of its kind of label', () => {
    const loss = (type: string) => read(`${table}, "label_type": "${type}"`).model.loss;
    assert.deepEqual(['classification', 'multi_label', 'regression'].map(loss), [
      'cross_entropy',
      'binary_cross_entropy',
      'mean_squared_error',
    ]);
  });

  it('has what it says', () => {
    const { model, data } = read(
      `${table}, "validation_split": 0.1, "augmentation": { "shift": 0.2, "flip_vertical": true }`,
      '"learning_rate_schedule": { "type": "step", "every": 3 }, "early_stopping": {}, "seed": 7, ',
    );
    assert.deepEqual(model.learningRateSchedule, { type: 'step', warmup: 0, every: 3, gamma: 0.1 });
    assert.deepEqual(model.earlyStopping, { monitor: 'loss/validation', patience: 5 });
    assert.equal(model.seed, 7);
    assert.deepEqual(data.augmentation, { flipHorizontal: false, flipVertical: true, shift: 0.2, rotate: 0 });
  });

  it('has one form of every setting of a layer', () => {
    const layer = (keys: string) =>
      read('"image_size": [8, 8, 3], "label_dim": 2', '', `{ "type": "conv2d_set", "kernel": 3, "channel": 4${keys} }`)
        .model.network[0]!.settings;
    const plain = {
      kernel: [3, 3],
      channel: 4,
      stride: [1, 1],
      padding: 'same',
      dilation: [1, 1],
      groups: 1,
      use_bias: true,
      batch_normalization: false,
      activation: { type: 'linear' },
      dropout: 0,
    };
    assert.deepEqual(layer(''), plain);
    assert.deepEqual(layer(', "padding": 1, "batch_normalization": "true", "activation": "swish"'), {
      ...plain,
      padding: [1, 1, 1, 1],
      batch_normalization: { epsilon: 1e-5, momentum: 0.9 },
      activation: { type: 'silu' },
    });
    assert.deepEqual(layer(', "padding": [1, 2], "activation": "leaky_relu", "maxpooling": { "pooling_size": 2 }'), {
      ...plain,
      padding: [1, 2, 1, 2],
      activation: { type: 'leaky_relu', alpha: 0.01 },
      maxpooling: { pooling_size: [2, 2], pooling_stride: [2, 2], padding: 'valid' },
    });
    assert.deepEqual(layer(', "activation": { "type": "elu" }'), { ...plain, activation: { type: 'elu', alpha: 1 } });
  });
});

describe('Files that are schemes', () => {
  it('are known by their name', () => {
    for (const name of [
      'model_scheme.json',
      'a/model_scheme_2.json',
      'C:\\x\\resnet.model_scheme.json',
      'x.scheme.json',
      'Model_Scheme.JSON',
    ]) {
      assert.equal(isSchemeFileName(name), true, name);
    }
    for (const name of [
      'scheme.json',
      'package.json',
      'my_model_scheme.json',
      'model_scheme.jsonc',
      'model_scheme/x.json',
      '',
    ]) {
      assert.equal(isSchemeFileName(name), false, name);
    }
  });
});
