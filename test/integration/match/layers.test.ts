import assert from 'node:assert/strict';
import { describeWithPython } from '../../support/python';
import { Exports, partsOf, pythonExports } from './exports';
import { layerSchemes } from './layerSchemes';

/** Networks with a layer that is not read yet: no export of theirs may be called a match or, when it is alike, a mismatch. */
const UNREAD = new Set(['transformer', 'lstm', 'gru']);
/** What differs, where it stands apart from the unread layer. */
const APART = new Set(['transformer.head']);

describeWithPython('exports of PyTorch with the newer layer types', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(300_000);
    exports = Exports.open(await pythonExports(python, 'match_layers.py', 'match_exports.py'), layerSchemes());
  });

  after(() => exports.dispose());

  it('match, differ, or are left open where a layer cannot be read', async function () {
    this.timeout(120_000);
    const wrong: string[] = [];
    const files = exports.files();
    assert.ok(files.length >= 45);
    for (const file of files) {
      const { verdict, proof } = await exports.match(file);
      const isRight =
        verdict === 'match' ? proof.holds === true && expected(file).has('match') : expected(file).has(verdict);
      if (!isRight) wrong.push(`${file}: ${verdict}`);
    }
    assert.deepEqual(wrong, []);
  });
});

function expected(file: string): ReadonlySet<string> {
  const { network, variant } = partsOf(file);
  // TorchScript's exporter writes a shift of zeros where there is none: the file then has one.
  if (file === 'layernorm.bias.ts17.onnx') return new Set(['match']);
  if (!UNREAD.has(network)) return new Set([variant === 'as_intended' ? 'match' : 'mismatch']);
  if (APART.has(`${network}.${variant}`)) return new Set(['mismatch']);
  return new Set(variant === 'as_intended' ? ['undecided'] : ['undecided', 'mismatch']);
}
