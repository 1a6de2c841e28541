import assert from 'node:assert/strict';
import { prepareSides } from '../../../core/match/canonical/side';
import { compareSides } from '../../../core/match/compare/compare';
import { matchSides } from '../../../core/match/match';
import { type ProofPlan, planUnrounded } from '../../../core/match/proof/proof';
import { unroundedModel } from '../../../core/match/proof/unrounded';
import { alike, canonicalNodes, graphText, operators, side } from './fixtures';

const FLAT = 'float[batch,8] x';
const plain = graphText('y = MatMul(x, w)', 'float[8,3] w', FLAT);

/** A value that is rounded to 8 bits with the given zero point, between two dense layers. */
function rounded(zero: number, more = '', scale = 's'): string {
  return graphText(
    `a = MatMul(x, w)\n ${more || 'b = Identity(a)'}\n q = QuantizeLinear(b, s, z)\n d = DequantizeLinear(q, ${scale}, z)\n y = MatMul(d, u)`,
    `float[8,8] w, float[8,3] u, float s = {0.1}, float t = {0.2}, uint8 z = {${zero}}`,
    FLAT,
  );
}

describe('quantised graphs', () => {
  it('round values, and cut them off where the range begins at zero', () => {
    assert.deepEqual(operators(rounded(128)), ['dense', 'dense']);
    assert.deepEqual(operators(rounded(0)), ['dense', 'activation', 'dense']);
    assert.deepEqual(operators(rounded(0, 'b = Relu(a)')), ['dense', 'activation', 'dense']);
    assert.deepEqual(operators(rounded(0, 'b = Tanh(a)')), ['dense', 'activation', 'activation', 'dense']);
    assert.equal(canonicalNodes(rounded(128))[0]?.applied.at(-1)?.name, 'quantized-values');
  });

  it('show a relu that ends at six only where they go beyond', () => {
    const clipped = graphText(
      'a = MatMul(x, w)\n b = Clip(a, o, six)\n y = MatMul(b, u)',
      'float[8,8] w, float[8,3] u, float o = {0}, float six = {6}',
      FLAT,
    );
    assert.ok(!alike(clipped, rounded(0)));
    const below = rounded(0).replace('s = {0.1}', 's = {0.02}');
    assert.ok(alike(clipped, below));
    assert.match(compareSides(side(clipped), side(below)).cannotBeTold.join(), /a relu or a clip/);
  });

  it('are left alone where they are scaled by it', () => {
    assert.ok(operators(rounded(128, '', 't')).includes('DequantizeLinear'));
  });

  it('have weights in 8 bits, for all or by unit', () => {
    const stored = (scale: string, axis: number) =>
      graphText(
        `w = DequantizeLinear<axis = ${axis}>(q, s)\n y = MatMul(x, w)`,
        `int8[8,3] q = {${Array.from({ length: 24 }, (_, i) => i)}}, ${scale}`,
        FLAT,
      );
    const byUnit = stored('float[3] s = {1, 2, 3}', 1);
    assert.deepEqual(
      [...canonicalNodes(byUnit)[0]!.parameters.get('weight')!.values()!].slice(0, 9),
      [0, 3, 6, 9, 12, 15, 18, 21, 2],
    );
    assert.ok(alike(plain, byUnit));
    assert.ok(alike(plain, stored('float s = {0.5}', 1)));
    assert.ok(!operators(stored('float[8] s', 1)).includes('dense'));
    const [row] = compareSides(side(plain), side(byUnit)).rows;
    assert.equal(row?.status, 'equivalent');
    assert.match(row!.reasons.map(({ message }) => message).join(), /quantised weights: float intended, int8 exported/);
  });

  it('may be rounded as the values come', () => {
    const dynamic = (zero: string) =>
      graphText(
        `q, s, z = DynamicQuantizeLinear(x)\n f = Mul(s, t)\n i = MatMulInteger(q, w, ${zero}, o)\n c = Cast<to = 1>(i)\n y = Mul(c, f)`,
        `int8[8,3] w = {${Array.from({ length: 24 }, (_, i) => i)}}, float t = {0.5}, int8 o = {0}, uint8 e = {3}`,
        FLAT,
      );
    assert.deepEqual(operators(dynamic('z')), ['dense']);
    assert.ok(alike(plain, dynamic('z')));
    assert.ok(!operators(dynamic('e')).includes('dense'));
  });

  it('that do not compute the same are left open: the rounding may be the reason', async () => {
    const floats = graphText('a = MatMul(x, w)\n y = MatMul(a, u)', 'float[8,8] w, float[8,3] u', FLAT);
    const refuted = async () => ({ done: true, holds: false, reason: 'why' });
    const quantised = await matchSides(side(floats), side(rounded(128)), refuted);
    assert.equal(quantised.verdict, 'undecided');
    assert.match(quantised.undecided.join(), /rounding to 8 bits changes the outputs.*why/);
    assert.equal((await matchSides(side(floats), side(floats), refuted)).verdict, 'mismatch');
  });

  it('match where they compute the same without their roundings, and are not far off with them', async () => {
    const floats = side(graphText('a = MatMul(x, w)\n y = MatMul(a, u)', 'float[8,8] w, float[8,3] u', FLAT));
    const plans: ProofPlan[] = [];
    const off =
      (relative: number, holdsWithout = true) =>
      async (plan: ProofPlan) => {
        plans.push(plan);
        const isFirst = plan.exportedModel === undefined;
        const maxRelativeError = isFirst ? relative : 1e-7;
        return { done: true, holds: !isFirst && holdsWithout, maxAbsoluteError: 2 * relative, maxRelativeError };
      };
    const report = await matchSides(floats, side(rounded(0)), off(0.2));
    assert.equal(report.verdict, 'mismatch', 'a relu more');
    plans.splice(0);
    const { verdict, proof, notes } = await matchSides(floats, side(rounded(128)), off(0.2));
    assert.equal(verdict, 'match');
    assert.deepEqual(proof.rounding, { maxAbsoluteError: 0.4, maxRelativeError: 0.2 });
    assert.match(notes.join(), /the roundings between layers were taken out.*0\.400/);
    const [first, second] = plans as [ProofPlan, ProofPlan];
    assert.ok(second.tolerance.relative < first.tolerance.relative / 100 && !second.isGridded);
    const operatorsOf = (plan: ProofPlan) => plan.exportedModel?.graph.nodes.map(({ opType }) => opType);
    assert.deepEqual(operatorsOf(second), ['MatMul', 'Identity', 'Identity', 'Identity', 'MatMul']);
    assert.equal((await matchSides(floats, side(rounded(128)), off(0.2, false))).verdict, 'undecided');
    assert.equal((await matchSides(floats, side(rounded(128)), off(0.8))).verdict, 'undecided');
  });

  it('keep their relu and their weights in 8 bits without their roundings', () => {
    const file = side(
      graphText(
        `q = QuantizeLinear(x, s, z)\n p = MaxPool<kernel_shape = [2,2]>(q)\n d = DequantizeLinear(p, s, z)\n v = DequantizeLinear(w, s)
 c = Conv(d, v)\n r = QuantizeLinear(c, s, n)\n y = DequantizeLinear(r, s, n)`,
        'uint8[2,2,1,1] w = {1,2,3,4}, float s = {0.1}, uint8 z = {128}, uint8 n = {0}',
      ),
    );
    const plan = planUnrounded(compareSides(file, file));
    assert.equal(plan, undefined, 'rounded on both sides');
    const [, prepared] = prepareSides(file, file, false);
    const model = unroundedModel(prepared);
    assert.deepEqual(model.ok && model.value.graph.nodes.map(({ opType }) => opType), [
      ...['Identity', 'MaxPool', 'Identity', 'DequantizeLinear', 'Conv', 'Relu', 'Identity'],
    ]);
  });

  it('make the same numbers of the same integers, once', () => {
    const twice = (second = 's') =>
      graphText(
        `e = Gather(t, x)\n a = DequantizeLinear(e, s, z)\n b = DequantizeLinear(e, ${second}, z)\n c = Relu(a)\n y = Add(b, c)`,
        'uint8[5,8] t, float s = {0.1}, float r = {0.2}, uint8 z = {128}',
        'int64[batch,6] x',
      );
    assert.deepEqual(operators(twice()), ['embedding', 'activation', 'add']);
    assert.ok(operators(twice('r')).includes('DequantizeLinear'));
  });

  it('with operators that are not read are left open', async () => {
    const vendor = side(graphText('y = com.vendor.QGemm(x, w)', 'float[8,3] w', FLAT));
    const { verdict, undecided } = await matchSides(side(plain), vendor, async () => ({ done: false }));
    assert.equal(verdict, 'undecided');
    assert.match(undecided.join(), /com.vendor::QGemm is an operator that is not read here/);
    const left = side(graphText('y = StatefulPartitionedCall(x)', '', FLAT));
    const report = await matchSides(side(plain), left, async () => ({ done: false }));
    assert.equal(report.verdict, 'undecided');
    assert.match(report.notes.join(), /StatefulPartitionedCall, which is no operator of ONNX: no runtime can load/);
    const known = side(graphText('y = Det(x)', '', FLAT));
    assert.equal((await matchSides(side(plain), known, async () => ({ done: false }))).verdict, 'mismatch');
  });
});
