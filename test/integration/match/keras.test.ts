import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MatchReport } from '../../../core/match/report';
import { matchFiles } from '../../../engine/match';
import { projectRoot } from '../../support/projectRoot';
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
  'zoo.elu': ['* extra'],
  'zoo.silu': ['conv_1 activation'],
  'zoo.order': ['conv_6 moved'],
  'gates.alpha': ['conv_2 alpha'],
  'averages.max': ['pool_2 average_pooling'],
  'preactivation.missing': ['norm missing'],
  'mobile.relu': ['pointwise_1 activation', 'pointwise_2 activation'],
};

/** The files come from test/python/keras_exports.py, by Keras 3.15 and tf2onnx 1.17. */
describe('real exports of Keras against their schemes', () => {
  const exports = path.join(projectRoot, 'test/fixtures/keras');
  const files = readdirSync(exports).filter((file) => file.endsWith('.onnx'));
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    for (const [name, text] of Object.entries(kerasSchemes())) writeFileSync(path.join(folder, `${name}.json`), text);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const match = (file: string): Promise<MatchReport> =>
    matchFiles(path.join(folder, `${file.split('.')[0]}.json`), path.join(exports, file));

  it('match when they compute what the scheme says, with the proof', async function () {
    this.timeout(60_000);
    const wrong: string[] = [];
    const alike = files.filter((file) => ALIKE.has(file.split('.')[1]!));
    assert.ok(alike.length >= 15);
    for (const file of alike) {
      const { verdict, proof, layers } = await match(file);
      if (verdict === 'match' && proof.holds && (proof.inputs?.length ?? 0) === 8) continue;
      wrong.push(`${file}: ${verdict}; ${proof.reason ?? ''}; ${layers.flatMap(found).join(', ')}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('do not match with a single deviation, which is told at the right row by the right key', async () => {
    const wrong: string[] = [];
    const deviating = files.filter((file) => !ALIKE.has(file.split('.')[1]!));
    assert.equal(deviating.length, Object.keys(DEVIATIONS).length);
    for (const file of deviating) {
      const expected = DEVIATIONS[file.split('.').slice(0, 2).join('.')];
      const report = await match(file);
      const seen = report.layers.flatMap(found);
      const complete = expected?.every((one) =>
        seen.some((other) => one === other || one === other.replace(/^\S+/, '*')),
      );
      if (report.verdict !== 'mismatch' || !complete) wrong.push(`${file}: ${report.verdict}: ${seen.join(', ')}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('say what is laid out differently', async () => {
    const { layers } = await match('sample.as_intended.tf13.onnx');
    const rules = (name: string) => layers.find((row) => row.name === name)?.reasons.map(({ rule }) => rule);
    assert.ok(rules('data')?.includes('channels-last'));
    assert.ok(rules('head')?.includes('flatten-order'));
    const first = await match('sample.nchw.tf15.onnx');
    assert.doesNotMatch(JSON.stringify(first.layers), /channels-last/);
  });

  it('say that a missing bias may have been one of zeros', async () => {
    const { cannotBeTold } = await match('mlp.bias.tf13.onnx');
    assert.match(cannotBeTold.join('\n'), /dense_2: use_bias/);
  });
});

/** `row status` and `row key` of everything that is different in a row. */
function found({ name, status, reasons }: MatchReport['layers'][number]): string[] {
  if (status === 'same' || status === 'equivalent' || status === 'cannot be told') return [];
  const keys = reasons.flatMap(({ kind, key }) => (kind === 'different' && key ? [`${name} ${key}`] : []));
  return [`${name} ${status}`, ...keys];
}
