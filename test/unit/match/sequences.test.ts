import assert from 'node:assert/strict';
import { alike, canonicalNodes, differences, graphText, operators } from './fixtures';

const SEQUENCE = 'float[batch,6,8] x';
const HEADS = 'int64[4] split = {0, 6, 2, 4}, int64[3] join = {0, 6, 8}, float scale = {0.5}';

/** Attention of two heads of four on a sequence, from products of queries, keys and values. */
function attention(scores: string, rest = '', constants = ''): string {
  return graphText(
    `q = MatMul(x, wq)\n k = MatMul(x, wk)\n v = MatMul(x, wv)
 q4 = Reshape(q, split)\n k4 = Reshape(k, split)\n v4 = Reshape(v, split)
 qh = Transpose<perm = [0, 2, 1, 3]>(q4)\n kt = Transpose<perm = [0, 2, 3, 1]>(k4)\n vh = Transpose<perm = [0, 2, 1, 3]>(v4)
 ${scores}
 ${rest || 'c = MatMul(p, vh)'}
 ct = Transpose<perm = [0, 2, 1, 3]>(c)\n y = Reshape(ct, join)`,
    `float[8,8] wq, float[8,8] wk, float[8,8] wv, ${HEADS}${constants ? `, ${constants}` : ''}`,
    SEQUENCE,
  );
}

const SCALED = 's = MatMul(qh, kt)\n a = Mul(s, scale)\n p = Softmax<axis = -1>(a)';
const READ = ['dense', 'dense', 'dense', 'attention'];
const causal = Array.from({ length: 36 }, (_, i) => (i % 6 <= Math.floor(i / 6) ? 0 : -1e9)).join(', ');

describe('attention', () => {
  it('is read from its parts, with the scale that belongs to the size of its keys', () => {
    assert.deepEqual(operators(attention(SCALED)), READ);
    assert.deepEqual(canonicalNodes(attention(SCALED))[3]?.settings, { heads: 2, key_dimension: 4 });
  });

  it('is the same with the scale on both factors, and with batch and heads in one axis', () => {
    const both = `qs = Mul(qh, root)\n ks = Mul(kt, root)\n s = MatMul(qs, ks)\n p = Softmax<axis = -1>(s)`;
    assert.ok(alike(attention(SCALED), attention(both, '', 'float root = {0.70710677}')));
    const merged = `q3 = Reshape(qh, rows)\n kh = Transpose<perm = [0, 1, 3, 2]>(kt)\n k3 = Reshape(kh, rows)
 k3t = Transpose<perm = [0, 2, 1]>(k3)\n v3 = Reshape(vh, rows)\n s = MatMul(q3, k3t)\n a = Mul(s, scale)
 p = Softmax<axis = -1>(a)`;
    const rest = 'c3 = MatMul(p, v3)\n c = Reshape(c3, apart)';
    const rows = 'int64[3] rows = {-1, 6, 4}, int64[4] apart = {-1, 2, 6, 4}';
    assert.deepEqual(operators(attention(merged, rest, rows)), READ);
    assert.ok(alike(attention(SCALED), attention(merged, rest, rows)));
  });

  it('is the same with its projections in one matrix', () => {
    const packed = graphText(
      `d = MatMul(x, w)\n q, k, v = Split<axis = 2>(d, thirds)
 q4 = Reshape(q, split)\n k4 = Reshape(k, split)\n v4 = Reshape(v, split)
 qh = Transpose<perm = [0, 2, 1, 3]>(q4)\n kt = Transpose<perm = [0, 2, 3, 1]>(k4)\n vh = Transpose<perm = [0, 2, 1, 3]>(v4)
 ${SCALED}\n c = MatMul(p, vh)\n ct = Transpose<perm = [0, 2, 1, 3]>(c)\n y = Reshape(ct, join)`,
      `float[8,24] w, int64[3] thirds = {8, 8, 8}, ${HEADS}`,
      SEQUENCE,
    );
    assert.deepEqual(operators(packed), READ);
    assert.ok(alike(attention(SCALED), packed));
    const weights = canonicalNodes(packed).map((node) => node.parameters.get('weight')?.values()?.[0]);
    assert.equal(new Set(weights.slice(0, 3)).size, 3);
  });

  it('says what it does not see, and what another scale is', () => {
    const masked = 's = MatMul(qh, kt)\n a = Mul(s, scale)\n m = Add(a, mask)\n p = Softmax<axis = -1>(m)';
    const text = attention(masked, '', `float[6,6] mask = {${causal}}`);
    assert.equal(canonicalNodes(text)[3]?.settings.mask, 'causal');
    assert.equal(differences(attention(SCALED), text).length, 1);
    assert.equal(
      differences(attention(SCALED), attention(SCALED.replace('scale', 'two'), '', 'float two = {2}')).length,
      1,
    );
  });

  const refused: Readonly<Record<string, string>> = {
    'a softmax over the queries': attention(SCALED.replace('axis = -1', 'axis = -2')),
    'a scale behind the softmax': attention(
      's = MatMul(qh, kt)\n a = Mul(s, scale)\n h = Softmax<axis = -1>(a)\n p = Mul(h, scale)',
    ),
    'heads of positions': attention(
      `q5 = Reshape(q, wrong)\n k5 = Reshape(k, wrong)\n k6 = Transpose<perm = [0, 1, 3, 2]>(k5)\n s = MatMul(q5, k6)
 a = Mul(s, scale)\n p = Softmax<axis = -1>(a)`,
      '',
      'int64[4] wrong = {0, 2, 6, 4}',
    ),
    'numbers between in the mask': attention(
      's = MatMul(qh, kt)\n a = Mul(s, scale)\n m = Add(a, mask)\n p = Softmax<axis = -1>(m)',
      '',
      'float[6,6] mask',
    ),
    'a mask for each head': attention(
      's = MatMul(qh, kt)\n a = Mul(s, scale)\n m = Add(a, mask)\n p = Softmax<axis = -1>(m)',
      '',
      `float[2,6,6] mask = {${causal}, ${causal}}`,
    ),
  };
  for (const [name, text] of Object.entries(refused)) {
    it(`is not taken for: ${name}`, () => {
      assert.ok(!operators(text).includes('attention'));
      assert.ok(!alike(attention(SCALED), text));
    });
  }

  it('differs where keys take the place of values, and where heads are put together in another order', () => {
    assert.ok(
      !alike(attention(SCALED), attention(SCALED, 'kh = Transpose<perm = [0, 1, 3, 2]>(kt)\n c = MatMul(p, kh)')),
    );
    const mixed = attention(SCALED).replace(
      'ct = Transpose<perm = [0, 2, 1, 3]>(c)\n y = Reshape(ct, join)',
      'y = Reshape(c, join)',
    );
    assert.ok(!alike(attention(SCALED), mixed));
  });

  it('is an operator from opset 23 on, unless it caps its scores', () => {
    const operator = (attributes: string) =>
      attention('', `c = Attention${attributes}(qh, kh, vh)`)
        .replace('kt = Transpose<perm = [0, 2, 3, 1]>(k4)', 'kh = Transpose<perm = [0, 2, 1, 3]>(k4)')
        .replace('"" : 17', '"" : 23');
    assert.ok(alike(attention(SCALED), operator('')));
    assert.equal(canonicalNodes(operator('<is_causal = 1>'))[3]?.settings.mask, 'causal');
    assert.ok(!operators(operator('<softcap = 5.0>')).includes('attention'));
  });
});

/** An LSTM of three units on a sequence of six; `states` stand behind the biases. */
function lstm(
  outputs: string,
  behind: string,
  more: { states?: string; attributes?: string; constants?: string } = {},
): string {
  const { states = '', attributes = 'hidden_size = 3', constants = '' } = more;
  const directions = attributes.includes('bidirectional') ? 2 : 1;
  return graphText(
    `t = Transpose<perm = [1, 0, 2]>(x)\n ${outputs} = LSTM<${attributes}>(t, w, r, b${states})\n ${behind}`,
    `float[${directions},12,8] w, float[${directions},12,3] r, float[${directions},24] b, int64[1] one = {1}${constants}`,
    SEQUENCE,
  );
}

const EVERY = 's = Squeeze(a, one)\n y = Transpose<perm = [1, 0, 2]>(s)';
const LAST = 's = Squeeze(a, one)\n u = Transpose<perm = [1, 0, 2]>(s)\n y = Gather<axis = 1>(u, i)';
const last = (index: number) => lstm('a', LAST, { constants: `, int64 i = {${index}}` });

describe('recurrent layers', () => {
  it('are read with the batch in front', () => {
    assert.deepEqual(operators(lstm('a', EVERY)), ['lstm']);
    const [node] = canonicalNodes(lstm('a', EVERY));
    assert.deepEqual(node?.settings, { unit: 3, bidirectional: false, return_sequences: true });
  });

  it('start from zeros, however these are written, and from nothing else', () => {
    const given = (value: string) =>
      lstm('a', EVERY, { states: ', , h, h', constants: `, float[1,2,3] h = {${Array(6).fill(value)}}` }).replace(
        'batch',
        '2',
      );
    assert.deepEqual(operators(given('0')), ['lstm']);
    assert.ok(!operators(given('0.5')).includes('lstm'));
    const filled = lstm('a', `${EVERY}`, {
      states: ', , h, h',
      constants: ', int64 first = {0}, int64[1] three = {3}, int64[1] o = {0}',
    });
    const zeros =
      'n = Shape(x)\n g = Gather<axis = 0>(n, first)\n u = Unsqueeze(g, o)\n d = Concat<axis = 0>(one, u, three)\n h = ConstantOfShape(d)\n t =';
    assert.deepEqual(operators(filled.replace('t = Transpose', `${zeros} Transpose`)), ['lstm']);
  });

  it('have a last state, which is the output of the last position', () => {
    const state = lstm(', a', 'o = Transpose<perm = [1, 0, 2]>(a)\n y = Flatten<axis = 1>(o)').replace(
      ', a =',
      'e, a =',
    );
    assert.deepEqual(operators(state), ['lstm']);
    assert.ok(alike(state, last(-1)));
    assert.ok(alike(state, last(5)));
    assert.ok(!alike(state, last(0)));
    assert.ok(!alike(state, last(4)));
  });

  it('in both directions end at both ends', () => {
    const both = {
      attributes: 'hidden_size = 3, direction = "bidirectional"',
      constants: ', int64 i = {-1}, int64[3] join = {6, -1, 6}',
    };
    const state = lstm('e, a', 'o = Transpose<perm = [1, 0, 2]>(a)\n y = Flatten<axis = 1>(o)', both);
    const position = lstm(
      'a',
      'p = Transpose<perm = [0, 2, 1, 3]>(a)\n s = Reshape(p, join)\n y = Gather<axis = 0>(s, i)',
      both,
    );
    assert.deepEqual(operators(state), ['lstm']);
    assert.ok(!alike(state, position));
    const joined = (first: number, second: number) =>
      lstm('e, a', 'f = Gather<axis = 0>(a, f0)\n g = Gather<axis = 0>(a, g0)\n y = Concat<axis = 1>(f, g)', {
        ...both,
        constants: `, int64 f0 = {${first}}, int64 g0 = {${second}}`,
      });
    assert.ok(alike(state, joined(-2, -1)));
    assert.ok(!alike(state, joined(-1, -2)));
    assert.ok(!alike(state, joined(0, 0)));
  });

  it('are left alone with another activation, clipping, or the memory as an output', () => {
    assert.deepEqual(
      operators(lstm('a', EVERY, { attributes: 'hidden_size = 3, clip = 2.0' })).includes('lstm'),
      false,
    );
    assert.deepEqual(
      operators(lstm('a', EVERY, { attributes: 'hidden_size = 3, input_forget = 1' })).includes('lstm'),
      false,
    );
    assert.deepEqual(operators(lstm('e, h, a', EVERY)).includes('lstm'), false);
  });
});

describe('rearrangements', () => {
  const rearranged = (nodes: string, constants: string) =>
    operators(graphText(`${nodes}\n y = Relu(z)`, constants, SEQUENCE));

  it('that undo each other are none', () => {
    assert.deepEqual(
      rearranged(
        'a = Reshape(x, s)\n b = Transpose<perm = [0, 2, 1, 3]>(a)\n c = Transpose<perm = [0, 2, 1, 3]>(b)\n z = Reshape(c, t)',
        'int64[4] s = {0, 6, 2, 4}, int64[3] t = {0, 6, 8}',
      ),
      ['activation'],
    );
    assert.deepEqual(
      rearranged('a = Unsqueeze(x, o)\n z = Gather<axis = 1>(a, i)', 'int64[1] o = {1}, int64 i = {0}'),
      ['activation'],
    );
  });

  it('stay where they do something', () => {
    const heads = 'int64[4] s = {0, 6, 2, 4}, int64[3] t = {0, 6, 8}';
    const mixed = rearranged('a = Reshape(x, s)\n b = Transpose<perm = [0, 2, 1, 3]>(a)\n z = Reshape(b, t)', heads);
    assert.deepEqual(mixed, ['reshape', 'Transpose', 'reshape', 'activation']);
    assert.deepEqual(rearranged('z = Gather<axis = 1>(x, i)', 'int64 i = {0}'), ['slice', 'reshape', 'activation']);
  });

  it('of other axes than the last are behind a layer that works on the last', () => {
    const rows = graphText(
      't = Transpose<perm = [1, 0, 2]>(x)\n f = Reshape(t, r)\n a = MatMul(f, w)\n b = Reshape(a, s)\n y = Transpose<perm = [1, 0, 2]>(b)',
      'float[8,3] w, int64[2] r = {-1, 8}, int64[3] s = {6, -1, 3}',
      SEQUENCE,
    );
    assert.deepEqual(operators(rows), ['dense']);
    const last = graphText('t = Transpose<perm = [0, 2, 1]>(x)\n y = MatMul(t, w)', 'float[6,3] w', SEQUENCE);
    assert.deepEqual(operators(last), ['Transpose', 'dense']);
  });
});

describe('RMS normalization', () => {
  const parts = (mean: string, divided = 'x') =>
    graphText(
      `a = Pow(x, two)\n b = ${mean}(a)\n c = Add(b, e)\n d = Sqrt(c)\n r = Reciprocal(d)\n n = Mul(${divided}, r)\n y = Mul(n, g)`,
      'float two = {2}, float e = {0.00001}, float[8] g',
      SEQUENCE,
    );

  it('is read from its parts over the last axis', () => {
    assert.deepEqual(operators(parts('ReduceMean<axes = [-1]>')), ['rms_normalization']);
    assert.ok(!operators(parts('ReduceMean<axes = [1]>')).includes('rms_normalization'));
    const other = parts('ReduceMean<axes = [-1]>', 'o').replace('n = Mul', 'o = Tanh(x)\n n = Mul');
    assert.ok(!operators(other).includes('rms_normalization'));
  });
});

describe('GELU by tanh', () => {
  const parts = (factor: number) =>
    graphText(
      'a = Pow(x, three)\n b = Mul(c, a)\n d = Add(x, b)\n e = Mul(r, d)\n f = Tanh(e)\n g = Add(f, one)\n h = Mul(half, g)\n y = Mul(x, h)',
      `float three = {3}, float c = {${factor}}, float r = {0.79788458}, float one = {1}, float half = {0.5}`,
      SEQUENCE,
    );

  it('is the operator of the same name, and not the one by the error function', () => {
    assert.ok(alike(graphText('y = Gelu<approximate = "tanh">(x)', '', SEQUENCE, 20), parts(0.044715)));
    assert.ok(!alike(graphText('y = Gelu(x)', '', SEQUENCE, 20), parts(0.044715)));
    assert.ok(!operators(parts(0.05)).includes('activation gelu_tanh'));
    assert.ok(!alike(graphText('y = Gelu<approximate = "tanh">(x)', '', SEQUENCE, 20), parts(0.05)));
  });
});

describe('what PyTorch writes because it has no uneven padding', () => {
  const crop = (pads: string) =>
    graphText('a = ConvTranspose<strides = [2, 2]>(x, w)\n y = Pad(a, p)', `float[2,3,3,3] w, int64[8] p = {${pads}}`);

  it('is a padding that is cut off behind', () => {
    const uneven = graphText('y = ConvTranspose<strides = [2, 2], pads = [0, 0, 1, 1]>(x, w)', 'float[2,3,3,3] w');
    assert.ok(alike(uneven, crop('0,0,0,0,0,0,-1,-1')));
    assert.ok(!alike(uneven, crop('0,0,-1,-1,0,0,0,0')));
    assert.ok(!alike(uneven, crop('0,0,0,0,0,0,1,1')));
    assert.ok(
      !operators(crop('0,-1,0,0,0,0,0,0')).includes('transposed_convolution') ||
        operators(crop('0,-1,0,0,0,0,0,0')).length === 2,
    );
  });

  it('is an average with factors', () => {
    const average = (first: number) =>
      graphText(
        'p = Pad(x, w)\n a = AveragePool<kernel_shape = [3], strides = [3]>(p)\n y = Mul(a, f)',
        `int64[6] w = {0, 0, 1, 0, 0, 0}, float[1,1,3] f = {${first}, 1, 1}`,
        'float[batch,6,8] x',
      );
    const plain = graphText('y = AveragePool<kernel_shape = [3], strides = [3], pads = [1, 0]>(x)', '', SEQUENCE);
    assert.ok(alike(plain, average(1.5)));
    assert.ok(!alike(plain, average(2)));
  });
});

describe('global pooling of rearranged values', () => {
  const pooled = (nodes: string, constants = '') => graphText(`${nodes}`, constants);

  it('does not ask for the order of what is pooled', () => {
    assert.deepEqual(
      operators(pooled('a = Reshape(x, s)\n y = ReduceMean<axes = [2], keepdims = 0>(a)', 'int64[3] s = {0, 2, 16}')),
      ['global_average_pooling'],
    );
    assert.notDeepEqual(
      operators(pooled('a = Reshape(x, s)\n y = ReduceMean<axes = [2], keepdims = 0>(a)', 'int64[3] s = {0, 4, 8}')),
      ['global_average_pooling'],
    );
  });
});

describe('indices that count', () => {
  const gathered = (step: number, start = 0) =>
    graphText(
      `f = Reshape(x, flat)\n n = Shape(x)\n b = Gather<axis = 0>(n, zero)\n r = Range(zero, b, one)\n m = Mul(r, step)
 u = Unsqueeze(m, axis)\n i = Add(u, rest)\n y = Gather<axis = 0>(f, i)`,
      `int64[1] flat = {-1}, int64 zero = {0}, int64 one = {1}, int64 step = {${step}}, int64[1] axis = {1},
 int64[1,4] rest = {${[0, 1, 2, 3].map((each) => each + start)}}`,
      'float[batch,4] x',
    );

  it('are a reshape, here to the shape that is there', () => {
    assert.deepEqual(operators(gathered(4)), []);
    assert.ok(operators(gathered(3)).includes('Gather'));
    assert.ok(operators(gathered(4, 1)).includes('Gather'));
  });
});

describe('a sum over products', () => {
  const einsum = (equation: string) =>
    attention(`s = Einsum<equation = "${equation}">(qh, kh)\n a = Mul(s, scale)\n p = Softmax<axis = -1>(a)`).replace(
      'kt = Transpose<perm = [0, 2, 3, 1]>(k4)',
      'kh = Transpose<perm = [0, 2, 1, 3]>(k4)',
    );

  it('is a product of matrices where it sums over one axis', () => {
    assert.ok(alike(attention(SCALED), einsum('bhqd,bhkd->bhqk')));
    // Which of two projections is called queries is a name: the other way round it is the same network.
    assert.ok(alike(attention(SCALED), einsum('bhqd,bhkd->bhkq')));
    const dense = (equation: string) =>
      graphText(`y = Einsum<equation = "${equation}">(x, w)`, 'float[8,8] w', SEQUENCE);
    assert.deepEqual(operators(dense('bld,de->ble')), ['dense']);
    assert.deepEqual(operators(dense('bld,ed->ble')), ['dense']);
    assert.ok(!alike(dense('bld,de->ble'), dense('bld,de->bel')));
    assert.deepEqual(operators(dense('bld,de->be')), ['Einsum']);
  });
});

describe('a shortcut around layers with their channels last', () => {
  const CHANNELS_FIRST = 'float[batch,8,6] x';
  const first = (nodes: string) => graphText(nodes, 'float[8,8] w, float[8,3] u', CHANNELS_FIRST);

  it('is the same with the channels in front', () => {
    const front = first(
      't = Transpose<perm = [0, 2, 1]>(x)\n d = MatMul(t, w)\n b = Transpose<perm = [0, 2, 1]>(d)\n s = Add(x, b)\n e = Transpose<perm = [0, 2, 1]>(s)\n y = MatMul(e, u)',
    );
    const last = first('t = Transpose<perm = [0, 2, 1]>(x)\n d = MatMul(t, w)\n s = Add(t, d)\n y = MatMul(s, u)');
    assert.ok(alike(front, last));
    const without = first('t = Transpose<perm = [0, 2, 1]>(x)\n d = MatMul(t, w)\n y = MatMul(d, u)');
    assert.ok(!alike(front, without));
  });
});

describe('PReLU', () => {
  const picture = (slope: string) => graphText('y = PRelu(x, s)', `${slope} s`);

  it('has slopes that are trained, however they are stored', () => {
    assert.ok(alike(picture('float[1]'), picture('float')));
    assert.ok(alike(picture('float[1,1,1]'), picture('float')));
    assert.deepEqual(operators(picture('float[2,1,1]')), ['prelu']);
    assert.ok(!alike(picture('float[2,1,1]'), picture('float[1]')));
    assert.deepEqual(operators(picture('float[4]')), ['PRelu']);
  });
});
