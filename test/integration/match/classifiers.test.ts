import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MatchReport } from '../../../core/match/report';
import { parseModel } from '../../../core/onnx/parseText';
import { encodeModel } from '../../../core/onnx/write';
import { matchFiles } from '../../../engine/match';

function scheme(labelType: string, unit: number, { activation = {}, normalize = 'none' } = {}): string {
  const network = [
    { name: 'hidden', type: 'dense_set', unit: 2, activation: 'relu' },
    { name: 'output', type: 'dense_set', unit, ...activation },
  ];
  const data = { batch_size: 8, input_size: [3], label_dim: unit, label_type: labelType, normalize };
  return JSON.stringify({ data, model: { learning_rate: 0.1, network } });
}

const ONE_UNIT = scheme('multi_label', 1);
const TWO_CLASSES = scheme('classification', 2);
const SIGMOID = scheme('regression', 1, { activation: { activation: 'sigmoid' } });

/** As skl2onnx 1.20 writes `MLPClassifier([2])` of two classes, without the label; `head` makes `y` of the probability `p`. */
function exported({
  head = 'n = Sub(one, p)\n y = Concat<axis = 1>(n, p)',
  front = 'a = Identity(x)',
  width = 2,
} = {}): string {
  const weights = 'float[3,2] h = {1, -2, 3, -4, 5, -6}, float[1,2] hb = {1, 2}, float[2,1] o = {0.5, -0.3}';
  const constants = `${weights}, float[1,1] ob = {0.2}, float one = {1}, float[3] m = {1, 2, 3}, float[3] r = {4, 5, 6}`;
  const nodes = `${front}\n b = MatMul(a, h)\n c = Add(b, hb)\n d = Relu(c)\n e = MatMul(d, o)\n z = Add(e, ob)\n p = Sigmoid(z)\n ${head}`;
  const imports = '<opset_import: ["" : 17, "ai.onnx.ml" : 1]>';
  return `${imports} g (float[batch,3] x) => (float[batch,${width}] y) <${constants}> {\n${nodes}\n}`;
}

describe('a classifier of two classes', () => {
  let folder: string;
  const match = (intended: string, text: string): Promise<MatchReport> => {
    const [schemeFile, model] = [path.join(folder, 'scheme.json'), path.join(folder, 'model.onnx')];
    writeFileSync(schemeFile, intended);
    writeFileSync(model, encodeModel(parseModel(text)));
    return matchFiles(schemeFile, model);
  };
  const messages = ({ layers }: MatchReport): string =>
    layers.flatMap(({ reasons }) => reasons.map((each) => each.message)).join('\n');
  const assertMatch = async (intended: string, text: string, words: RegExp): Promise<MatchReport> => {
    const report = await match(intended, text);
    assert.equal(report.verdict, 'match', `${messages(report)}\n${report.proof.reason}`);
    assert.ok(report.proof.holds);
    assert.match(messages(report), words);
    return report;
  };

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is one unit, whose probability has its complement beside it', async () => {
    await assertMatch(ONE_UNIT, exported(), /1 - p beside the probability p/);
    await assertMatch(SIGMOID, exported(), /1 - p beside the probability p/);
    await assertMatch(ONE_UNIT, exported({ head: 'y = Identity(p)', width: 1 }), /a sigmoid behind/);
  });

  it('is two classes, too, as a softmax of two units gives no more', async () => {
    const report = await assertMatch(
      TWO_CLASSES,
      exported(),
      /what a softmax of two units gives, of which the first is 0/,
    );
    assert.deepEqual([report.intended.parameters, report.exported.parameters], [14, 11]);
  });

  it('is not seen where something else is given out', async () => {
    const heads = {
      'the probability in front': 'n = Sub(one, p)\n y = Concat<axis = 1>(p, n)',
      'the complement of another value': 'n = Sub(one, z)\n y = Concat<axis = 1>(n, p)',
      'something else than the complement': 'two = Add(one, one)\n n = Sub(two, p)\n y = Concat<axis = 1>(n, p)',
    };
    for (const [name, head] of Object.entries(heads)) {
      for (const intended of [ONE_UNIT, TWO_CLASSES]) {
        assert.equal((await match(intended, exported({ head }))).verdict, 'mismatch', name);
      }
    }
    assert.equal(
      (await match(scheme('regression', 1), exported())).verdict,
      'mismatch',
      'a sigmoid that nobody asked for',
    );
    const tanh = exported().replace('Sigmoid', 'Tanh');
    for (const intended of [ONE_UNIT, TWO_CLASSES]) assert.equal((await match(intended, tanh)).verdict, 'mismatch');
  });

  it('may end in the logarithm of its softmax, as PyTorch programs have it', async () => {
    const scores = exported({ head: 'q = Concat<axis = 1>(z, p)\n y = LogSoftmax<axis = -1>(q)' });
    const twoUnits = scores
      .replace('float[2,1] o = {0.5, -0.3}', 'float[2,2] o = {0.5, -0.3, 1, 2}')
      .replace('float[1,1] ob = {0.2}', 'float[1,2] ob = {0.2, 0.1}');
    const plain = twoUnits.replace(
      'p = Sigmoid(z)\n q = Concat<axis = 1>(z, p)\n y = LogSoftmax<axis = -1>(q)',
      'y = LogSoftmax<axis = -1>(z)',
    );
    await assertMatch(TWO_CLASSES, plain, /a log_softmax behind the logits/);
    assert.equal((await match(TWO_CLASSES, plain.replace('axis = -1', 'axis = 0'))).verdict, 'mismatch');
    assert.equal((await match(scheme('regression', 2), plain)).verdict, 'mismatch');
  });

  it('may give its only output without an axis of its own', async () => {
    const squeezed = (from: string) =>
      exported({ head: `y = Squeeze(${from}, axis)`, width: 1 })
        .replace('[batch,1] y', '[batch] y')
        .replace('float one', 'int64[1] axis = {1}, float one');
    await assertMatch(ONE_UNIT, squeezed('p'), /only output of a sample without an axis/);
    await assertMatch(scheme('regression', 1), squeezed('z'), /only output of a sample without an axis/);
    assert.equal((await match(scheme('regression', 1), squeezed('p'))).verdict, 'mismatch');
    const summed = exported({ head: 'y = ReduceSum(p, axis)', width: 1 }).replace(
      'float one',
      'int64[1] axis = {0}, float one',
    );
    assert.equal((await match(ONE_UNIT, summed)).verdict, 'mismatch');
  });

  it("has its values normalised by scikit-learn's scalers", async () => {
    const normalized = scheme('multi_label', 1, { normalize: 'z_score' });
    const scaler = 'a = ai.onnx.ml.Scaler<offset = [1.0, 2.0, 3.0], scale = [4.0, 5.0, 6.0]>(x)';
    await assertMatch(normalized, exported({ front: scaler }), /z_score normalisation in front \(Scaler\)/);
    const range = 's = Cast<to = 1>(x)\n t = Mul(s, r)\n a = Add(t, m)';
    await assertMatch(normalized, exported({ front: range }), /z_score normalisation in front \(Mul, Add\)/);
    assert.equal((await match(ONE_UNIT, exported({ front: scaler }))).verdict, 'mismatch');
  });
});
