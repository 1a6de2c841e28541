import assert from 'node:assert/strict';
import { alike, graphText, operators } from './fixtures';

/** Queries and keys that are turned before their product, as in LLaMA: no rule reads the whole of it. */
const INPUT = 'float[batch,4,4] x';
const scored = (nodes: string, constants = '') =>
  graphText(
    `q = Sin(x)\n k = Cos(x)\n ${nodes}\n y = MatMul(p, x)`,
    `float root = {0.5}, float scale = {0.25}, float zero = {0}, float one = {1}, float[4] each = {1, 2, 3, 4}${constants}`,
    INPUT,
  );
const BEHIND = 't = Transpose<perm = [0, 2, 1]>(k)\n m = MatMul(q, t)\n s = Mul(m, scale)\n p = Softmax<axis = -1>(s)';
const IN_FRONT =
  'a = Mul(q, root)\n b = Mul(root, k)\n t = Transpose<perm = [0, 2, 1]>(b)\n s = MatMul(a, t)\n p = Softmax<axis = -1>(s)';

describe('a factor of a product', () => {
  it('is the same in front of it and behind', () => {
    assert.ok(alike(scored(BEHIND), scored(IN_FRONT)));
    assert.ok(alike(scored(IN_FRONT), scored(BEHIND)));
  });

  it('is another one by its number, its place or what else it scales', () => {
    for (const [from, to] of [
      ['Mul(q, root)', 'Mul(q, scale)'],
      ['Mul(q, root)', 'Mul(q, each)'],
      ['Mul(q, root)', 'Div(root, q)'],
      ['p = Softmax<axis = -1>(s)', 'r = Softmax<axis = -1>(s)\n p = Add(r, a)'],
    ] as const) {
      assert.ok(!alike(scored(BEHIND), scored(IN_FRONT.replace(from, to))), to);
    }
  });
});

describe('shares that are replaced where they are not a number', () => {
  const guarded = (number = 'zero', scores = '') =>
    `${BEHIND.replace('p = Softmax<axis = -1>(s)', `${scores || 'o = Identity(s)'}\n r = Softmax<axis = -1>(o)`)}
     e = IsNaN(r)\n p = Where(e, ${number}, r)`;
  const masked = (mask: string) => [
    BEHIND.replace('p = Softmax<axis = -1>(s)', 'o = Add(s, mask)\n p = Softmax<axis = -1>(o)'),
    guarded('zero', 'o = Add(s, mask)'),
    `, float[4,4] mask = {${mask}}`,
  ];
  const CAUSAL = '0, -1e9, -1e9, -1e9, 0, 0, -1e9, -1e9, 0, 0, 0, -1e9, 0, 0, 0, 0';

  it('are the shares where each position sees something', () => {
    assert.ok(alike(scored(BEHIND), scored(guarded())));
    const [plain, guard, mask] = masked(CAUSAL);
    assert.ok(alike(scored(plain!, mask), scored(guard!, mask)));
  });

  it('are others where one sees nothing, where the data masks, or by another number', () => {
    const [plain, guard, mask] = masked(CAUSAL.replace('0,', '-1e9,'));
    assert.ok(!alike(scored(plain!, mask), scored(guard!, mask)));
    assert.ok(operators(scored(guarded('one'))).includes('IsNaN'));
    assert.ok(operators(scored(guarded('zero', 'n = Log(x)\n o = Add(s, n)'))).includes('IsNaN'));
  });
});
