import assert from 'node:assert/strict';
import { matchFiles } from '../../../engine/match';
import { describeWithPython } from '../../support/python';
import { differences, Exports, partsOf, pythonExports } from './exports';
import { schemes } from './schemes';

/** Variants that compute what the scheme says; every other one must be found out. */
const ALIKE = new Set(['as_intended', 'view', 'reshape', 'softmax', 'pool_first', 'zero_pad', 'operands']);
const ALIKE_IN: Readonly<Record<string, string>> = { mean: 'residual' };

/**
 * What each deviation must be found out by, by network and variant: rows of the report with their status, or with the key
 * that differs.
 */
const DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  'sample.kernel': ['conv_layer_set_1 kernel'],
  'sample.relu': ['conv_layer_set_1 activation', 'conv_layer_set_2 activation'],
  'sample.alpha': ['conv_layer_set_1 alpha', 'conv_layer_set_2 alpha'],
  'sample.missing': ['conv_layer_set_2 missing'],
  'sample.extra': ['* extra'],
  'sample.channel': ['conv_layer_set_1 channel'],
  'sample.stride': ['conv_layer_set_1 stride'],
  'sample.swapped': ['conv_layer_set_1 channel', 'conv_layer_set_2 channel'],
  'sample.pool_size': ['conv_layer_set_1 pooling_size', 'conv_layer_set_2 pooling_size'],
  'sample.pool_floor': ['conv_layer_set_2 padding'],
  'sample.average': ['conv_layer_set_1 maxpooling', 'conv_layer_set_2 maxpooling'],
  'sample.valid': ['conv_layer_set_1 padding', 'conv_layer_set_2 padding'],
  'sample.without_activation': ['conv_layer_set_1 activation', 'conv_layer_set_2 activation'],
  'sample.without_pool': ['conv_layer_set_1 maxpooling', 'conv_layer_set_2 maxpooling'],
  'sample.activation_first': ['conv_layer_set_1 batch_normalization', 'conv_layer_set_2 batch_normalization'],
  'sample.mean': ['* extra', 'head different'],
  'sample.head_without_bias': ['head use_bias'],
  'sample.train': ['conv_layer_set_1 different', 'conv_layer_set_2 different'],
  'vgg.missing': ['conv_4 missing'],
  'vgg.extra': ['* extra'],
  'vgg.bias': ['conv_2 use_bias'],
  'vgg.dilation': ['conv_2 dilation'],
  'vgg.unit': ['dense_1 unit'],
  'residual.without_shortcut': ['sum missing'],
  'residual.product': ['sum type'],
  'residual.other_shortcut': ['sum input'],
  'branches.kernel': ['right kernel'],
  'branches.order': ['join input'],
  'branches.max': ['mean type'],
  'grouped.groups': ['depthwise groups'],
  'grouped.relu': ['depthwise activation'],
  'mlp.sigmoid': ['dense_2 activation'],
  'mlp.extra': ['* extra'],
  'mlp.bias': ['dense_2 use_bias'],
  'zoo.gelu_tanh': ['conv_2 activation'],
  'zoo.elu': ['conv_4 alpha'],
  'zoo.softplus': ['* extra'],
  'zoo.silu': ['conv_1 activation'],
  'zoo.order': ['conv_8 moved'],
  'averages.max': ['pool_2 average_pooling'],
  'averages.count_padding': ['pool_1 padding'],
  'preactivation.epsilon': ['norm epsilon'],
  'preactivation.missing': ['norm missing'],
};

describeWithPython('real exports of PyTorch against their schemes', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(1_500_000);
    exports = Exports.open(await pythonExports(python, 'match_exports.py'), schemes());
  });

  after(() => exports.dispose());

  it('match when they compute what the scheme says, with the proof', async () => {
    const alike = exports.files().filter(isAlike);
    assert.ok(alike.length >= 30);
    await exports.assertAlike(alike);
  });

  it('do not match with a single deviation, which is told at the right row by the right key', async () => {
    const deviating = exports.files().filter((file) => !isAlike(file));
    assert.ok(deviating.length >= Object.keys(DEVIATIONS).length);
    await exports.assertDeviating(deviating, DEVIATIONS);
  });

  it('agree with each other, whichever exporter wrote them', async () => {
    for (const name of ['sample', 'residual', 'zoo', 'preactivation', 'mlp']) {
      const [a, b] = [`${name}.as_intended.ts17.onnx`, `${name}.as_intended.dyn20.onnx`];
      const report = await matchFiles(exports.file(a), exports.file(b));
      assert.equal(report.verdict, 'match', `${name}: ${report.layers.flatMap(differences)} ${report.undecided}`);
      const back = await matchFiles(exports.file(b), exports.file(a));
      assert.equal(back.verdict, 'match', `${name}: ${back.layers.flatMap(differences)} ${back.undecided}`);
    }
  });

  it('differ from each other when one has a softmax behind, which no scheme excuses', async () => {
    const report = await matchFiles(
      exports.file('sample.as_intended.ts17.onnx'),
      exports.file('sample.softmax.ts17.onnx'),
    );
    assert.equal(report.verdict, 'mismatch');
  });

  it('may be the intended side, with the scheme as the other', async () => {
    const scheme = exports.schemeOf('sample');
    const good = await matchFiles(exports.file('sample.as_intended.dyn20.onnx'), scheme);
    assert.equal(good.verdict, 'match', `${good.layers.flatMap(differences)} ${good.undecided}`);
    const bad = await matchFiles(exports.file('sample.kernel.ts17.onnx'), scheme);
    assert.ok(bad.layers.flatMap(differences).includes('conv_layer_set_1 kernel'));
  });

  it('say what they do not show', async () => {
    const report = await exports.match('sample.as_intended.ts17.onnx');
    const told = report.cannotBeTold.join('\n');
    assert.match(told, /conv_layer_set_1: dropout 0.7/);
    assert.match(told, /conv_layer_set_2: batch normalization/);
    assert.match(told, /min_max normalisation/);
    const dynamo = await exports.match('sample.as_intended.dyn20.onnx');
    assert.doesNotMatch(dynamo.cannotBeTold.join('\n'), /batch normalization/);
  });

  it('are flagged first when they were exported in training mode', async () => {
    for (const exporter of ['dyn20', 'ts17']) {
      const { notes, verdict } = await exports.match(`sample.train.${exporter}.onnx`);
      assert.equal(verdict, 'mismatch', exporter);
      assert.match(notes[0]!, /training mode/, exporter);
    }
  });
});

function isAlike(file: string): boolean {
  const { network, variant } = partsOf(file);
  return ALIKE.has(variant) || ALIKE_IN[variant] === network;
}
