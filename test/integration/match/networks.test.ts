import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyze } from '../../../core/shape/analyze';
import type { Network } from '../../../core/shape/network';
import { matchFiles } from '../../../engine/match';
import { projectRoot } from '../../support/projectRoot';
import { describeWithPython } from '../../support/python';
import { smallNetworks } from '../../unit/shape/smallNetworks';
import { deviationsOf } from './deviations';
import { Exports, partsOf, pythonExports } from './exports';

/** By the name that their files have. */
const networks = Object.fromEntries(
  Object.entries(smallNetworks).map(([name, scheme]) => [name.replaceAll(/[^a-z0-9]+/g, '_'), scheme]),
);

describeWithPython('exports of every layer type in every setting, as the PyTorch trainer builds them', (python) => {
  let exports: Exports;

  before(async function () {
    this.timeout(1_500_000);
    const texts = Object.fromEntries(Object.entries(networks).map(([name, scheme]) => [name, JSON.stringify(scheme)]));
    const parts = ['match_exports.py', 'match_layers.py', ...trainerFiles()];
    exports = Exports.open(await pythonExports(python, 'match_networks.py', parts, JSON.stringify(networks)), texts);
  });

  after(() => exports.dispose());

  it('match their schemes, with the proof', async () => {
    assert.equal(exports.files().length, Object.keys(networks).length);
    await exports.assertAlike(exports.files());
  });

  it('match no scheme that differs in a single place', async () => {
    const wrong: string[] = [];
    let count = 0;
    for (const file of exports.files()) {
      const { network } = partsOf(file);
      const intended = signatureOf(analyze(JSON.stringify(networks[network])).network!);
      // Every other one, which is enough for every kind of deviation of every layer type.
      const deviations = deviationsOf(networks[network]!).filter((_, place) => place % 2 === 0);
      for (const { what, scheme } of deviations) {
        const text = JSON.stringify(scheme);
        const other = analyze(text).network;
        if (!other || signatureOf(other) === intended) continue;
        count++;
        writeFileSync(exports.schemeOf('deviating'), text);
        const { verdict } = await matchFiles(exports.schemeOf('deviating'), exports.file(file), { numeric: false });
        if (verdict === 'match') wrong.push(`${file}, ${what}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(count > 250, `${count} deviations`);
  });
});

/** Those that make a network of a scheme, as seen from the scripts of `test/python`. */
function trainerFiles(): string[] {
  const names = readdirSync(path.join(projectRoot, 'trainer'), { recursive: true, encoding: 'utf8' });
  const building = /[\\/](network|builder|scheme|settings|layers[\\/]\w+|operations[\\/]\w+)\.py$/;
  return names.filter((name) => building.test(name)).map((name) => path.join('../../trainer', name));
}

/**
 * What a network computes, in words: two schemes with the same one are written differently, by a flatten that does nothing for
 * example. Left out is what no inference export shows: dropouts, and a bias in front of a batch normalization.
 */
function signatureOf({ operations, output }: Network): string {
  const spelled = new Map<string, string>();
  const isBeforeNormalization = (id: string) =>
    operations.some(({ kind, inputs }) => kind === 'batch_normalization' && inputs.includes(id));
  for (const operation of operations) {
    const { id, layer: _, inputs, inputShapes, outputShape, parameters, macs: __, kind, ...settings } = operation;
    const sources = inputs.map((input) => spelled.get(input) ?? input);
    const isNothing = kind === 'reshape' && String(inputShapes[0]) === String(outputShape);
    if (kind === 'dropout' || kind === 'flatten' || isNothing) spelled.set(id, sources[0]!);
    else {
      const own = isBeforeNormalization(id) ? { ...settings, useBias: undefined } : settings;
      spelled.set(id, `${kind}${JSON.stringify(own)}${inputShapes.join(';')}>${outputShape}(${sources.join(', ')})`);
    }
  }
  return spelled.get(output) ?? output;
}
