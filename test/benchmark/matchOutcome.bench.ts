/**
 * What matching makes of real exports, by exporter: how many, false matches, false mismatches, left open. A false match is an
 * export with a deliberate deviation that is called a match.
 *
 *   python test/python/match_exports.py A --all; python test/python/match_layers.py B; python test/python/keras_exports.py C
 *   node esbuild.mjs && node out/test/benchmark/matchOutcome.bench.js A B C
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { matchFiles } from '../../engine/match';
import { kerasSchemes } from '../integration/match/kerasSchemes';
import { layerSchemes } from '../integration/match/layerSchemes';
import { schemes } from '../integration/match/schemes';

interface Outcome {
  exports: number;
  'false matches': number;
  'false mismatches': number;
  open: number;
}

/** Variants that compute what their scheme says: a bias that Keras leaves out may be one of zeros, TorchScript writes one. */
const ALIKE = /\.(as_intended|view|reshape|softmax|pool_first|zero_pad|operands|permuted|nchw)\.|^residual\.mean\./;
const ALIKE_BIAS = /^(mlp|vgg)\.bias\.(tf|keras)|^layernorm\.bias\.ts/;

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'matchdown-outcome-'));
  const byExporter: Record<string, Outcome> = {};
  for (const folder of process.argv.slice(2)) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
      const exporter = file.split('.')[2] ?? '';
      byExporter[exporter] ??= { exports: 0, 'false matches': 0, 'false mismatches': 0, open: 0 };
      const scheme = path.join(work, 'scheme.json');
      writeFileSync(scheme, schemeOf(file, exporter));
      const { verdict } = await matchFiles(scheme, path.join(folder, file));
      count(byExporter[exporter], verdict, ALIKE.test(file) || ALIKE_BIAS.test(file), file);
    }
  }
  rmSync(work, { recursive: true, force: true });
  console.table(byExporter);
}

function schemeOf(file: string, exporter: string): string {
  const network = file.split('.')[0] ?? '';
  const isKeras = exporter.startsWith('tf') || exporter === 'keras';
  const text = (isKeras ? kerasSchemes() : { ...schemes(), ...layerSchemes() })[network];
  if (text === undefined) throw new Error(`There is no scheme for ${file}.`);
  return text;
}

/** Wrong ones and open ones are named. */
function count(outcome: Outcome, verdict: string, isAlike: boolean, file: string): void {
  outcome.exports++;
  if (verdict === 'undecided') outcome.open++;
  else if (verdict === 'match' && !isAlike) outcome['false matches']++;
  else if (verdict === 'mismatch' && isAlike) outcome['false mismatches']++;
  else return;
  console.log(`${verdict}: ${file}`);
}

main();
