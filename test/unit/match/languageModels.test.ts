import assert from 'node:assert/strict';
import { alike, canonicalNodes, differences, graphText, operators } from './fixtures';

const TOKENS = 'int64[batch,4] x';

/** Positions or token types that BERT looks up, as TorchScript writes them: constants, taken by constants. */
describe('rows of a constant', () => {
  const TABLE = 'float[6,2] table = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, float[9,2] words';
  const added = (nodes: string, constants = '') =>
    graphText(`w = Gather(words, x)\n ${nodes}\n y = Add(w, p)`, TABLE + constants, TOKENS);
  const folded = graphText(
    'w = Gather(words, x)\n y = Add(w, p)',
    'float[9,2] words, float[1,4,2] p = {0, 1, 2, 3, 4, 5, 6, 7}',
    TOKENS,
  );
  const places = (list: string) => added('p = Gather(table, i)', `, int64[1,4] i = {${list}}`);
  const valuesOf = (text: string) => canonicalNodes(text).at(-1)!.parameters.get('input 1')!.values()!;

  it('by constant indices are a constant', () => {
    assert.ok(alike(folded, places('0, 1, 2, 3')));
    assert.deepEqual([...valuesOf(places('0, 1, 2, 3'))], [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual([...valuesOf(places('-1, 1, 5, 0'))], [10, 11, 2, 3, 10, 11, 0, 1]);
  });

  it('stay what they are by indices that do not fit', () => {
    assert.ok(operators(places('0, 1, 2, 6')).includes('Gather'));
  });

  it('may be taken element by element', () => {
    const types = (list: string, axis = 1) =>
      added(
        `e = GatherElements<axis = ${axis}>(ids, i)\n p = Gather(table, e)`,
        `, int64[1,5] ids = {3, 2, 1, 0, 5}, int64[1,4] i = {${list}}`,
      );
    assert.deepEqual([...valuesOf(types('0, 1, 4, 3'))], [6, 7, 4, 5, 10, 11, 0, 1]);
    assert.ok(operators(types('0, 1, 5, 3')).includes('GatherElements'));
    assert.deepEqual([...valuesOf(types('0, 0, -1, 0', 0))], [6, 7, 4, 5, 2, 3, 0, 1]);
  });
});

/** `Where(Expand(c, size), 0, -3e38)`, which is added to scores of the size. */
describe('a mask that is spread over the batch', () => {
  const SCORES = 'float[batch,2,4,4] x';
  const spread = ({ seen = '1, 1, 1, 1', size = 'int64[1] one = {1}', sum = 'Add(x, m)' } = {}) =>
    graphText(
      `s = Shape<start = 0, end = 1>(x)\n z = Concat<axis = 0>(s, one, four, four)\n e = Expand(c, z)\n m = Where(e, no, low)\n a = ${sum}\n y = Softmax(a)`,
      `bool[1,1,1,4] c = {${seen}}, ${size}, int64[1] four = {4}, float no = {0}, float low = {-3e38}`,
      SCORES,
    );
  const plain = graphText('y = Softmax(x)', '', SCORES);

  it('is the mask, which the addition spreads by itself', () => {
    assert.deepEqual(operators(spread()), ['Add', 'activation']);
    const [sum] = canonicalNodes(spread({ seen: '1, 0, 1, 1' }));
    assert.deepEqual([...sum!.parameters.get('input 1')!.values()!], [0, -3e38, 0, 0].map(Math.fround));
    assert.ok(differences(spread(), spread({ sum: 'Sub(m, x)' })).length > 0);
    assert.ok(differences(plain, spread({ seen: '1, 0, 1, 1' })).length > 0);
  });

  it('stays spread where nothing else has its sizes', () => {
    const alone = graphText(
      's = Shape<start = 0, end = 1>(x)\n z = Concat<axis = 0>(s, two)\n e = Expand(c, z)\n a = ReduceSum(x, axes)\n y = Add(a, e)',
      'float[1,1] c = {3}, int64[1] two = {2}, int64[3] axes = {1, 2, 3}',
      SCORES,
    );
    assert.ok(operators(alone).includes('Expand'), operators(alone).join());
  });
});

describe('integers of 32 and 64 bits', () => {
  const counted = (casts: string) =>
    graphText(
      `p = Equal(x, pad)\n n = Not(p)\n ${casts}\n y = Gather(table, i)`,
      'int64 pad = {1}, int64 axis = {1}, float[9,2] table',
      TOKENS,
    );
  const short = counted('c = Cast<to = 6>(n)\n k = CumSum(c, axis)\n i = Cast<to = 7>(k)');
  const long = counted('c = Cast<to = 6>(n)\n d = Cast<to = 7>(c)\n i = CumSum(d, axis)');

  it('count alike', () => {
    assert.ok(alike(short, long));
  });

  it('are not fractions or truth values', () => {
    assert.ok(!alike(short, counted('c = Cast<to = 1>(n)\n k = CumSum(c, axis)\n i = Cast<to = 7>(k)')));
    assert.ok(operators(short).includes('Cast'));
  });
});

/** The angles by which LLaMA turns queries and keys: `cos(concat(f, f))` of constants. */
describe('constants that are put together', () => {
  const turned = (nodes: string, constants = '') =>
    graphText(
      `${nodes}\n y = Mul(x, t)`,
      `float[1,4,2] angles = {0, 1, 2, 3, 4, 5, 6, 7}${constants}`,
      'float[batch,4,4] x',
    );
  const valuesOf = (text: string) => [...(canonicalNodes(text).at(-1)!.parameters.get('input 1')?.values() ?? [])];

  it('are a constant where they were worked out', () => {
    const row = (first: number) => [first, first + 1, first, first + 1].map(Math.cos);
    const twice = turned('f = Neg(angles)\n b = Concat<axis = -1>(f, f)\n t = Cos(b)');
    assert.deepEqual(valuesOf(twice), [0, 2, 4, 6].flatMap(row));
    const rows = turned(
      'f = Neg(angles)\n b = Concat<axis = 0>(f, f)\n c = Reshape(b, s)\n t = Cos(c)',
      ', int64[3] s = {1, 4, 4}',
    );
    assert.notDeepEqual(valuesOf(rows), valuesOf(twice));
  });

  it('stay weights where each is one', () => {
    const weights = turned('t = Concat<axis = 2>(angles, others)', ', float[1,4,2] others');
    assert.ok(operators(weights).includes('Concat'));
  });
});
