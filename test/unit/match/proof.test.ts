import assert from 'node:assert/strict';
import { compareSides } from '../../../core/match/compare/compare';
import { matchSides } from '../../../core/match/match';
import { judgeProof, type ProofOutputs, type ProofPlan, planProof } from '../../../core/match/proof/proof';
import { tensorValues } from '../../../core/onnx/tensor';
import { alike, graphText, side } from './fixtures';

const FLAT = 'float[batch,2] x';
const dense = (weight: string, more = '', batch = 'batch') =>
  graphText(
    `y = Gemm<transB = 1>(x, w, b)${more}`,
    `float[2,2] w${weight}, float[2] b = {1, 2}`,
    FLAT.replace('batch', batch),
  );

function planned(intended: string, exported: string): ProofPlan {
  const plan = planProof(compareSides(side(intended), side(exported)));
  if (!plan.ok) throw new Error(plan.reason);
  return plan.value;
}

function weights(plan: ProofPlan): Record<string, number[]> {
  return Object.fromEntries(plan.model.graph.initializers.map((tensor) => [tensor.name, [...tensorValues(tensor)!]]));
}

describe('weights', () => {
  it('are carried into the intended graph, transposed where it has them so', () => {
    const exported = graphText(
      'a = MatMul(x, m)\n y = Add(a, c)',
      'float[2,2] m = {1, 2, 3, 4}, float[2] c = {5, 6}',
      FLAT,
    );
    assert.deepEqual(weights(planned(dense(''), exported)), { w: [1, 3, 2, 4], b: [5, 6] });
  });

  it('of a folded batch norm leave the intended one with nothing to do', () => {
    const intended = graphText(
      'c = Gemm<transB = 1>(x, w, b)\n y = BatchNormalization<epsilon = 0.0>(c, s, h, m, v)',
      'float[2,2] w, float[2] b, float[2] s, float[2] h, float[2] m, float[2] v = {3, 4}',
      FLAT,
    );
    const { w, b, s, h, m, v } = weights(planned(intended, dense(' = {1, 2, 3, 4}')));
    assert.deepEqual({ w, b, s, h, m, v }, { w: [1, 2, 3, 4], b: [1, 2], s: [1, 1], h: [0, 0], m: [0, 0], v: [1, 1] });
  });

  it('of a visible batch norm are folded where the intended graph has none', () => {
    const exported = graphText(
      'c = Gemm<transB = 1>(x, w, b)\n y = BatchNormalization<epsilon = 0.0>(c, s, h, m, v)',
      'float[2,2] w = {1, 2, 3, 4}, float[2] b = {1, 1}, float[2] s = {2, 3}, float[2] h = {10, 20}, float[2] m = {1, 0}, float[2] v = {4, 1}',
      FLAT,
    );
    assert.deepEqual(weights(planned(dense(''), exported)), { w: [1, 2, 9, 12], b: [10, 23] });
  });

  it('that two layers share in the intended graph only cannot be carried', () => {
    const two = (second: string, constants: string) =>
      graphText(`a = Gemm<transB = 1>(x, w)\n y = Gemm<transB = 1>(a, ${second})`, constants, FLAT);
    const plan = planProof(compareSides(side(two('w', 'float[2,2] w')), side(two('u', 'float[2,2] w, float[2,2] u'))));
    assert.ok(!plan.ok);
    assert.match(plan.reason, /shares its weights/);
  });
});

describe('the numeric proof', () => {
  const plan = planned(dense(''), dense(' = {1, 2, 3, 4}'));
  const answers = (change: (values: number[], index: number) => number[]): ProofOutputs[] =>
    plan.cases.map(({ batch }, index) => {
      const values = Array.from({ length: 2 * batch }, (_, at) => 1 + at);
      return {
        intended: [{ values: Float32Array.from(values), shape: [batch, 2] }],
        exported: [{ values: Float32Array.from(change(values, index)), shape: [batch, 2] }],
      };
    });

  it('is on four kinds of inputs at two batch sizes, the same every time', () => {
    assert.deepEqual(
      plan.cases.map(({ name, batch }) => `${name} ${batch}`),
      [...['normal 1', 'zero 1', 'large 1', 'small 1', 'normal 3', 'zero 3', 'large 3', 'small 3']],
    );
    assert.deepEqual(planned(dense(''), dense(' = {1, 2, 3, 4}')).cases, plan.cases);
    assert.ok(plan.cases[2]!.intended[0]!.values.some((value) => Math.abs(value) > 100));
  });

  it('is at the one size that a frozen batch axis allows', () => {
    assert.ok(planned(dense(''), dense('', '', '2')).cases.every(({ batch }) => batch === 2));
  });

  it('holds within the tolerance and says the error that it saw', () => {
    const proof = judgeProof(
      plan,
      answers((values) => values.map((value) => value * (1 + 5e-5))),
    );
    assert.equal(proof.holds, true);
    assert.ok(proof.maxAbsoluteError! > 2e-4 && proof.maxRelativeError! < 1e-4);
  });

  it('does not hold beyond it, in one case or in all', () => {
    assert.equal(
      judgeProof(
        plan,
        answers((values) => values.map((value) => value * 1.01)),
      ).holds,
      false,
    );
    const oneCase = judgeProof(
      plan,
      answers((values, index) => (index === 6 ? values.map((value) => value + 0.1) : values)),
    );
    assert.equal(oneCase.holds, false);
    assert.match(oneCase.reason!, /large inputs at batch 3/);
  });

  it('does not hold when one side is not a number or has another shape', () => {
    assert.equal(
      judgeProof(
        plan,
        answers((values) => [Number.NaN, ...values.slice(1)]),
      ).holds,
      false,
    );
    const reshaped = answers((values) => values).map(({ intended, exported }) => ({
      intended,
      exported: exported.map(({ values, shape }) => ({ values, shape: [...shape].reverse() })),
    }));
    assert.equal(judgeProof(plan, reshaped).holds, false);
  });
});

describe('graphs of several inputs and outputs', () => {
  const two = (nodes: string, inputs = 'float[batch,2] a, float[batch,2] b') =>
    `<opset_import: ["" : 17]> g (${inputs}) => (float y, float z) <float[2,2] w, float[2,2] u> {\n${nodes}\n}`;
  const plain = two('y = MatMul(a, w)\n z = MatMul(b, u)');

  it('are fed each with values of its own, and every output is held against the other side', () => {
    const plan = planned(plain, plain);
    const [first] = plan.cases;
    assert.deepEqual(plan.exported.outputs, ['y', 'z']);
    assert.equal(first!.intended.length, 2);
    assert.notDeepEqual(first!.intended[0]!.values, first!.intended[1]!.values);
    const answer = (last: number): ProofOutputs[] =>
      plan.cases.map(({ batch }) => {
        const value = (number: number) => ({ values: new Float32Array(2 * batch).fill(number), shape: [batch, 2] });
        return { intended: [value(1), value(2)], exported: [value(1), value(last)] };
      });
    assert.equal(judgeProof(plan, answer(2)).holds, true);
    assert.equal(judgeProof(plan, answer(3)).holds, false);
  });

  it('differ when inputs or outputs change places, or one is left out', () => {
    const isAlikeTo = (text: string) => planProof(compareSides(side(plain), side(text))).ok && alike(plain, text);
    assert.ok(isAlikeTo(plain));
    assert.ok(!alike(plain, two('y = MatMul(b, w)\n z = MatMul(a, u)')));
    assert.ok(!alike(plain, two('z = MatMul(a, w)\n y = MatMul(b, u)')));
    assert.ok(!alike(plain, graphText('y = MatMul(x, w)', 'float[2,2] w', FLAT)));
  });

  it('take the batch wherever it stands, and token ids below the vocabulary', () => {
    const text = `<opset_import: ["" : 17]> g (int64[batch,length] t, float[2,batch,3] s) => (float y, float z)
 <float[5,4] e> {\n y = Gather(e, t)\n z = Relu(s)\n}`;
    const plan = planned(text, text);
    const last = plan.cases.find(({ name, batch }) => name === 'normal' && batch === 3)!;
    assert.deepEqual(
      last.exported.map(({ shape }) => shape),
      [
        [3, 16],
        [2, 3, 3],
      ],
    );
    const ids = [...last.exported[0]!.values];
    assert.ok(ids.every((id) => id >= 0 && id < 5) && ids.some((id) => id > 1));
  });
});

describe('the verdict', () => {
  const proven = async () => ({ done: true, holds: true });
  const same = [side(dense('')), side(dense(' = {1, 2, 3, 4}'))] as const;
  const other = side(
    dense('')
      .replace('float[2,2] w', 'float[2,2] w')
      .replace('y = Gemm', 'z = Gemm')
      .replace('w, b)', 'w, b)\n y = Relu(z)'),
  );

  it('is a match when nothing is different and the proof holds', async () => {
    assert.equal((await matchSides(...same, proven)).verdict, 'match');
  });

  it('is a mismatch when the proof does not hold, although the structure is the same', async () => {
    const report = await matchSides(...same, async () => ({ done: true, holds: false, reason: 'why' }));
    assert.equal(report.verdict, 'mismatch');
    assert.match(report.notes.join(), /do not compute the same: why/);
  });

  it('is undecided when the proof cannot be done', async () => {
    const report = await matchSides(...same, async () => ({ done: false, reason: 'it crashed' }));
    assert.equal(report.verdict, 'undecided');
    assert.match(report.undecided.join(), /it crashed/);
  });

  it('is of the structure alone when the proof is left out, and says so', async () => {
    const report = await matchSides(...same, proven, { numeric: false });
    assert.equal(report.verdict, 'match');
    assert.equal(report.proof.done, false);
    assert.match(report.notes.join(), /left out by request/);
  });

  it('is undecided about operators of unknown meaning, unless they are run', async () => {
    const unknown = side(graphText('y = com.vendor.Magic(x)'));
    assert.equal((await matchSides(unknown, unknown, proven, { numeric: false })).verdict, 'undecided');
    assert.equal((await matchSides(unknown, unknown, proven)).verdict, 'match');
  });

  it('is a mismatch without a proof when something is different', async () => {
    const report = await matchSides(same[0], other, proven);
    assert.equal(report.verdict, 'mismatch');
    assert.equal(report.proof.done, false);
  });
});
