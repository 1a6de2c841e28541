import { strict as assert } from 'node:assert';
import { analyze } from '../../../core/shape/analyze';
import { processorSeconds } from '../../support/processorTime';
import { check, checkLayers, diagnosticOf, fixed, schemeOf } from '../scheme/check';

const block = (network: string, rest = '') => `{ "name": "b", "type": "block", "network": [${network}]${rest} }`;
const conv = '{ "name": "conv", "type": "conv2d_set", "kernel": 3, "channel": 3 }';

describe('What is wrong inside of a block', () => {
  it('is said where it stands, with the fix', () => {
    assert.match(
      fixed(checkLayers(block('{ "type": "conv2d_set", "kernel": 3, <<unknown-key|"chanel">>: 4 }')), 'unknown-key'),
      /"channel": 4/,
    );
    assert.match(fixed(checkLayers(block('{ "type": <<unknown-type|"conv2dset">> }')), 'unknown-type'), /conv2d_set/);
    checkLayers(block('{ "type": <<missing-key|"conv2d_set">>, "kernel": 3 }'));
    checkLayers(block('{ "type": <<shape-mismatch|"lstm_set">>, "unit": 3 }'));
    const large = '{ "type": "conv2d_set", "kernel": <<window-too-large|9>>, "channel": 3, "padding": "valid" }';
    assert.match(fixed(checkLayers(block(large)), 'window-too-large'), /"padding": "same"/);
  });

  it('may be a name of outside, or a misspelt one', () => {
    const misspelt = checkLayers(
      block(`${conv}, { "type": "conv2d_set", "kernel": 3, "channel": 3, "input": <<unknown-input|"comv">> }`),
    );
    assert.match(fixed(misspelt, 'unknown-input'), /"input": "conv"/);
    checkLayers(`${conv}, ${block('{ "type": "flatten", "input": <<unknown-input|"conv">> }')}`);
    checkLayers(block('{ "type": "add", "inputs": ["data", <<unknown-input|"later">>] }'));
    checkLayers(block('{ "name": <<reserved-name|"data">>, "type": "flatten" }'));
  });

  it('is found in blocks of blocks', () => {
    const inner = `{ "type": "block", "network": [{ "type": "maxpooling", "pooling_size": <<window-too-large|9>> }] }`;
    checkLayers(block(inner));
  });

  it('has no fix that would change the block itself', () => {
    const dropped = checkLayers(
      block(
        `${conv.replace(' }', ', "batch_normalization": true }')}, { "type": "dropout", "rate": 0.7 }`,
        ', "repeat": 2',
      ).replace('{ "name": "b"', '<<dropout-near-batch-normalization&dropout-near-batch-normalization|{ "name": "b"') +
        '>>',
    );
    assert.deepEqual(
      dropped.diagnostics.flatMap(({ code, fixes }) => (code.endsWith('batch-normalization') ? fixes : [])),
      [],
    );
    const inner = block('{ "type": "dense_set", "unit": 2, "activation": "relu" }');
    const ended = check(schemeOf(`<<activation-before-head|${inner}>>`, '"input_size": [4], "label_dim": 2'));
    assert.deepEqual(diagnosticOf(ended, 'activation-before-head').fixes, []);
  });

  it('may be its size: blocks within blocks multiply', () => {
    let nested = '{ "type": "activation", "activation": "relu" }';
    for (let depth = 0; depth < 4; depth++) nested = `{ "type": "block", "network": [${nested}], "repeat": 1000 }`;
    const seconds = processorSeconds(() => {
      const { diagnostics, network } = analyze(schemeOf(nested));
      assert.equal(network, undefined);
      assert.ok(diagnostics.some(({ code }) => code === 'scheme/model-too-large'));
    });
    assert.ok(seconds < 10, `${seconds} s`);
  });
});

describe('The operations of a block', () => {
  it('are named by the block, the round and the layer, and belong to the block', () => {
    const { network } = checkLayers(block(conv, ', "repeat": 2, "shortcut": "identity", "activation": "relu"'));
    const own = network!.layers[0]!.operations;
    assert.deepEqual(
      own.map(({ id }) => id),
      ['b.1.conv/conv', 'b.1/add', 'b.1/activation', 'b.2.conv/conv', 'b.2/add', 'b.2/activation'],
    );
    assert.deepEqual([...new Set(own.map(({ layer }) => layer))], ['b']);
    assert.deepEqual(own[4]!.inputs, ['b.2.conv/conv', 'b.1/activation']);
  });

  it('keep their names for themselves', () => {
    checkLayers(`${block(conv)}, { "name": <<duplicate-name|"b.1.conv">>, "type": "flatten" }`);
    checkLayers(`${block(conv)}, { "name": "c.1.conv", "type": "flatten" }`);
    checkLayers(`${conv}, { "name": "conv.1.conv", "type": "flatten" }`);
  });

  it('have the weights for a rectifier where one follows, also behind the sum', () => {
    const { network } = checkLayers(block(conv, ', "shortcut": "identity", "activation": "relu"'));
    assert.equal(network!.operations[0]!.parameters[0]!.initializer.kind, 'normal');
    const without = checkLayers(block(conv, ', "shortcut": "identity"'));
    assert.equal(without.network!.operations[0]!.parameters[0]!.initializer.kind, 'glorot_uniform');
  });
});
