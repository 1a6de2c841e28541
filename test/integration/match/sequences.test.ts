import assert from 'node:assert/strict';
import { matchFiles } from '../../../engine/match';
import { describeWithPython } from '../../support/python';
import { differences, Exports, partsOf, pythonExports } from './exports';
import { sequenceSchemes } from './sequenceSchemes';

/** Deviations within what a layer computes, for which there are no words: whether it is the layer, is left open. */
const OPEN = new Set(['fewer_keys', 'over_queries', 'window', 'start', 'memory']);

/** Loops over cells, whose steps are no layer at all when one of them is another. */
const STEPS = new Set(['lstmcells', 'grucells']);

describeWithPython('exports of PyTorch with attention and recurrent layers, as people write them', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(1_500_000);
    const folder = await pythonExports(python, 'match_sequences.py', ['match_exports.py', 'match_layers.py']);
    exports = Exports.open(folder, sequenceSchemes());
  });

  after(() => exports.dispose());

  const isAlike = (file: string) => partsOf(file).variant.startsWith('as_');

  it('match however they are written, with the proof', async () => {
    const files = exports.files().filter(isAlike);
    assert.ok(files.length >= 25);
    const wrong: string[] = [];
    for (const file of files) {
      const { verdict, proof, layers } = await exports.match(file);
      if (verdict !== 'match' || !proof.holds) wrong.push(`${file}: ${verdict}: ${layers.flatMap(differences)}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('never match with a single deviation', async () => {
    const files = exports.files().filter((file) => !isAlike(file));
    assert.ok(files.length >= 40);
    const wrong: string[] = [];
    for (const file of files) {
      const { verdict } = await exports.match(file);
      const { network, variant } = partsOf(file);
      const isOpen = (OPEN.has(variant) || STEPS.has(network)) && verdict === 'undecided';
      if (verdict !== 'mismatch' && !isOpen) wrong.push(`${file}: ${verdict}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('agree with each other', async () => {
    const pairs = [
      ['attending.as_packed', 'attending.as_operator'],
      ['encoder.as_blocks', 'encoder.as_packed'],
      ['lastlstm.as_state', 'lastlstm.as_position'],
      ['bothends.as_joined', 'bothends.as_transposed'],
    ];
    for (const pair of pairs) {
      const files = pair.map((start) => exports.files().find((file) => file.startsWith(`${start}.`))!);
      for (const [a, b] of [files, [...files].reverse()]) {
        const { verdict, layers, undecided, proof } = await matchFiles(exports.file(a!), exports.file(b!));
        const why = `${a} ${b}: ${layers.flatMap(differences)} ${undecided} ${proof.reason}`;
        assert.deepEqual(layers.flatMap(differences), [], why);
        assert.equal(proof.done, true, why);
        assert.equal(verdict, 'match', why);
      }
    }
  });
});
