/**
 * What matching makes of real exports, by exporter. A false match is an export with a deliberate deviation that is called a
 * match, a false mismatch one that computes what was intended and is called a mismatch; open ones are `undecided`. Each folder
 * was filled by one of the scripts:
 *
 *   python test/python/match_exports.py A --all; python test/python/match_layers.py B; python test/python/keras_exports.py C
 *   python test/python/match_sequences.py F --all; python test/python/match_quantized.py G
 *   python test/python/corpus/torch_corpus.py D; python test/python/corpus/keras_corpus.py E; and the others there
 *   node esbuild.mjs && node out/test/benchmark/matchOutcome.bench.js A B C D E
 *
 * Files are `<network>.<variant>.<exporter>.onnx`. Their scheme is `<network>.json` beside them or one of the tests' own; where
 * there is none, an export is held against the network's own export by another exporter.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MatchReport } from '../../core/match/report';
import { matchFiles } from '../../engine/match';
import { differences, partsOf } from '../integration/match/exports';
import { kerasSchemes } from '../integration/match/kerasSchemes';
import { layerSchemes } from '../integration/match/layerSchemes';
import { schemes } from '../integration/match/schemes';
import { sequenceSchemes } from '../integration/match/sequenceSchemes';

interface Outcome {
  alike: number;
  deviating: number;
  'false matches': number;
  'false mismatches': number;
  'open, alike': number;
  'open, deviating': number;
}

/** Variants that compute what their scheme says: a bias that Keras leaves out may be one of zeros, TorchScript writes one. */
const ALIKE = /\.(as_\w+|view|reshape|softmax|pool_first|zero_pad|operands|permuted|nchw)\.|^residual\.mean\./;
const ALIKE_BIAS = /^(mlp|vgg)\.bias\.(tf|keras)|^layernorm\.bias\.ts/;
/** Where 8 bits end below six, a relu and a relu6 are the same function. */
const ALIKE_IN_8_BITS = /^grouped\.relu\.(fixed|operators)\./;

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'matchdown-outcome-'));
  const byExporter = new Map<string, Outcome>();
  const networks = new Set<string>();
  for (const folder of process.argv.slice(2)) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
    for (const file of files) {
      const intended = intendedSide(folder, file, files, work);
      if (intended === undefined) continue;
      const { exporter, network } = partsOf(file);
      networks.add(`${folder} ${network}`);
      const outcome = byExporter.get(exporter) ?? none();
      byExporter.set(exporter, outcome);
      count(
        outcome,
        await matchFiles(intended, path.join(folder, file)),
        ALIKE.test(file) || ALIKE_BIAS.test(file) || ALIKE_IN_8_BITS.test(file),
        file,
      );
    }
  }
  rmSync(work, { recursive: true, force: true });
  console.table(Object.fromEntries([...byExporter, ['all', total([...byExporter.values()])]]));
  console.log(`${networks.size} networks`);
}

/** A scheme's path, or an export's; nothing for the export that the others are held against. */
function intendedSide(folder: string, file: string, files: readonly string[], work: string): string | undefined {
  const { network, exporter } = partsOf(file);
  const beside = path.join(folder, `${network}.json`);
  if (existsSync(beside)) return beside;
  const isKeras = exporter.startsWith('tf') || exporter === 'keras';
  const text = (isKeras ? kerasSchemes() : { ...schemes(), ...layerSchemes(), ...sequenceSchemes() })[network];
  if (text === undefined) {
    const first = files.find((name) => name.startsWith(`${network}.as_intended.`));
    return first === undefined || first === file ? undefined : path.join(folder, first);
  }
  const scheme = path.join(work, 'scheme.json');
  writeFileSync(scheme, text);
  return scheme;
}

function none(): Outcome {
  return {
    alike: 0,
    deviating: 0,
    'false matches': 0,
    'false mismatches': 0,
    'open, alike': 0,
    'open, deviating': 0,
  };
}

function total(outcomes: readonly Outcome[]): Outcome {
  const sum = none();
  for (const outcome of outcomes) {
    for (const key of Object.keys(sum) as (keyof Outcome)[]) sum[key] += outcome[key];
  }
  return sum;
}

/** Wrong ones and open ones are named, with what was found. */
function count(outcome: Outcome, report: MatchReport, isAlike: boolean, file: string): void {
  const { verdict } = report;
  outcome[isAlike ? 'alike' : 'deviating']++;
  if (verdict === 'undecided') outcome[isAlike ? 'open, alike' : 'open, deviating']++;
  else if (verdict === 'match' && !isAlike) outcome['false matches']++;
  else if (verdict === 'mismatch' && isAlike) outcome['false mismatches']++;
  else return;
  const why = [report.proof.reason ?? '', ...report.undecided, ...report.layers.flatMap(differences)];
  console.log(
    `${verdict}: ${file}: ${why
      .filter((text) => text !== '')
      .slice(0, 6)
      .join('; ')}`,
  );
}

main();
