import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { matchFiles } from '../../../engine/match';
import { cachedFolder } from '../../support/cache.mjs';
import { projectRoot } from '../../support/projectRoot';
import { describeWithPython } from '../../support/python';
import { layerSchemes } from './layerSchemes';

/** Networks with a layer that is not read yet: no export of theirs may be called a match or, when it is alike, a mismatch. */
const UNREAD = new Set(['transformer', 'lstm', 'gru']);
/** What differs, where it stands apart from the unread layer. */
const APART = new Set(['transformer.head']);

describeWithPython('exports of PyTorch with the newer layer types', (python) => {
  let exports: string;
  let folder: string;
  const script = path.join(projectRoot, 'test/python/match_layers.py');

  before(async function () {
    this.timeout(300_000);
    const key = createHash('sha256').update(readFileSync(script)).update(python).digest('hex').slice(0, 12);
    exports = await cachedFolder(`match-layers-${key}`, async (unfinished) => {
      await promisify(execFile)(python, [script, unfinished], { timeout: 290_000, maxBuffer: 1 << 26 });
    });
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    for (const [name, text] of Object.entries(layerSchemes())) writeFileSync(path.join(folder, `${name}.json`), text);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('match, differ, or are left open where a layer cannot be read', async function () {
    this.timeout(120_000);
    const wrong: string[] = [];
    const files = readdirSync(exports).filter((file) => file.endsWith('.onnx'));
    assert.ok(files.length >= 45);
    for (const file of files) {
      const { verdict, proof } = await matchFiles(
        path.join(folder, `${file.split('.')[0]}.json`),
        path.join(exports, file),
      );
      const isRight =
        verdict === 'match' ? proof.holds === true && expected(file).has('match') : expected(file).has(verdict);
      if (!isRight) wrong.push(`${file}: ${verdict}`);
    }
    assert.deepEqual(wrong, []);
  });
});

function expected(file: string): ReadonlySet<string> {
  const [network = '', variant] = file.split('.');
  // TorchScript's exporter writes a shift of zeros where there is none: the file then has one.
  if (file === 'layernorm.bias.ts17.onnx') return new Set(['match']);
  if (!UNREAD.has(network)) return new Set([variant === 'as_intended' ? 'match' : 'mismatch']);
  if (APART.has(`${network}.${variant}`)) return new Set(['mismatch']);
  return new Set(variant === 'as_intended' ? ['undecided'] : ['undecided', 'mismatch']);
}
