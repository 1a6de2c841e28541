import assert from 'node:assert/strict';
import { matchSides } from '../../../core/match/match';
import { graphText, side } from './fixtures';

const WEIGHTS = { a: '1, 2, 3, 4', b: '5, 6, 7, 8', table: '9, 8, 7, 6' };

/** Two layers with weights, and something that is added to the scores of a softmax. */
function network(values: Partial<typeof WEIGHTS> = {}, how = 'Add(x, table)'): string {
  const { a, b, table } = { ...WEIGHTS, ...values };
  return graphText(
    `p = ${how}\n s = Softmax(p)\n h = MatMul(s, a)\n r = Relu(h)\n y = MatMul(r, b)`,
    `float[2,2] a = {${a}}, float[2,2] b = {${b}}, float[2,2] table = {${table}}`,
    'float[batch,2,2] x',
  );
}

async function found(intended: string, exported: string, numeric = true) {
  const run = async () => ({ done: true, holds: true });
  const { verdict, cannotBeTold } = await matchSides(side(intended), side(exported), run, { numeric });
  return [verdict, cannotBeTold.length];
}

describe('values that two files have both', () => {
  it('are nothing to tell of where they are the same', async () => {
    assert.deepEqual(await found(network(), network()), ['match', 0]);
    assert.deepEqual(await found(network(), network({ a: '1, 2.000001, 3, 4' })), ['match', 0]);
  });

  it('are told of a table that no layer learned, after a training too', async () => {
    const trained = { a: '1, 1, 3, 1', b: '2, 2, 1, 2' };
    assert.deepEqual(await found(network(), network({ ...trained, table: '9, 7, 8, 6' })), ['match', 1]);
    assert.deepEqual(await found(network(), network(trained)), ['match', 0]);
  });

  it('leave it open where the weights are the same, and a table is not', async () => {
    assert.deepEqual(await found(network(), network({ table: '9, 7, 8, 6' })), ['undecided', 1]);
  });

  it('are told of the layer whose weights alone are others, transposed ones for example', async () => {
    const three = (weights: string) =>
      network({ b: weights }).replace('y = MatMul(r, b)', 'q = MatMul(r, b)\n t = Relu(q)\n y = MatMul(t, a)');
    assert.deepEqual(await found(three('5, 6, 7, 8'), three('5, 7, 6, 8')), ['match', 1]);
    assert.deepEqual(await found(three('5, 6, 7, 8'), three('5, 6, 7, 8')), ['match', 0]);
  });

  it('are not read where the proof is left out', async () => {
    assert.deepEqual(await found(network(), network({ table: '9, 7, 8, 6' }), false), ['match', 0]);
  });

  it('are a mask, and no weight, where they hide something', async () => {
    const masked = (mask: string) =>
      network({ table: mask }, 'Add(x, table)').replace('p = Add', 'o = Tanh(x)\n p = Add');
    const causal = masked('0, -1e9, 0, 0');
    assert.deepEqual(await found(causal, causal), ['match', 0]);
    for (const other of ['0, 0, -1e9, 0', '0, 0, 0, 0', '1, 2, 3, 4']) {
      assert.equal((await found(causal, masked(other), false))[0], 'mismatch');
      assert.equal((await found(masked(other), causal, false))[0], 'mismatch');
    }
  });
});

/** An embedding, and the scores of each token: by the same matrix, or by one of their own. */
describe('an embedding and the layer behind', () => {
  const words = (scores: string) =>
    graphText(
      `e = Gather(words, x)\n h = MatMul(e, square)\n r = Relu(h)\n y = ${scores}`,
      'float[3,2] words = {1, 2, 3, 4, 5, 6}, float[2,2] square = {1, 2, 3, 4}, float[2,3] turned = {1, 3, 5, 2, 4, 6}, float[2,3] others = {1, 2, 3, 4, 5, 6}',
      'int64[batch,4] x',
    );
  const shared = words('MatMul(r, turned)');
  const apart = words('MatMul(r, others)');

  it('share their numbers, however often they are stored', async () => {
    const once = words('MatMul(r, t)').replace('r = Relu(h)', 'r = Relu(h)\n t = Transpose(words)');
    assert.deepEqual(await found(shared, once), ['match', 0]);
    assert.deepEqual(await found(once, shared), ['match', 0]);
  });

  it('are others where each has its own', async () => {
    assert.equal((await found(shared, apart))[0], 'mismatch');
    assert.deepEqual(await found(apart, apart), ['match', 0]);
  });

  it('may have learned the same where the intended ones are apart', async () => {
    assert.equal((await found(apart, shared))[0], 'match');
  });
});

describe('layers of one kind', () => {
  const twice = (a: string, b: string) =>
    graphText(
      'h = MatMul(x, a)\n r = Relu(h)\n y = MatMul(r, b)',
      `float[2,2] a = {${a}}, float[2,2] b = {${b}}`,
      'float[batch,2] x',
    );

  it('that begin alike and learn each its own may be the same network', async () => {
    assert.deepEqual(await found(twice('1, 2, 3, 4', '1, 2, 3, 4'), twice('5, 6, 7, 8', '5, 6, 7, 9')), ['match', 1]);
  });
});
