import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';
import { Exports, partsOf } from './exports';

/** What each deviation must be found out by, by network and variant. */
const DEVIATIONS: Readonly<Record<string, readonly string[]>> = {
  'group_norm.groups': ['group_normalization_5 groups'],
  'text_norm.epsilon': ['layer_normalization_2 epsilon'],
  'slopes.alpha': ['conv2d_set_1 alpha'],
  'm5.kernel': ['conv1d_set_3 kernel'],
  'text_cnn.order': ['conv_2 kernel', 'conv_4 kernel'],
  'lstm.unit': ['lstm_set_2 unit'],
  'attention.heads': ['attention_set_2 heads'],
};

/** The files and their schemes come from test/python/corpus/keras_corpus.py, by Keras 3.15 and tf2onnx 1.17. */
describe('layers of every type from Keras against their schemes', () => {
  const folder = path.join(projectRoot, 'test/fixtures/kerasLayers');
  let exports: Exports;

  before(() => {
    const schemes = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const texts = schemes.map((file) => [path.basename(file, '.json'), readFileSync(path.join(folder, file), 'utf8')]);
    exports = Exports.open(folder, Object.fromEntries(texts));
  });

  after(() => exports.dispose());

  it('match when they compute what the scheme says, with the proof', async () => {
    const alike = exports.files().filter((file) => isAlike(file));
    assert.ok(alike.length >= 14);
    await exports.assertAlike(alike);
  });

  it('do not match with a single deviation, which is told at the right row by the right key', async () => {
    const deviating = exports.files().filter((file) => !isAlike(file));
    assert.equal(deviating.length, Object.keys(DEVIATIONS).length);
    await exports.assertDeviating(deviating, DEVIATIONS);
  });

  it('say that no runtime can load Erfc, which the proof computes in another way', async () => {
    const { verdict, notes, proof } = await exports.match('convnext.as_intended.tf13.onnx');
    assert.equal(verdict, 'match');
    assert.equal(proof.holds, true);
    assert.match(notes[0]!, /holds Erfc, which is no operator of ONNX/);
  });

  it('read a recurrent layer that is a loop', async () => {
    const { layers } = await exports.match('gru.as_intended.keras.onnx');
    const row = layers.find(({ name }) => name === 'gru_set_2');
    assert.ok(row);
    assert.ok(row.reasons.some(({ rule }) => rule === 'recurrent-steps'));
    assert.equal(row.exported?.nodes.filter(({ opType }) => opType === 'Loop').length, 1);
  });
});

function isAlike(file: string): boolean {
  return partsOf(file).variant === 'as_intended';
}
