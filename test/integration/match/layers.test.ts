import assert from 'node:assert/strict';
import { describeWithPython } from '../../support/python';
import { Exports, partsOf, pythonExports } from './exports';
import { layerSchemes } from './layerSchemes';

describeWithPython('exports of PyTorch with the newer layer types', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(1_500_000);
    exports = Exports.open(await pythonExports(python, 'match_layers.py', ['match_exports.py']), layerSchemes());
  });

  after(() => exports.dispose());

  it('match when they are as intended, and with a single deviation they do not', async () => {
    const wrong: string[] = [];
    const files = exports.files();
    assert.ok(files.length >= 45);
    for (const file of files) {
      const { verdict, proof } = await exports.match(file);
      if (verdict !== expected(file) || (verdict === 'match' && !proof.holds)) wrong.push(`${file}: ${verdict}`);
    }
    assert.deepEqual(wrong, []);
  });
});

function expected(file: string): string {
  // TorchScript's exporter writes a shift of zeros where there is none: the file then has one.
  return partsOf(file).variant === 'as_intended' || file === 'layernorm.bias.ts17.onnx' ? 'match' : 'mismatch';
}
