import { strict as assert } from 'node:assert';
import { analyze } from '../../../core/shape/analyze';
import { check, checkLayers, diagnosticOf, fixed, schemeOf } from '../scheme/check';

const table = '"input_size": [16], "label_dim": 3';
const dense = '{ "type": "dense_set", "unit": 3 }';

describe('The end of a network', () => {
  it('is an implicit head for classification, which a fix writes out', () => {
    const implicit = check(
      schemeOf('{ "name": <<implicit-head|"conv">>, "type": "conv2d_set", "kernel": 3, "channel": 4 }'),
    );
    assert.deepEqual(
      implicit.network!.layers.map(({ layer, implicit: isImplicit }) => [layer.name, isImplicit]),
      [
        ['conv', false],
        ['head', true],
      ],
    );
    const written = analyze(fixed(implicit, 'implicit-head')).network!;
    assert.deepEqual(written.operations, implicit.network!.operations);
    assert.equal(written.output, implicit.network!.output);
  });

  it('is a flatten where there are as many values, but not in one row', () => {
    const pixel = check(
      schemeOf('{ "type": <<implicit-head|"conv2d_set">>, "kernel": 8, "padding": "valid", "channel": 2 }'),
    );
    assert.deepEqual(
      pixel.network!.operations.map(({ kind }) => kind),
      ['convolution', 'flatten'],
    );
  });

  it('takes a name that is free', () => {
    const taken = check(
      schemeOf('{ "name": <<implicit-head|"head">>, "type": "conv2d_set", "kernel": 3, "channel": 4 }'),
    );
    assert.equal(taken.network!.layers.at(-1)!.layer.name, 'head_2');
  });

  it('is written already where the last layer has label_dim values', () => {
    check(schemeOf(dense, table));
    check(schemeOf('{ "type": "conv2d_set", "kernel": 3, "channel": 2 }, { "type": "global_average_pooling" }'));
  });

  it('must be written for anything but classification', () => {
    for (const type of ['regression', 'multi_label']) {
      const missing = check(
        schemeOf('{ "type": <<output-mismatch|"dense_set">>, "unit": 4 }', `${table}, "label_type": "${type}"`),
      );
      assert.ok(analyze(fixed(missing, 'output-mismatch')).network);
      check(schemeOf(dense, `${table}, "label_type": "${type}"`));
    }
  });

  it('has no softmax, which the loss contains: it is recognised and not applied twice', () => {
    const softmax = check(
      schemeOf('{ "type": "dense_set", "unit": 3, "activation": <<softmax-before-loss|"softmax">> }', table),
    );
    assert.deepEqual(softmax.network!.operations, check(schemeOf(dense, table)).network!.operations);
    const own = check(
      schemeOf(`${dense}, { "type": "activation", "activation": <<softmax-before-loss|"softmax">> }`, table),
    );
    assert.equal(own.network!.output, 'dense_set_1/dense');
    const labels = `${table}, "label_type": "multi_label"`;
    check(schemeOf('{ "type": "dense_set", "unit": 3, "activation": <<softmax-before-loss|"sigmoid">> }', labels));
    check(
      schemeOf('{ "type": "dense_set", "unit": 3, "activation": "sigmoid" }', `${table}, "label_type": "regression"`),
    );
    check(schemeOf(`{ "type": "dense_set", "unit": 4, "activation": "softmax" }, ${dense}`, table));
  });

  it('has no activation on the logits', () => {
    const relu = check(
      schemeOf('{ "type": "dense_set", "unit": 3, "activation": <<activation-before-head|"relu">> }', table),
    );
    assert.equal(relu.network!.operations.length, 2);
    assert.equal(fixed(relu, 'activation-before-head'), schemeOf(dense, table));
    check(schemeOf(`${dense}, { "type": "activation", "activation": <<activation-before-head|"tanh">> }`, table));
    check(schemeOf(`{ "type": "dense_set", "unit": 4, "activation": "relu" }, ${dense}`, table));
  });
});

describe('Warnings about layers', () => {
  const conv = (keys: string) => `{ "type": "conv2d_set", "kernel": 3, "channel": 4, ${keys} }`;

  it('are given for strong dropout beside a batch normalization', () => {
    const strong = checkLayers(
      conv('"batch_normalization": true, "dropout": <<dropout-near-batch-normalization|0.7>>'),
    );
    assert.match(fixed(strong, 'dropout-near-batch-normalization'), /"dropout": 0.3/);
    checkLayers(conv('"batch_normalization": true, "dropout": <<dropout-near-batch-normalization|0.5>>'));
    checkLayers(conv('"batch_normalization": true, "dropout": 0.4'));
    checkLayers(conv('"dropout": 0.7'));
    checkLayers(`${conv('"dropout": <<dropout-near-batch-normalization|0.7>>')}, { "type": "batch_normalization" }`);
    checkLayers(
      `${conv('"batch_normalization": true')}, { "type": "dropout", "rate": <<dropout-near-batch-normalization|0.6>> }`,
    );
    checkLayers(`${conv('"batch_normalization": true')}, ${conv('"dropout": 0.6')}`);
    checkLayers('{ "type": "dense_set", "unit": 4, "batch_normalization": true, "dropout": 0.5 }', table);
  });

  it('are looked for among layers of one name, too', () => {
    const named = '{ "type": "activation", "name": "same", "activation": "relu" }';
    const dropout = '{ "type": "dropout", "rate": <<dropout-near-batch-normalization|0.5>> }';
    const again = '{ "type": "activation", "name": <<duplicate-name|"same">>, "activation": "relu" }';
    checkLayers(`${conv('"batch_normalization": true')}, ${named}, ${again}, ${dropout}`);
    checkLayers(`${dropout}, ${named}, ${again}, ${again}, { "type": "batch_normalization" }`);
  });

  it('are given for a bias before a batch normalization, where it is written', () => {
    const bias = checkLayers(conv('"batch_normalization": true, "use_bias": <<bias-before-batch-normalization|true>>'));
    assert.match(fixed(bias, 'bias-before-batch-normalization'), /"use_bias": false/);
    checkLayers(conv('"batch_normalization": true'));
    checkLayers(conv('"batch_normalization": true, "use_bias": false'));
    checkLayers(`${conv('"use_bias": <<bias-before-batch-normalization|true>>')}, { "type": "batch_normalization" }`);
    checkLayers(conv('<<redundant-default|"use_bias": true>>'));
  });

  it('are given for an output that nobody uses', () => {
    const lost = checkLayers(`${conv('"name": <<unused-output|"lost">>')}, ${conv('"input": "data"')}`);
    assert.equal(diagnosticOf(lost, 'unused-output').layer, 'lost');
    assert.ok(lost.network);
    checkLayers(
      `${conv('"name": "used"')}, ${conv('"input": "data"')}, { "type": "add", "inputs": ["used", "conv2d_set_2"] }`,
    );
  });

  it('are given for a layer of a block whose output nobody uses', () => {
    const block = (layers: string) => `{ "type": "block", "name": "stage", "network": [${layers}] }`;
    const lost = checkLayers(block(`${conv('"name": <<unused-output|"lost">>')}, ${conv('"input": "data"')}`));
    assert.equal(diagnosticOf(lost, 'unused-output').layer, 'stage');
    assert.ok(lost.network);
    checkLayers(block(block(`{ "type": <<unused-output|"flatten">> }, ${conv('"input": "data"')}`)));
    const both = '{ "type": "add", "inputs": ["used", "conv2d_set_2"] }';
    checkLayers(block(`${conv('"name": "used"')}, ${conv('"input": "data"')}, ${both}`));
    // The name may mean any layer: its error comes first.
    checkLayers(block(`${conv('"name": "lost"')}, ${conv('"input": <<unknown-input|"nowhere">>')}`));
  });
});

describe('Warnings about training and data', () => {
  const model = (keys: string) => check(schemeOf(dense, table, `${keys}, `));
  const data = (keys: string) => check(schemeOf(dense, `${table}, ${keys}`));

  it("are given for a learning rate out of the optimizer's range", () => {
    model('"learning_rate": <<learning-rate-unusual|0.1>>');
    model('"learning_rate": 0.01');
    model('"learning_rate": 0.1, "optimizer": "sgd"');
    model('"learning_rate": <<learning-rate-unusual|1e-6>>');
  });

  it('are errors for a loss of another kind of label', () => {
    const wrong = model('"loss": <<loss-does-not-fit|"mean_squared_error">>');
    assert.match(fixed(wrong, 'loss-does-not-fit'), /"loss": "cross_entropy"/);
    model('"loss": "cross_entropy"');
    check(schemeOf(dense, `${table}, "label_type": "regression"`, '"loss": "huber", '));
  });

  it('are given for a split beside an own validation set', () => {
    data('"validation_path": "other", <<validation-split-ignored|"validation_split">>: 0.3');
    data('"validation_path": "other"');
  });

  it('are given for the augmentation of what is no picture', () => {
    data('<<augmentation-without-image|"augmentation">>: { "shift": 0.1 }');
    check(
      schemeOf(
        '{ "type": "global_average_pooling" }',
        '"image_size": [8, 8, 3], "label_dim": 3, "augmentation": { "shift": 0.1 }',
      ),
    );
  });

  it('are given for one class', () => {
    check(schemeOf('{ "type": "dense_set", "unit": 1 }', '"input_size": [4], "label_dim": <<single-class|1>>'));
    check(
      schemeOf('{ "type": "dense_set", "unit": 1 }', '"input_size": [4], "label_dim": 1, "label_type": "regression"'),
    );
  });

  it('are given for a batch larger than the data, when that is known', () => {
    const batch = (size: string, trainingSamples: number) =>
      check(schemeOf(dense, `${table}, "batch_size": ${size}`), { trainingSamples });
    batch('<<batch-larger-than-data|100>>', 99);
    batch('100', 100);
    check(schemeOf(dense, table).replace('"data"', '<<batch-larger-than-data|"data">>'), { trainingSamples: 31 });
  });

  it('are given for more memory than the device has, with the largest batch as a fix', () => {
    const device = (memoryBytes: number) => ({ device: { name: 'GPU 0', memoryBytes } });
    const image = '"image_size": [100, 100, 1], "label_dim": 3';
    const net = (batch: string) =>
      schemeOf(
        '{ "type": "conv2d_set", "kernel": 3, "channel": 10 }, { "type": "global_average_pooling" }, { "type": "dense_set", "unit": 3 }',
        `${image}, "batch_size": ${batch}`,
      );
    const large = check(net('<<memory-beyond-device|1000>>'), device(1e8));
    const { message } = diagnosticOf(large, 'memory-beyond-device');
    assert.match(message, /GPU 0 has 0.0931 GiB. A batch of 227 fits\./);
    check(net('227'), device(1e8));
    check(net('<<memory-beyond-device|228>>'), device(1e8));
    check(net('1000'), device(1e10));
  });

  it('are errors for a sample that no runtime can hold', () => {
    const image = (size: string) => `"image_size": ${size}, "label_dim": 3`;
    const pool = '{ "type": "global_average_pooling" }, { "type": "dense_set", "unit": 3 }';
    check(schemeOf(pool, image('<<tensor-too-large|[50000, 50000, 1]>>')));
    check(schemeOf(pool, image('[40000, 40000, 1]')));
    const wide = '"kernel": 1, "channel": 4';
    check(schemeOf(`{ "type": <<tensor-too-large|"conv2d_set">>, ${wide} }, ${pool}`, image('[40000, 40000, 1]')));
  });

  it('are errors for more weights than an ONNX file holds', () => {
    check(
      schemeOf(
        '{ "type": <<model-too-large|"dense_set">>, "unit": 40000000 }, { "type": "dense_set", "unit": 3 }',
        table,
      ),
    );
    check(
      schemeOf(
        '{ "type": <<model-too-large&implicit-head|"conv2d_set">>, "kernel": 1, "channel": 1 }',
        '"image_size": [20000, 20000, 1], "label_dim": 3',
      ),
    );
    check(schemeOf('{ "type": "dense_set", "unit": 20000000 }, { "type": "dense_set", "unit": 3 }', table));
  });
});
