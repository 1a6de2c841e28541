import assert from 'node:assert/strict';
import { compareSides } from '../../../core/match/compare/compare';
import { planProof } from '../../../core/match/proof/proof';
import { alike, canonicalNodes, graphText, operators, side } from './fixtures';

const SERIES = 'float[batch,6,8] x';

describe('what timm and torchvision have and two exporters write in two ways', () => {
  it('is a sum that begins with nothing, and a product with one', () => {
    const neutral = (nodes: string, constants: string) => operators(graphText(`${nodes}\n y = Relu(a)`, constants));
    assert.deepEqual(neutral('a = Add(x, z)', 'float z = {0}'), ['activation']);
    assert.deepEqual(neutral('a = Sub(x, z)', 'float[1] z = {0}'), ['activation']);
    assert.deepEqual(neutral('a = Mul(x, z)', 'float z = {1}'), ['activation']);
    assert.deepEqual(neutral('a = Div(x, z)', 'float z = {1}'), ['activation']);
    const one = graphText(
      's = ReduceSum(x, r)\n y = Div(s, z)',
      'int64[2] r = {2, 3}, float z = {1}',
      'float[batch,2,1,1] x',
    );
    assert.deepEqual(operators(one), ['global_average_pooling']);
    for (const [nodes, constants] of [
      ['a = Sub(z, x)', 'float z = {0}'],
      ['a = Div(z, x)', 'float z = {1}'],
      ['a = Add(x, z)', 'float z = {0.000001}'],
      ['a = Add(x, z)', 'float[1,1,1,1,1] z = {0}'],
      ['a = Mul(x, z)', 'float[2,1,1] z = {1, 1}'],
    ] as const) {
      assert.equal(neutral(nodes, constants).length, 2, `${nodes}, ${constants}`);
    }
  });

  it('is a Cast to the type that is there', () => {
    const cast = (to: number, before = 'b = Relu(x)\n c = ReduceL2(b, n)\n d = Div(b, c)') =>
      operators(graphText(`${before}\n e = Cast<to = ${to}>(d)\n y = Relu(e)`, 'int64[1] n = {1}', undefined, 18));
    assert.ok(!cast(1).includes('Cast'));
    assert.ok(cast(10).includes('Cast'));
    assert.ok(cast(1, 'd = ArgMax(x)').includes('Cast'));
    assert.ok(cast(1, 'c = Cast<to = 10>(x)\n d = Relu(c)').includes('Cast'));
  });

  it('is a Pad that two use, of which the convolution takes its own', () => {
    const shared = (pads: string, window: string) =>
      graphText(
        `p = Pad(x, pads)\n a = Conv(p, w)\n b = ${window}(p)\n y = Concat<axis = 1>(a, b)`,
        `float[2,2,2,2] w, int64[8] pads = ${pads}`,
      );
    const own = graphText(
      'p = Pad(x, pads,)\n a = Conv<pads = [0,0,1,1]>(x, w)\n b = MaxPool<kernel_shape = [2,2]>(p)\n y = Concat<axis = 1>(a, b)',
      'float[2,2,2,2] w, int64[8] pads = {0,0,0,0,0,0,1,1}',
    );
    const pooled = 'MaxPool<kernel_shape = [2,2]>';
    assert.ok(alike(own, shared('{0,0,0,0,0,0,1,1}', pooled)));
    assert.ok(!alike(own, shared('{0,0,1,1,0,0,0,0}', pooled)));
    assert.deepEqual(operators(shared('{0,0,0,0,0,0,1,1}', pooled)), [
      'convolution',
      'Pad',
      'max_pooling',
      'concatenate',
    ]);
  });

  it('is a mean that a transposition would not change, within a layer normalization', () => {
    const pooled = (mean: string) =>
      graphText(
        `g = GlobalAveragePool(x)\n t = Transpose<perm = [0,2,3,1]>(g)\n m = ${mean}\n d = Sub(t, m)\n p = Pow(d, two)
 v = ReduceMean<axes = [-1]>(p)\n a = Add(v, e)\n r = Sqrt(a)\n n = Div(d, r)\n s = Mul(n, h)\n y = Add(s, h)`,
        'float two = {2}, float e = {0.00001}, float[2] h = {1, 2}',
      );
    assert.ok(operators(pooled('ReduceMean<axes = [-1]>(t)')).includes('layer_normalization'));
    assert.ok(!operators(pooled('ReduceMean<axes = [0]>(t)')).includes('layer_normalization'));
  });

  it('is a global pooling behind a transposition that moves later', () => {
    const around = (pooling: string) =>
      graphText(
        `t = Transpose<perm = [0,3,1,2]>(x)\n s = Sigmoid(t)\n u = Mul(t, s)\n g = ${pooling}\n z = Transpose<perm = [0,2,3,1]>(g)
 w = Transpose<perm = [0,2,3,1]>(u)\n y = Mul(w, z)`,
      );
    const plain = graphText('s = Sigmoid(x)\n u = Mul(x, s)\n g = ReduceMean<axes = [1,2]>(u)\n y = Mul(u, g)');
    assert.ok(alike(plain, around('GlobalAveragePool(u)')));
    assert.ok(!alike(plain, around('GlobalMaxPool(u)')));
    assert.ok(!alike(plain, around('ReduceMean<axes = [1,2]>(u)')));
  });

  it('is a global pooling whose axes are taken away and put in again', () => {
    const kept = graphText('g = GlobalAveragePool(x)\n y = Mul(x, g)');
    const again = (shape: string, more = 'y = Mul(x, r)') =>
      graphText(
        `g = ReduceMean<keepdims = 0>(x, a)\n r = Reshape(g, s)\n ${more}`,
        `int64[2] a = {2, 3}, int64[4] s = ${shape}`,
        undefined,
        18,
      );
    assert.ok(alike(kept, again('{-1, 2, 1, 1}')));
    assert.ok(!alike(kept, again('{-1, 1, 2, 1}')));
    assert.ok(
      operators(again('{-1, 2, 1, 1}', 'q = Softmax(g)\n z = MatMul(q, q)\n y = Mul(r, z)')).includes('reshape'),
    );
  });

  it('is a transposition within reshapes, behind a Split too', () => {
    const scaled = (keys: string) =>
      graphText(
        `a, b = Split<axis = 2>(x, sizes)\n ${keys}\n m = MatMul(a, k)\n y = Softmax(m)`,
        'int64[2] sizes = {4, 4}, int64[3] flat = {-1, 6, 4}, int64[3] wide = {-1, 4, 6}, int64[4] heads = {-1, 2, 3, 4}, int64[4] turned = {-1, 2, 4, 3}, int64[3] back = {-1, 8, 3}',
        SERIES,
      );
    const plain = scaled('k = Transpose<perm = [0,2,1]>(b)');
    assert.ok(alike(plain, scaled('f = Reshape(b, flat)\n t = Transpose<perm = [0,2,1]>(f)\n k = Reshape(t, wide)')));
    assert.ok(!alike(plain, scaled('k = Reshape(b, wide)')));
  });

  it('is a transposition of the keys of a single head, with its axis before or behind', () => {
    const keys = (nodes: string) =>
      graphText(
        `${nodes}\n y = Softmax(k)`,
        'int64[3] flat = {-1, 6, 8}, int64[4] head = {-1, 1, 6, 8}, int64[4] turned = {-1, 1, 8, 6}, int64[4] other = {-1, 8, 1, 6}',
        SERIES,
      );
    const before = keys('r = Reshape(x, head)\n k = Transpose<perm = [0,1,3,2]>(r)');
    const behind = (target: string) =>
      keys(
        `r = Reshape(x, head)\n f = Reshape(r, flat)\n t = Transpose<perm = [0,2,1]>(f)\n k = Reshape(t, ${target})`,
      );
    assert.ok(alike(before, behind('turned')));
    assert.ok(!alike(before, behind('other')));
    assert.ok(!alike(before, keys('k = Reshape(x, turned)')));
  });

  it('is one of several by Split and Squeeze, or by Gather', () => {
    const picked = (nodes: string) =>
      graphText(
        `${nodes}\n y = Relu(a)`,
        'int64 i = {1}, int64[1] l = {1}, int64 n = {-5}, int64[1] axis = {1}',
        SERIES,
      );
    const gathered = picked('a = Gather<axis = 1>(x, i)');
    assert.ok(
      alike(
        gathered,
        picked('s = Slice(x, l, e, axis)\n a = Squeeze(s, axis)').replace('int64[1] l', 'int64[1] e = {2}, int64[1] l'),
      ),
    );
    assert.ok(alike(gathered, picked('a = Gather<axis = 1>(x, n)')));
    assert.ok(!alike(gathered, picked('a = Gather<axis = 2>(x, i)')));
    assert.ok(!alike(gathered, picked('a = Gather<axis = 1>(x, l)')));
  });

  it('is a constant in front of an operator whose operands may change places', () => {
    const table = 'float[6,8] c, float k = {0.4204482}, float f = {0.4204483}, float o = {0.4205}';
    const sum = (nodes: string) => graphText(nodes, table, SERIES);
    assert.ok(alike(sum('y = Add(x, c)'), sum('y = Add(c, x)')));
    assert.ok(!alike(sum('y = Sub(x, c)'), sum('y = Sub(c, x)')));
    assert.ok(alike(sum('y = Mul(x, k)'), sum('y = Mul(f, x)')));
    assert.ok(!alike(sum('y = Mul(x, k)'), sum('y = Mul(x, o)')));
  });
});

describe('a position that is counted in the graph', () => {
  const counted = (ones: string, value = 1) =>
    graphText(
      `s = Shape<start = 0, end = 1>(x)\n t = Concat<axis = 0>(s, size)\n f = ${ones}\n c = CumSum(f, axis)\n p = Sin(c)
 k = Cast<to = 1>(p)\n y = Add(x, k)`,
      `int64[2] size = {6, 8}, int64 axis = {1}, float one = {${value}}`,
      SERIES,
    );
  const filled = counted('ConstantOfShape<value = float[1] {1}>(t)');

  it('begins with one number, however it is repeated', () => {
    assert.ok(alike(counted('Expand(one, t)'), filled));
    assert.ok(!operators(filled).includes('Cast'));
    assert.ok(!alike(counted('Expand(one, t)', 2), filled));
    assert.ok(!alike(counted('Expand(one, t)'), filled.replace('{6, 8}', '{1, 8}')));
  });

  it('may be made numbers once or twice', () => {
    const cast = (nodes: string) => graphText(`a = ArgMax<axis = 1>(x)\n ${nodes}\n d = Softmax(c)\n y = Mul(b, d)`);
    const once = cast('b = Cast<to = 1>(a)\n c = Identity(b)');
    assert.ok(alike(once, cast('b = Cast<to = 1>(a)\n c = Cast<to = 1>(a)')));
    const other = graphText(
      'a = ArgMax<axis = 1>(x)\n e = ArgMin<axis = 1>(x)\n b = Cast<to = 1>(a)\n c = Cast<to = 1>(e)\n d = Softmax(c)\n y = Mul(b, d)',
    );
    assert.ok(!alike(once, other));
  });
});

describe('a table whose places are known beforehand', () => {
  const TABLE = 'float[2,3] w = {1, 2, 3, 4, 5, 6}';
  const added = (nodes: string, constants = '') =>
    graphText(`${nodes}\n y = Add(x, a)`, `${TABLE}${constants}`, 'float[batch,2,2,2] x');
  const values = (text: string) => {
    const [node] = canonicalNodes(text);
    const table = node?.parameters.get('input 1');
    return { shape: table?.shape.join(), values: [...(table?.values() ?? [])] };
  };
  const indices = ', int64[2,2] i = {2, 0, 1, 2}';

  it('is a constant, whichever way its places are taken', () => {
    const expected = { shape: '2,2,2', values: [3, 1, 2, 3, 6, 4, 5, 6] };
    assert.deepEqual(values(added('a = Gather<axis = 1>(w, i)', indices)), expected);
    const points = ', int64[2,2,1] i = {2, 0, 1, 2}';
    const turned = 't = Transpose(w)\n g = GatherND(t, i)\n a = Transpose<perm = [2,0,1]>(g)';
    assert.deepEqual(values(added(turned, points)), expected);
    assert.ok(alike(added(turned, points), added('a = Gather<axis = 1>(w, i)', indices)));
  });

  it('is cut, split and repeated along any axis', () => {
    const bounds = ', int64[1] one = {1}, int64[1] three = {3}';
    assert.deepEqual(values(added('a = Slice(w, one, three, one)', bounds)), { shape: '2,2', values: [2, 3, 5, 6] });
    const sizes = ', int64[2] s = {1, 2}';
    assert.deepEqual(values(added('b, a = Split<axis = 1>(w, s)', sizes)), { shape: '2,2', values: [2, 3, 5, 6] });
    const tiled = added('b, c = Split<axis = 1>(w, s)\n a = Tile(b, t)', `${sizes}, int64[2] t = {1, 2}`);
    assert.deepEqual(values(tiled), { shape: '2,2', values: [1, 1, 4, 4] });
  });

  it('is none where a place is not there', () => {
    const beyond = added('a = Gather<axis = 1>(w, i)', ', int64[2,2] i = {3, 0, 1, 2}');
    assert.ok(operators(beyond).includes('Gather'));
    const deep = added('g = GatherND(w, i)\n a = Unsqueeze(g, z)', ', int64[2,2] i = {0, 0, 1, 2}, int64[1] z = {0}');
    assert.ok(operators(deep).includes('GatherND'));
  });

  it('may be counted', () => {
    const range = (step: number) =>
      added(
        'r = Range(o, e, s)\n f = Cast<to = 1>(r)\n a = Sin(f)',
        `, int64 o = {1}, int64 e = {4}, int64 s = {${step}}`,
      );
    assert.deepEqual(values(range(2)), { shape: '2', values: [Math.sin(1), Math.sin(3)] });
    assert.ok(operators(range(0)).includes('Range'));
  });
});

describe('a bias behind windows', () => {
  const windows = (bias: string, target = '{-1, 3, 4}', more = '') =>
    graphText(
      `m = MatMul(x, w)\n r = Reshape(m, heads)\n t = Transpose<perm = [0,2,1,3]>(r)\n f = Reshape(t, flat)\n y = Add(f, b)${more}`,
      `float[8,4] w, int64[4] heads = {-1, 3, 2, 4}, int64[3] flat = ${target}, float${bias} b`,
      SERIES,
    );

  it('is that of the layer in front of them', () => {
    const [layer] = canonicalNodes(windows('[4]'));
    assert.equal(layer?.op, 'dense');
    assert.deepEqual(layer?.parameters.get('bias')?.shape, [4]);
    assert.deepEqual(canonicalNodes(windows('[1,1,4]'))[0]?.parameters.get('bias')?.shape, [4]);
  });

  it('is none along positions, of split units, or where the sum is not all that is used', () => {
    const texts = [
      windows('[3,1]'),
      windows('[2]', '{-1, 6, 2}'),
      windows('[4]', '{-1, 3, 4}', '\n').replace('y = Add(f, b)', 'z = Add(f, b)\n y = Mul(z, f)'),
    ];
    for (const text of texts) assert.ok(operators(text).includes('Add'), text);
  });
});

describe('a dilated convolution with its padding in words', () => {
  const convolution = (attributes: string, input?: string) =>
    side(graphText(`y = Conv<${attributes}>(x, w)`, 'float[2,2,3,3] w', input));
  const worded = 'auto_pad = "SAME_UPPER", dilations = [2, 2]';
  const run = (exported: ReturnType<typeof side>) => {
    const comparison = compareSides(convolution('pads = [2,2,2,2], dilations = [2, 2]'), exported);
    const plan = planProof(comparison);
    const node = plan.ok ? plan.value.exportedModel?.graph.nodes[0] : undefined;
    return { notes: comparison.notes.join(), attributes: node && [...node.attributes.keys()], node };
  };

  it('is run with its padding in numbers, which is said', () => {
    const { notes, attributes, node } = run(convolution(worded));
    assert.match(notes, /auto_pad, which ONNX Runtime does not run/);
    assert.deepEqual(attributes, ['dilations', 'pads']);
    assert.deepEqual(node?.attributes.get('pads'), { type: 'ints', value: [2, 2, 2, 2] });
  });

  it('is run as it is without dilation, or in numbers', () => {
    assert.equal(run(convolution('auto_pad = "SAME_UPPER"')).node, undefined);
    assert.equal(run(convolution('pads = [2,2,2,2], dilations = [2, 2]')).node, undefined);
  });
});

describe('weights that a graph standardises before it uses them', () => {
  const weight = (values = '{1, 3, 2, 10}') => `float[1,2,2] w = ${values}, float[2] s = {1, 2}, float[2] h = {0, 1}`;
  const standardised = (nodes: string, attributes = '<training_mode = 1, epsilon = 0.0>', values?: string) =>
    graphText(
      `${nodes}\n n, p, q = BatchNormalization${attributes}(w, s, h, m, v)\n c = Reshape(n, t)\n y = Conv(x, c)`,
      `${weight(values)}, int64[4] t = {2, 2, 1, 1}`,
    );
  const statistics = `m = ReduceMean<axes = [0,2], keepdims = 0>(w)\n a = ReduceMean<axes = [0,2]>(w)\n d = Sub(w, a)
 e = Mul(d, d)\n v = ReduceMean<axes = [0,2], keepdims = 0>(e)`;
  const values = (text: string) => [...(canonicalNodes(text)[0]?.parameters.get('weight')?.values() ?? [])];

  it('are worked out, by their own statistics or by given ones', () => {
    assert.deepEqual(values(standardised(statistics)), [-1, 1, -1, 3]);
    assert.deepEqual(values(standardised('m = Identity(h)\n v = Identity(s)')), [-1, 1, -1, 3]);
    assert.deepEqual(values(standardised('m = Identity(h)\n v = Mul(s, s)', '<epsilon = 0.0>')), [1, 3, 2, 10]);
  });

  it('are carried only where both files come to the same ones', () => {
    const plain = (folded: string) => graphText('y = Conv(x, c)', `float[2,2,1,1] c = ${folded}`);
    const plan = (folded: string) => planProof(compareSides(side(standardised(statistics)), side(plain(folded))));
    assert.ok(plan('{-1, 1, -1, 3}').ok);
    const other = plan('{-1, 1, -1, 2}');
    assert.match(other.ok ? '' : other.reason, /computed in the intended graph/);
  });

  it('are no constants when what is standardised is none', () => {
    const computed = graphText(
      'm = ReduceMean<axes = [0,2,3], keepdims = 0>(x)\n d = Mul(m, h)\n y = Mul(x, d)',
      'float[2] h = {1, 2}',
    );
    assert.ok(operators(computed).includes('ReduceMean'));
  });
});
