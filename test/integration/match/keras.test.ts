import assert from 'node:assert/strict';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';
import { Exports, partsOf } from './exports';
import { kerasSchemes } from './kerasSchemes';

/** Variants that compute what the scheme says; without a bias, Keras' export is one of zeros too. */
const ALIKE = new Set(['as_intended', 'softmax', 'permuted', 'nchw', 'bias']);

/** What each deviation must be found out by, by network and variant. */
const DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  'sample.kernel': ['conv_1 kernel', 'conv_2 kernel'],
  'sample.relu': ['conv_1 activation', 'conv_2 activation'],
  'sample.alpha': ['conv_1 alpha', 'conv_2 alpha'],
  'sample.channel': ['conv_1 channel'],
  'sample.average': ['conv_1 maxpooling', 'conv_2 maxpooling'],
  'sample.valid': ['conv_1 padding', 'conv_2 padding'],
  'sample.mean': ['* extra', 'head different'],
  'vgg.missing': ['conv_4 missing'],
  'vgg.extra': ['* extra'],
  'vgg.unit': ['dense_1 unit'],
  'residual.without_shortcut': ['sum missing'],
  'residual.product': ['sum type'],
  'residual.other_shortcut': ['sum input'],
  'branches.kernel': ['right kernel'],
  'branches.order': ['join input'],
  'branches.max': ['mean type'],
  'mlp.sigmoid': ['dense_2 activation'],
  'mlp.extra': ['* extra'],
  'zoo.elu': ['conv_2 alpha'],
  'zoo.silu': ['conv_1 activation'],
  'zoo.order': ['conv_6 moved'],
  'gates.alpha': ['conv_2 alpha'],
  'averages.max': ['pool_2 average_pooling'],
  'preactivation.missing': ['norm missing'],
  'mobile.relu': ['pointwise_1 activation', 'pointwise_2 activation'],
};

/** The files come from test/python/keras_exports.py, by Keras 3.15 and tf2onnx 1.17. */
describe('real exports of Keras against their schemes', () => {
  let exports: Exports;

  before(() => {
    exports = Exports.open(path.join(projectRoot, 'test/fixtures/keras'), kerasSchemes());
  });

  after(() => exports.dispose());

  it('match when they compute what the scheme says, with the proof', async () => {
    const alike = exports.files().filter(isAlike);
    assert.ok(alike.length >= 15);
    await exports.assertAlike(alike);
  });

  it('do not match with a single deviation, which is told at the right row by the right key', async () => {
    const deviating = exports.files().filter((file) => !isAlike(file));
    assert.equal(deviating.length, Object.keys(DEVIATIONS).length);
    await exports.assertDeviating(deviating, DEVIATIONS);
  });

  it('say what is laid out differently', async () => {
    const { layers } = await exports.match('sample.as_intended.tf13.onnx');
    const rules = (name: string) => layers.find((row) => row.name === name)?.reasons.map(({ rule }) => rule);
    assert.ok(rules('data')?.includes('channels-last'));
    assert.ok(rules('head')?.includes('flatten-order'));
    const first = await exports.match('sample.nchw.tf15.onnx');
    assert.doesNotMatch(JSON.stringify(first.layers), /channels-last/);
  });

  it('say that a missing bias may have been one of zeros', async () => {
    const { cannotBeTold } = await exports.match('mlp.bias.tf13.onnx');
    assert.match(cannotBeTold.join('\n'), /dense_2: use_bias/);
  });
});

function isAlike(file: string): boolean {
  return ALIKE.has(partsOf(file).variant);
}
