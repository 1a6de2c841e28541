import assert from 'node:assert/strict';
import { describeWithPython } from '../../support/python';
import { differences, Exports, pythonExports } from './exports';
import { layerSchemes } from './layerSchemes';
import { schemes } from './schemes';

describeWithPython('exports of PyTorch that ONNX Runtime has quantised', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(1_500_000);
    const folder = await pythonExports(python, 'match_quantized.py', ['match_exports.py', 'match_layers.py']);
    exports = Exports.open(folder, { ...schemes(), ...layerSchemes() });
  });

  after(() => exports.dispose());

  it('match as what they are: quantised, with a proof that allows for it', async () => {
    for (const file of ['vgg', 'residual', 'mlp'].flatMap((name) =>
      ['fixed', 'channels', 'dynamic', 'operators'].map((way) => `${name}.as_intended.${way}.onnx`),
    )) {
      const { verdict, proof, layers, notes } = await exports.match(file);
      assert.equal(verdict, 'match', `${file}: ${layers.flatMap(differences)} ${proof.reason}`);
      assert.ok(proof.tolerance!.relative > 0.01 && proof.maxRelativeError! > 1e-4, file);
      assert.match(notes.join(), /is quantised: it rounds to 8 bits/);
      // Where there are weights, nothing is the same.
      assert.ok(
        layers.every(({ status, exported }) => !exported?.parameters || status !== 'same'),
        file,
      );
    }
  });

  it('never match with a deviation', async () => {
    const deviating = exports.files().filter((file) => !/as_intended|grouped/.test(file));
    assert.ok(deviating.length >= 14);
    for (const file of deviating) {
      assert.equal((await exports.match(file)).verdict, 'mismatch', file);
    }
  });

  it('match where rounding changes the outputs, by a proof without the roundings', async () => {
    for (const way of ['fixed', 'channels', 'operators']) {
      const { verdict, layers, proof, notes } = await exports.match(`transformer.as_intended.${way}.onnx`);
      assert.equal(verdict, 'match', `${way}: ${layers.flatMap(differences)} ${proof.reason}`);
      assert.ok(proof.rounding!.maxRelativeError > 0.1 && proof.maxRelativeError! < 1e-4, way);
      assert.match(notes.join(), /the roundings between layers were taken out/);
    }
  });

  it('match where a recurrent layer is quantised, too', async () => {
    const { verdict, notes } = await exports.match('lstm.as_intended.dynamic.onnx');
    assert.equal(verdict, 'match');
    assert.match(notes.join(), /is quantised/);
  });

  it('do not show whether a relu ends at six', async () => {
    for (const name of ['as_intended.fixed', 'relu.fixed', 'as_intended.operators', 'relu.operators']) {
      const { verdict, cannotBeTold } = await exports.match(`grouped.${name}.onnx`);
      assert.equal(verdict, 'match');
      assert.match(cannotBeTold.join(), /depthwise: activation: a relu or a clip/);
    }
  });
});
