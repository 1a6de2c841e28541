import assert from 'node:assert/strict';
import { alike, canonicalNodes, differences, graphText, operators } from './fixtures';

/** Scores of a batch whose size is free, and what is added to them. */
const SCORES = 'float[batch,2,4,4] x';
const SIZES = 'int64[1] one = {1}, int64[1] four = {4}, float no = {0}, float low = {-1e9}';

/** As Transformers does it: positions of each sample, of which each sees those that are not behind it. */
const causal = ({ positions = '0, 1, 2, 3', compare = 'LessOrEqual(keys, queries)', step = '' } = {}) =>
  graphText(
    `s = Shape<start = 0, end = 1>(x)
     to = Concat<axis = 0>(s, four)
     p = Expand(places, to)
     ${step || 'own = Identity(p)'}
     keys = Unsqueeze(own, keyAxes)
     queries = Unsqueeze(own, queryAxes)
     seen = ${compare}
     m = Where(seen, no, low)
     a = Add(x, m)
     y = Softmax(a)`,
    `${SIZES}, int64[1,4] places = {${positions}}, int64[2] keyAxes = {1, 2}, int64[2] queryAxes = {1, 3}, int64 at = {1}`,
    SCORES,
  );
const maskOf = (text: string): number[] => [...canonicalNodes(text)[0]!.parameters.get('input 1')!.values()!];
const LOWER = [0, -1, -1, -1, 0, 0, -1, -1, 0, 0, 0, -1, 0, 0, 0, 0].map((value) => Math.fround(1e9 * value));

describe('a mask that is worked out for every sample alike', () => {
  it('is a constant', () => {
    assert.deepEqual(operators(causal()), ['Add', 'activation']);
    assert.deepEqual(maskOf(causal()), LOWER);
  });

  it('is the one that the graph works out, and no other', () => {
    assert.deepEqual(maskOf(causal({ positions: '3, 2, 1, 0' })), LOWER.toReversed());
    assert.deepEqual(maskOf(causal({ compare: 'Equal(keys, queries)' }))[5], 0);
    for (const other of [
      { positions: '0, 1, 2, 4' },
      { positions: '0, 1, 1, 3' },
      { compare: 'Less(keys, queries)' },
    ]) {
      assert.equal(differences(causal(), causal(other)).length > 0, String(maskOf(causal(other))) !== String(LOWER));
    }
  });

  it('may come out of sums, differences and parts of the positions', () => {
    const summed = 'u = Equal(p, p)\n v = Cast<to = 7>(u)\n w = CumSum(v, at)\n own = Sub(w, one)';
    assert.deepEqual(maskOf(causal({ step: summed })), LOWER);
    const turned = 'f = Slice(p, one, four, one)\n l = Slice(p, at, one, one)\n own = Concat<axis = 1>(f, l)';
    const zero = causal({ step: turned }).replace('int64 at = {1}', 'int64[1] at = {0}');
    assert.deepEqual(maskOf(zero).slice(0, 4), [0, -1e9, -1e9, 0].map(Math.fround));
  });

  it('is no constant where something of the sample goes into it', () => {
    const ofSample = causal({
      step: 'r = ReduceMax<axes = [1, 2], keepdims = 0>(x)\n i = Cast<to = 7>(r)\n own = Add(p, i)',
    });
    assert.ok(operators(ofSample).includes('LessOrEqual'));
  });
});

/** `mask[samples, places]`, the samples in front. */
const PAIRS = 'int64[batch,4] x';
const pairs = ({ places = '0, 1, 2, 3', start = 'zero', order = 'b, q', shape = '1, 4' } = {}) =>
  graphText(
    `n = Shape<start = 0, end = 1>(x)
     size = Squeeze(n)
     c = Range(${start}, size, step)
     d = Unsqueeze(c, behind)
     to = Concat<axis = 0>(n, four)
     e = Expand(d, to)
     b = Unsqueeze(e, last)
     k = Expand(places, to)
     q = Unsqueeze(k, last)
     both = Concat<axis = 2>(${order})
     g = GatherND(x, both)
     y = Abs(g)`,
    `int64[1] four = {4}, int64 zero = {0}, int64 minus = {-1}, int64 step = {1}, int64[1] behind = {1}, int64[1] last = {2}, int64[${shape}] places = {${places}}`,
    PAIRS,
  );
const rows = ({ times = '4', places = '0, 1, 2, 3' } = {}) =>
  graphText(
    `n = Shape<start = 0, end = 1>(x)
     size = Squeeze(n)
     c = Range(zero, size, step)
     d = Unsqueeze(c, behind)
     m = Mul(d, times)
     i = Add(m, places)
     f = Reshape(x, flat)
     g = Gather(f, i)
     y = Abs(g)`,
    `int64 zero = {0}, int64 step = {1}, int64[1] behind = {1}, int64[1] times = {${times}}, int64[1] flat = {-1}, int64[4] places = {${places}}`,
    PAIRS,
  );
const whole = graphText('y = Abs(x)', '', PAIRS);

describe('each sample, taken by its number', () => {
  it('is the value itself', () => {
    assert.ok(alike(whole, pairs()), operators(pairs()).join());
    assert.ok(alike(whole, rows()), operators(rows()).join());
  });

  it('is another one by other places', () => {
    for (const places of ['0, 1, 3, 2', '0, 1, 2, 2']) {
      assert.ok(!alike(whole, pairs({ places })));
      assert.ok(!alike(whole, rows({ places })));
    }
  });

  it('is another one by other numbers', () => {
    assert.ok(!alike(whole, pairs({ start: 'minus' })));
    assert.ok(!alike(whole, pairs({ order: 'q, b' })));
    assert.ok(!alike(whole, rows({ times: '3' })));
  });
});

/** Positions of a sequence whose length is free. */
describe('sizes of an input', () => {
  const counted = (size: string, x = 'float[batch,time,time2] x') =>
    graphText(
      `${size}\n r = Range(zero, n, step)\n f = Cast<to = 1>(r)\n u = Unsqueeze(f, zeroth)\n v = Transpose<perm = [0, 2, 1]>(x)\n y = Add(v, u)`,
      'int64 zero = {0}, int64 step = {1}, int64 first = {1}, int64 second = {2}, int64[1] zeroth = {0}',
      x,
    );
  const taken = counted('s = Shape(x)\n g = Gather(s, first)\n n = Cast<to = 7>(g)');

  it('are the same however they are taken', () => {
    assert.ok(alike(taken, counted('s = Shape<start = 1, end = 2>(x)\n n = Squeeze(s, zeroth)')));
  });

  it('are others of another axis', () => {
    assert.ok(!alike(taken, counted('s = Shape(x)\n n = Gather(s, second)')));
    assert.ok(!alike(taken, counted('s = Shape(x)\n g = Gather(s, first)\n n = Mul(g, second)')));
  });
});

/** `mask[samples, places]` of sequences whose length is free, too. */
describe('each sample, taken by its number and counted places', () => {
  const FREE = 'int64[batch,time] x';
  const NUMBERS = `int64 zero = {0}, int64 step = {1}, int64 first = {1}, int64 none = {0}, int64[1] behind = {1}, int64[1] front = {0},
    int64[1] last = {2}, int64[1] flat = {-1}`;
  const sizes =
    's = Shape(x)\n n = Gather(s, none)\n l = Gather(s, first)\n c = Range(zero, n, step)\n d = Unsqueeze(c, behind)';
  const pairs = (places: string) =>
    graphText(
      `${sizes}\n e = Expand(d, s)\n b = Unsqueeze(e, last)\n p = Range(${places})\n k = Unsqueeze(p, front)\n f = Expand(k, s)
       q = Unsqueeze(f, last)\n both = Concat<axis = 2>(b, q)\n g = GatherND(x, both)\n y = Abs(g)`,
      NUMBERS,
      FREE,
    );
  const rows = (times: string) =>
    graphText(
      `${sizes}\n m = Mul(d, ${times})\n p = Range(zero, l, step)\n i = Add(p, m)\n f = Reshape(x, flat)\n g = Gather(f, i)\n y = Abs(g)`,
      NUMBERS,
      FREE,
    );
  const whole = graphText('y = Abs(x)', '', FREE);

  it('is the value itself', () => {
    assert.ok(alike(whole, pairs('zero, l, step')), operators(pairs('zero, l, step')).join());
    assert.ok(alike(whole, rows('l')), operators(rows('l')).join());
  });

  it('is another one by other places or lengths', () => {
    assert.ok(!alike(whole, pairs('zero, n, step')));
    assert.ok(!alike(whole, pairs('first, l, step')));
    assert.ok(!alike(whole, rows('n')));
  });
});

describe('values that are given axes again and again', () => {
  const two = graphText(
    'a = Unsqueeze(x, one)\n b = Squeeze(a, one)\n c = Unsqueeze(b, last)\n y = Softmax(c)',
    'int64[1] one = {1}, int64[1] last = {4}',
  );

  it('have the last ones', () => {
    assert.ok(alike(two, graphText('c = Unsqueeze(x, last)\n y = Softmax(c)', 'int64[1] last = {4}')));
    assert.ok(!alike(two, graphText('c = Unsqueeze(x, one)\n y = Softmax(c)', 'int64[1] one = {1}')));
  });
});
