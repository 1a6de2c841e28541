import { strict as assert } from 'node:assert';
import { check, checkLayers, diagnosticOf, fixed, schemeOf, titles } from './check';

const layer = '{ "type": "dense_set", "unit": 2 }';
const table = '"input_size": [4], "label_dim": 2';
const checkData = (data: string) => check(schemeOf(layer, data));
const checkModel = (settings: string) => check(schemeOf(layer, table, `${settings}, `));

describe('Keys of a scheme', () => {
  it('are those of the language, nothing else', () => {
    checkData(table);
    const misspelt = checkData('"input_size": [4], <<unknown-key|"lable_dim">>: 2');
    assert.match(diagnosticOf(misspelt, 'unknown-key').message, /Did you mean "label_dim"\?/);
    assert.match(fixed(misspelt, 'unknown-key'), /"label_dim": 2/);
    const foreign = checkData(`${table}, <<unknown-key|"colour">>: 2`);
    assert.match(diagnosticOf(foreign, 'unknown-key').message, /Its keys are "batch_size", /);
  });

  it('are recognised by the names that other tools give them', () => {
    const epochs = checkModel('<<unknown-key|"epochs">>: 3');
    assert.match(fixed(epochs, 'unknown-key'), /"iteration": 3/);
    const filters = checkLayers('{ "type": "conv2d_set", "kernel": 3, <<unknown-key|"filters">>: 8 }');
    assert.match(fixed(filters, 'unknown-key'), /"channel": 8/);
  });

  it('are not suggested where they stand already', () => {
    const twice = checkData(`${table}, <<unknown-key|"label_dims">>: 3`);
    assert.doesNotMatch(diagnosticOf(twice, 'unknown-key').message, /Did you mean "label_dim"/);
  });

  it('that are required are asked for, with a value to begin with', () => {
    const data = check(`{ <<missing-key|"data">>: { "input_size": [4] }, "model": { "network": [${layer}] } }`);
    assert.match(diagnosticOf(data, 'missing-key').message, /"label_dim".*whole number of at least 1/);
    const conv = checkLayers('{ "type": <<missing-key|"conv2d_set">>, "channel": 8 }');
    assert.match(fixed(conv, 'missing-key'), /"channel": 8, "kernel": \[3, 3\] }/);
    check(`<<missing-key|{>> "model": { "network": [${layer}] } }`);
    check('<<missing-key&missing-key|{>>}');
    check('<<wrong-type|[]>>');
    check('<<wrong-type|3>>');
  });

  it('whose value is not written yet are not called missing', () => {
    checkLayers('{ "type": "conv2d_set", "channel": 8, "kernel": <<syntax|}>>');
  });

  it('of a layer depend on its type', () => {
    checkLayers('{ "type": "dense_set", "unit": 4, <<unknown-key|"maxpooling">>: { "pooling_size": 2 } }');
    checkLayers('{ "type": "flatten", <<unknown-key|"unit">>: 4 }');
    checkLayers('<<missing-key|{>> "kernel": 3 }');
    checkLayers('{ <<unknown-key|"tpye">>: "flatten" }');
  });

  it('may stand in the wrong section: they are moved to their own', () => {
    const text = (data: string, model: string, rest = '') =>
      `{ ${rest}"data": { "input_size": [4], "label_dim": 2${data} }, "model": { ${model}"network": [{ "type": "dense_set", "unit": 2 }] } }`;
    const inModel = check(text('', '<<unknown-key|"batch_size">>: 8, '));
    assert.equal(fixed(inModel, 'unknown-key'), text(', "batch_size": 8', ''));
    assert.match(diagnosticOf(inModel, 'unknown-key').message, /It belongs in "data"\./);
    const epochs = check(text(', <<unknown-key|"epochs">>: 3', '"seed": 1, '));
    assert.match(fixed(epochs, 'unknown-key'), /"unit": 2 }\], "iteration": 3 } }$/);
    const beside = check(text('', '', '<<unknown-key|"optimizer">>: { "type": "sgd" }, '));
    assert.match(fixed(beside, 'unknown-key'), /^{ "data": .*, "optimizer": { "type": "sgd" } } }$/);
    // What is there already is not overwritten.
    const twice = check(text(', "batch_size": 4', '<<unknown-key|"batch_size">>: 8, '));
    assert.deepEqual(titles(twice, 'unknown-key'), ['Remove "batch_size"']);
  });
});

describe('The input of a scheme', () => {
  it('is exactly one of image_size and input_size', () => {
    check(`{ <<input-shape|"data">>: { "label_dim": 2 }, "model": { "network": [${layer}] } }`);
    const both = checkData('"image_size": [8, 8, 3], <<input-shape|"input_size">>: [4], "label_dim": 2');
    assert.equal(diagnosticOf(both, 'input-shape').fixes.length, 2);
  });

  it('has three numbers for a picture, one or two for anything else', () => {
    checkData('"image_size": <<wrong-length|[8, 8]>>, "label_dim": 2');
    const picture = checkData('"input_size": <<wrong-length|[8, 8, 3]>>, "label_dim": 2');
    assert.match(fixed(picture, 'wrong-length'), /"image_size": \[8, 8, 3\]/);
    checkData('"image_size": [8, <<out-of-range|0>>, 3], "label_dim": 2');
    checkData('"image_size": <<wrong-type|8>>, "label_dim": 2');
  });

  it('is tokens with a vocabulary, which needs a row of them and an embedding', () => {
    const tokens = (data: string, type: string) =>
      check(schemeOf(`{ "type": ${type}, "unit": 2 }`, `${data}, "label_dim": 2`));
    tokens('"input_size": [4], "vocabulary": 10', '<<tokens-need-embedding|"dense_set">>');
    tokens('"input_size": [4]', '"dense_set"');
    check(
      schemeOf(
        '{ "type": <<dense-flattens|"dense_set">>, "unit": 2 }',
        '"image_size": [4, 4, 1], <<vocabulary-does-not-fit|"vocabulary">>: 10, "label_dim": 2',
      ),
    );
  });
});

describe('Values of a scheme', () => {
  it('are of their kind', () => {
    const text = checkData(`${table}, "batch_size": <<wrong-type|"32">>`);
    assert.match(fixed(text, 'wrong-type'), /"batch_size": 32/);
    checkData(`${table}, "batch_size": <<wrong-type|1.5>>`);
    checkData(`${table}, "batch_size": 32.0`);
    checkData(`${table}, "data_path": <<wrong-type|null>>`);
  });

  it('are in their range', () => {
    const percent = checkData(`${table}, "validation_split": <<out-of-range|20>>`);
    assert.match(fixed(percent, 'out-of-range'), /"validation_split": 0.2/);
    checkData(`${table}, "validation_split": <<out-of-range|0>>`);
    checkData(`${table}, "validation_split": <<out-of-range|1>>`);
    checkData(`${table}, "validation_split": 0.99`);
    checkModel('"learning_rate": <<out-of-range|0>>');
    checkModel('"seed": -1');
    checkLayers('{ "type": "dropout", "rate": <<out-of-range|1>> }');
    checkLayers('{ "type": "dropout", "rate": 0.999 }');
  });

  it('are one of those that there are, with the nearest as a fix', () => {
    const loss = checkModel('"loss": <<unknown-value|"crossentropy">>');
    assert.match(fixed(loss, 'unknown-value'), /"loss": "cross_entropy"/);
    const alias = checkLayers('{ "type": "activation", "activation": <<unknown-value|"swich">> }');
    assert.match(fixed(alias, 'unknown-value'), /"activation": "silu"/);
    checkLayers('{ "type": "activation", "activation": { "type": <<unknown-value|"rellu">> } }');
    checkModel('"optimizer": <<unknown-value|"adamm">>');
    const far = checkModel('"optimizer": <<unknown-value|"zzz">>');
    assert.deepEqual(diagnosticOf(far, 'unknown-value').fixes, []);
    checkModel('"optimizer": { "type": <<unknown-value|"adm">> }');
    checkModel('"optimizer": { "type": "sgd", <<unknown-key|"beta_1">>: 0.9 }');
    const untyped = checkModel('<<missing-key|"optimizer">>: { "momentum": 0.9 }');
    assert.deepEqual(titles(untyped, 'missing-key'), [
      'Add "type": "sgd_optimizer"',
      'Add "type": "momentum_optimizer"',
      'Add "type": "rmsprop_optimizer"',
    ]);
  });

  it('are known by the names that other tools have for them', () => {
    for (const [key, word, meant] of [
      ['loss', 'mse', 'mean_squared_error'],
      ['loss', 'BCEWithLogitsLoss', 'binary_cross_entropy'],
      ['loss', 'nn.L1Loss', 'mean_absolute_error'],
      ['optimizer', 'torch.optim.SGD', 'sgd_optimizer'],
    ])
      assert.match(
        fixed(checkModel(`"${key}": <<unknown-value|"${word}">>`), 'unknown-value'),
        new RegExp(`"${meant}"`),
      );
    const normalize = checkData(`${table}, "normalize": <<unknown-value|"standard">>`);
    assert.match(fixed(normalize, 'unknown-value'), /"z_score"/);
    const python = checkLayers('{ "type": "dense_set", "unit": 3, "use_bias": <<unknown-value|"True">> }');
    assert.match(fixed(python, 'unknown-value'), /"use_bias": true }/);
    assert.match(diagnosticOf(python, 'unknown-value').message, /Did you mean true\?/);
    // What means something for one key means nothing for another.
    assert.deepEqual(titles(checkModel('"loss": <<unknown-value|"standard">>'), 'unknown-value'), []);
  });

  it('may be lists that are too long: what is too much is cut off', () => {
    const kernel = checkLayers('{ "type": "conv2d_set", "kernel": <<wrong-length|[3, 3, 3]>>, "channel": 4 }');
    assert.match(fixed(kernel, 'wrong-length'), /"kernel": \[3, 3\]/);
  });

  it('may be written in their short and their other forms', () => {
    for (const name of ['adam', 'adamw', 'sgd', 'momentum', 'rmsprop', 'adagrad']) {
      checkModel(`"optimizer": "${name}"`);
      checkModel(`"optimizer": "${name}_optimizer"`);
      checkModel(`"optimizer": { "type": "${name}_optimizer", "weight_decay": 0.1 }`);
    }
    checkLayers('{ "type": "fully_connected_set", "unit": 4, "activation": "swish" }');
    checkLayers('{ "type": "conv2d_set", "kernel": [3, 1], "channel": 4, "stride": 2, "padding": [1, 0] }');
    checkLayers('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "padding": 1 }');
    checkLayers('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "padding": [0, 1, 2, 3] }');
    checkLayers('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "padding": <<wrong-length|[0, 1, 2]>> }');
    checkLayers('{ "type": "conv2d_set", "kernel": <<wrong-length|[3, 3, 3]>>, "channel": 4 }');
  });

  it('that are truth values may be text, with a hint', () => {
    const layerWith = (value: string) =>
      `{ "type": "conv2d_set", "kernel": 3, "channel": 4, "batch_normalization": ${value} }`;
    const text = checkLayers(layerWith('<<text-for-boolean|"true">>'));
    assert.equal(fixed(text, 'text-for-boolean'), checkLayers(layerWith('true')).document.text);
    assert.deepEqual(text.layers[0]!.networkLayer, checkLayers(layerWith('true')).layers[0]!.networkLayer);
    checkLayers(layerWith('<<unknown-value|"yes">>'));
    checkLayers(layerWith('<<unknown-value|1>>'));
  });

  it('that change nothing are a hint, for switches and refinements', () => {
    const layerWith = (setting: string) => `{ "type": "conv2d_set", "kernel": 3, "channel": 4, ${setting} }`;
    const stride = checkLayers(layerWith('<<redundant-default|"stride": 1>>'));
    assert.match(fixed(stride, 'redundant-default'), /"channel": 4 }/);
    checkLayers(layerWith('<<redundant-default|"activation": "linear">>'));
    checkLayers(layerWith('<<redundant-default|"dilation": [1, 1]>>'));
    checkLayers(layerWith('"dilation": [1, 2]'));
    checkLayers(layerWith('"padding": "same"'));
    checkModel('"learning_rate": 0.001');
  });

  it('of an early stop, a schedule, an expectation and an experiment have their own keys', () => {
    checkModel('"early_stopping": { "monitor": "loss/validation", "patience": 3 }');
    checkModel('"early_stopping": { <<unknown-key|"patient">>: 3 }');
    checkModel('"learning_rate_schedule": { "type": "step", "every": 3, "gamma": 0.5, "warmup": 1 }');
    checkModel('"learning_rate_schedule": { "type": "cosine", <<unknown-key|"gamma">>: 0.5 }');
    checkModel('"learning_rate_schedule": { "type": <<unknown-value|"cosin">> }');
    const rest = (text: string) => `{ "data": { ${table} }, "model": { "network": [${layer}] }, ${text} }`;
    check(
      rest(
        '"expect": { "accuracy": { "min": 0.95, "confidence": 0.9 }, "graph": "match", "latency_ms": { "max": 20 } }',
      ),
    );
    check(rest('"expect": { "graph": <<unknown-value|"same">>, "accuracy": <<wrong-type|0.9>> }'));
    check(rest('"experiment": { "purpose": "Try", "tags": ["a"], "parent": "20261122-141502-3f9a" }'));
    check(rest('"experiment": { "tags": <<wrong-type|"a">> }'));
  });
});

describe('Layer types', () => {
  it('are those of the language, by their own or near names', () => {
    const named = checkLayers('{ "type": <<unknown-type|"Conv2D">>, "kernel": 3, "channel": 4 }');
    assert.match(fixed(named, 'unknown-type'), /"conv2d_set"/);
    const other = checkLayers('{ "type": <<unknown-type|"Linear">>, "unit": 4 }');
    assert.match(fixed(other, 'unknown-type'), /"dense_set"/);
    const module = checkLayers('{ "type": <<unknown-type|"nn.Conv2d">>, "kernel": 3, "channel": 4 }');
    assert.match(fixed(module, 'unknown-type'), /"conv2d_set"/);
    const none = checkLayers('{ "type": <<unknown-type|"xyzzy">> }');
    assert.match(diagnosticOf(none, 'unknown-type').message, /There are "conv2d_set", /);
    checkLayers('{ "type": <<unknown-value|3>> }');
    checkLayers('<<wrong-type|"flatten">>');
  });

  it('are written with their setting where they are activations', () => {
    for (const [word, meant] of [
      ['ReLU', 'relu'],
      ['nn.LeakyReLU', 'leaky_relu'],
      ['swish', 'silu'],
    ]) {
      const layer = checkLayers(`{ "type": <<unknown-type|"${word}">> }`);
      assert.match(fixed(layer, 'unknown-type'), new RegExp(`{ "type": "activation", "activation": "${meant}" }`));
    }
    const both = checkLayers('{ "type": <<unknown-type|"relu">>, "activation": "elu" }');
    assert.deepEqual(titles(both, 'unknown-type'), []);
  });

  it('can be told from the keys of a layer that has none', () => {
    const pool = checkLayers('<<missing-key|{>> "pooling_size": 2 }');
    assert.deepEqual(titles(pool, 'missing-key'), ['Add "type": "maxpooling"', 'Add "type": "average_pooling"']);
    assert.deepEqual(titles(checkLayers('<<missing-key|{>> "name": "a" }'), 'missing-key'), []);
  });

  it('have one pooling in a set', () => {
    checkLayers(
      '{ "type": "conv2d_set", "kernel": 3, "channel": 4, "maxpooling": { "pooling_size": 2 }, <<two-poolings|"average_pooling">>: { "pooling_size": 2 } }',
    );
    checkLayers('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "average_pooling": { "pooling_size": 2 } }');
  });
});
