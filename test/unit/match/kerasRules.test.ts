import assert from 'node:assert/strict';
import { alike, canonicalNodes, graphText, operators } from './fixtures';

const PICTURE = 'float[batch,4,4,4] x';

/** Mean and variance as tf2onnx writes Keras' layer normalization, over the channels behind the batch, with one thing changed. */
function moments({ mean = 1, spread = 1, squared = 'd', scaled = 'm', gamma = '[1,4,1,1]', more = '' } = {}): string {
  const nodes = `m = ReduceMean<axes = [${mean}]>(x)\n n = Neg(${scaled})\n d = Sub(x, m)\n p = Mul(d, ${squared})
 v = ReduceMean<axes = [${spread}]>(p)\n a = Add(v, e)\n r = Sqrt(a)\n q = Reciprocal(r)\n f = Mul(q, g)
 k = Mul(x, f)\n w = Mul(n, f)\n z = Add(w, b)\n ${more === '' ? 'y' : 's'} = Add(k, z)\n ${more}`;
  return graphText(nodes, `float e = {0.00001}, float${gamma} g, float[1,4,1,1] b`, PICTURE);
}

describe('layer normalization by its moments', () => {
  const operator = graphText(
    `a = Transpose<perm = [0,2,3,1]>(x)\n b = LayerNormalization<axis = -1, epsilon = 0.00001>(a, s, h)
 y = Transpose<perm = [0,3,1,2]>(b)`,
    'float[4] s, float[4] h',
    PICTURE,
  );

  it('is the operator between two transpositions', () => {
    assert.deepEqual(operators(moments()), ['Transpose', 'layer_normalization', 'Transpose']);
    assert.ok(alike(operator, moments()));
  });

  it('is the one of PyTorch, over the same axis', () => {
    const composed = graphText(
      'm = ReduceMean<axes = [1]>(x)\n d = Sub(x, m)\n p = Pow(d, two)\n v = ReduceMean<axes = [1]>(p)\n a = Add(v, e)\n r = Sqrt(a)\n n = Div(d, r)\n c = Mul(n, g)\n y = Add(c, b)',
      'float two = {2}, float e = {0.00001}, float[4,1,1] g, float[4,1,1] b',
      PICTURE,
    );
    assert.deepEqual(operators(composed), ['Transpose', 'layer_normalization', 'Transpose']);
    assert.ok(alike(composed, moments()));
  });

  it('is not seen over other axes, of other values, or with other factors', () => {
    for (const changed of [
      { spread: 2 },
      { mean: 2, spread: 2 },
      { squared: 'x' },
      { scaled: 'v' },
      { gamma: '[1,1,4,1]' },
      { more: 'y = Add(s, v)' },
    ]) {
      const seen = operators(moments(changed));
      assert.ok(!seen.includes('layer_normalization'), `${JSON.stringify(changed)}: ${seen}`);
    }
  });
});

describe('group normalization by its moments', () => {
  /** Channels last, four channels in two groups. */
  const parts = ({ target = '{-1, 4, 4, 2, 2}', axes = '[1, 2, 4]', back = '{-1, 4, 4, 4}' } = {}) =>
    graphText(
      `l = Transpose<perm = [0,2,3,1]>(x)\n t = Reshape(l, i)\n m = ReduceMean<axes = ${axes}>(t)\n n = Neg(m)\n d = Sub(t, m)
 p = Mul(d, d)\n v = ReduceMean<axes = ${axes}>(p)\n a = Add(v, e)\n r = Sqrt(a)\n q = Reciprocal(r)\n f = Mul(q, g)
 k = Mul(t, f)\n w = Mul(n, f)\n z = Add(w, b)\n s = Add(k, z)\n u = Reshape(s, o)\n y = Transpose<perm = [0,3,1,2]>(u)`,
      `int64[5] i = ${target}, int64[4] o = ${back}, float e = {0.001}, float[1,1,1,2,2] g, float[1,1,1,2,2] b`,
      PICTURE,
    );

  it('is read with its groups, and its factors channel by channel', () => {
    assert.deepEqual(operators(parts()), ['group_normalization']);
    const [node] = canonicalNodes(parts());
    assert.deepEqual(node?.settings, { groups: 2, epsilon: Math.fround(0.001) });
    assert.deepEqual(node?.parameters.get('scale')?.shape, [4]);
  });

  it('is not seen where positions are mixed into the groups, or the groups averaged', () => {
    const mixed = parts({ target: '{-1, 4, 2, 2, 4}', axes: '[1, 2, 4]' });
    for (const text of [
      mixed,
      parts({ axes: '[1, 2, 3, 4]' }),
      parts({ axes: '[1, 4]' }),
      parts({ back: '{-1, 2, 8, 4}' }),
    ]) {
      assert.ok(!operators(text).includes('group_normalization'), operators(text).join());
    }
  });
});

describe('upsampling by Tile', () => {
  /** Rows, then columns, of a picture that becomes one with its channels last in between. */
  const tiled = ({ rows = '{1, 1, 1, 2, 1}', columns = '{1, 1, 1, 3, 1}', axis = 3, height = 8 } = {}) =>
    graphText(
      `a = Unsqueeze(x, ra)\n b = Tile(a, rt)\n c = Transpose<perm = [0,2,3,4,1]>(b)\n d = Reshape(c, rs)
 f = Unsqueeze(d, ca)\n g = Tile(f, ct)\n h = Reshape(g, cs)\n y = Transpose<perm = [0,3,1,2]>(h)`,
      `int64[1] ra = {3}, int64[5] rt = ${rows}, int64[4] rs = {-1, ${height}, 4, 2},
 int64[1] ca = {${axis}}, int64[5] ct = ${columns}, int64[4] cs = {-1, ${height}, 12, 2}`,
    );

  it('is one upsampling by both factors', () => {
    const nodes = canonicalNodes(tiled());
    assert.deepEqual(
      nodes.map(({ op, settings }) => [op, settings.size]),
      [['upsampling', [2, 3]]],
    );
    const resize = graphText(
      'y = Resize<mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor">(x, , f)',
      'float[4] f = {1, 1, 2, 3}',
    );
    assert.ok(alike(resize, tiled()));
  });

  it('is not whole copies one after the other, nor is a repetition of channels one of rows', () => {
    const copies = tiled({ axis: 2, columns: '{1, 1, 3, 1, 1}' });
    assert.ok(operators(copies).includes('Tile'), operators(copies).join());
    const channels = graphText(
      'a = Unsqueeze(x, i)\n b = Tile(a, t)\n y = Reshape(b, s)',
      'int64[1] i = {2}, int64[5] t = {1, 1, 2, 1, 1}, int64[4] s = {-1, 4, 4, 4}',
    );
    assert.deepEqual(operators(channels), ['Transpose', 'upsampling', 'Transpose']);
  });
});

describe('activations of Keras', () => {
  const gelu = ({ negative = 'Neg', half = 0.5 } = {}) =>
    graphText(
      `h = Mul(f, x)\n n = ${negative}(x)\n s = Mul(n, r)\n c = Erfc(s)\n y = Mul(h, c)`,
      `float f = {${half}}, float r = {0.70710677}`,
    );

  it('are gelu by the complement of the error function', () => {
    assert.deepEqual(operators(gelu()), ['activation']);
    assert.equal(canonicalNodes(gelu())[0]?.settings.activation, 'gelu');
    for (const text of [gelu({ negative: 'Abs' }), gelu({ half: 0.6 })]) assert.ok(operators(text).includes('Erfc'));
  });

  it('are gelu with the scale of a normalization in between', () => {
    const text = graphText(
      'h = Mul(f, x)\n n = Neg(x)\n s = Mul(n, r)\n c = Erfc(s)\n k = Mul(c, g)\n p = Mul(h, k)\n y = Add(p, b)',
      'float f = {0.5}, float r = {0.70710677}, float[1,2,1,1] g, float[1,2,1,1] b',
    );
    assert.deepEqual(operators(text), ['activation', 'batch_normalization']);
  });

  const elu = ({ positive = 'e', negative = 'k', border = 0 } = {}) =>
    graphText(
      `e = Elu(x)\n k = Mul(a, e)\n g = Greater(x, z)\n n = Not(g)\n i = Cast<to = 1>(n)\n l = Mul(${negative}, i)
 j = Cast<to = 1>(g)\n r = Mul(j, ${positive})\n y = Add(r, l)`,
      `float a = {0.7}, float z = {${border}}`,
    );

  it('are an elu with its alpha, one summand for each side of zero', () => {
    assert.deepEqual(operators(elu()), ['activation']);
    assert.deepEqual(canonicalNodes(elu())[0]?.settings, { activation: 'elu', alpha: Math.fround(0.7) });
    for (const text of [elu({ positive: 'k', negative: 'e' }), elu({ border: 1 })]) {
      assert.ok(operators(text).includes('Greater'), operators(text).join());
    }
  });
});

describe('embeddings of Keras', () => {
  const cleaned = ({ rows = 5, below = 0, taken = 'x' } = {}) =>
    graphText(
      `s = Add(x, n)\n f = Cast<to = 1>(x)\n l = Less(f, z)\n k = Not(l)\n i = Cast<to = 6>(k)\n p = Mul(${taken}, i)
 j = Cast<to = 6>(l)\n q = Mul(j, s)\n d = Add(q, p)\n y = Gather<axis = 0>(w, d)`,
      `int32 n = {${rows}}, float z = {${below}}, float[5,3] w`,
      'int32[batch,6] x',
    );
  const plain = graphText('y = Gather<axis = 0>(w, x)', 'float[5,3] w', 'int64[batch,6] x');

  it('are read through the cleaning of their ids, of 32 or of 64 bits', () => {
    assert.deepEqual(operators(cleaned()), ['embedding']);
    assert.ok(alike(plain, cleaned()));
  });

  it('are not where ids are changed', () => {
    for (const text of [cleaned({ rows: 4 }), cleaned({ below: 1 }), cleaned({ taken: 's' })]) {
      assert.ok(operators(text).includes('Less'), operators(text).join());
      assert.ok(!alike(plain, text));
    }
  });
});

describe('layers for sequences of Keras', () => {
  /** `[batch, length, channels]`, made a picture of one row. */
  const sequence = ({ pads = '[0, 1, 0, 1]', row = 1, input = 'float[batch,6,2] x' } = {}) =>
    graphText(
      `u = Unsqueeze(x, i)\n t = Transpose<perm = [0, 3, 1, 2]>(u)\n c = Conv<pads = ${pads}, strides = [1, 2]>(t, w)
 q = Squeeze(c, j)\n y = Relu(q)`,
      `int64[1] i = {1}, int64[1] j = {2}, float[3,2,${row},3] w`,
      input,
    );
  const plain = graphText(
    't = Transpose<perm = [0, 2, 1]>(x)\n c = Conv<pads = [1, 1], strides = [2]>(t, w)\n y = Relu(c)',
    'float[3,2,3] w',
    'float[batch,6,2] x',
  );

  it('are read without the row that was added', () => {
    assert.deepEqual(operators(sequence()), ['Transpose', 'convolution', 'activation']);
    assert.ok(alike(plain, sequence()));
    const pool = graphText(
      'u = Unsqueeze(x, i)\n p = MaxPool<kernel_shape = [1, 2], strides = [1, 2]>(u)\n y = Squeeze(p, i)',
      'int64[1] i = {2}',
      'float[batch,2,6] x',
    );
    assert.deepEqual(canonicalNodes(pool)[0]?.settings.pooling_size, [2]);
  });

  it('stay pictures where the kernel or the padding has more rows, or the picture is one of the file', () => {
    const rows = sequence({ pads: '[1, 1, 1, 1]', row: 3 });
    assert.deepEqual(canonicalNodes(rows).find(({ op }) => op === 'convolution')?.settings.kernel, [3, 3]);
    const picture = graphText('y = Conv(x, w)', 'float[3,2,1,3] w', 'float[batch,2,1,6] x');
    assert.deepEqual(canonicalNodes(picture)[0]?.settings.kernel, [1, 3]);
  });
});

describe('a maximum behind a padding of zeros', () => {
  const padded = (front: string) =>
    graphText(`${front}\n p = Pad(a, s)\n y = MaxPool<kernel_shape = [3, 3]>(p)`, 'int64[8] s = {0,0,1,1,0,0,1,1}');

  it('has it as its own padding where no value is below zero', () => {
    assert.deepEqual(operators(padded('a = Relu(x)')), ['activation', 'max_pooling']);
  });

  it('has not where values may be below zero', () => {
    for (const op of ['LeakyRelu', 'Tanh', 'Neg']) assert.ok(operators(padded(`a = ${op}(x)`)).includes('Pad'), op);
  });
});

describe('the bias of a dense layer behind its split into heads', () => {
  const heads = (bias: string, target = '{-1, 6, 2, 4}') =>
    graphText(
      'd = MatMul(x, w)\n r = Reshape(d, t)\n y = Add(r, b)',
      `float[3,8] w, int64[4] t = ${target}, float${bias} b`,
      'float[batch,6,3] x',
    );

  it('is its bias', () => {
    assert.deepEqual(operators(heads('[2,4]')), ['dense', 'reshape']);
    assert.deepEqual(canonicalNodes(heads('[2,4]'))[0]?.parameters.get('bias')?.shape, [8]);
  });

  it('is not where it varies along the positions, or the heads are in front', () => {
    for (const text of [heads('[6,2,4]'), heads('[2,1]'), heads('[2,4]', '{-1, 3, 2, 8}')]) {
      assert.ok(operators(text).includes('Add'), operators(text).join());
    }
  });
});

describe('a value that is transposed for several users', () => {
  it('is transposed once', () => {
    const twice = graphText(
      'a = Transpose<perm = [0,1,3,2]>(x)\n b = Transpose<perm = [0,1,3,2]>(x)\n c = Conv(a, w)\n d = Conv(b, v)\n y = Add(c, d)',
      'float[2,2,1,1] w, float[2,2,1,1] v',
    );
    const once = graphText(
      'a = Transpose<perm = [0,1,3,2]>(x)\n c = Conv(a, w)\n d = Conv(a, v)\n y = Add(c, d)',
      'float[2,2,1,1] w, float[2,2,1,1] v',
    );
    assert.deepEqual(operators(twice), operators(once));
    assert.ok(alike(once, twice));
  });
});

describe('a sequence with its channels last', () => {
  const first = graphText('y = Conv(x, w)', 'float[3,2,3] w', 'float[batch,2,6] x');
  const last = graphText('t = Transpose<perm = [0, 2, 1]>(x)\n y = Conv(t, w)', 'float[3,2,3] w', 'float[batch,6,2] x');

  it('is the other one transposed, whichever of them is the intended one', () => {
    assert.ok(alike(first, last));
    assert.ok(alike(last, first));
    assert.ok(!alike(first, graphText('y = Conv(x, w)', 'float[3,6,1] w', 'float[batch,6,2] x')));
  });
});

describe('a hard sigmoid', () => {
  const gate = (attributes: string) => graphText(`a = HardSigmoid${attributes}(x)\n y = Relu(a)`);

  it("has ONNX's own slope and offset where they are left out", () => {
    assert.ok(alike(gate('<alpha = 0.16666667>'), gate('<alpha = 0.16666667, beta = 0.5>')));
    assert.ok(!alike(gate('<alpha = 0.16666667>'), gate('')));
    assert.ok(!alike(gate('<beta = 0.4>'), gate('')));
  });
});

describe('a split', () => {
  const split = graphText('a, b = Split<axis = 1>(x)\n y = Sub(a, b)', '', 'float[batch,2,4,4] x', 13);
  const slices = (second: string) =>
    graphText(
      'a = Slice(x, zero, one, one)\n b = Slice(x, from, to, one)\n y = Sub(a, b)',
      `int64[1] zero = {0}, int64[1] one = {1}, ${second}`,
    );

  it('is the slices of its outputs, whatever their bounds are counted from', () => {
    assert.ok(alike(split, slices('int64[1] from = {1}, int64[1] to = {2}')));
    assert.ok(alike(split, slices('int64[1] from = {-1}, int64[1] to = {2147483647}')));
  });

  it('is not slices of other bounds, or in the other order', () => {
    assert.ok(!alike(split, slices('int64[1] from = {0}, int64[1] to = {2}')));
    const swapped = graphText('a, b = Split<axis = 1>(x)\n y = Sub(b, a)', '', 'float[batch,2,4,4] x', 13);
    assert.ok(!alike(split, swapped));
  });
});

describe('the last states of a layer in both directions', () => {
  /** As tf2onnx writes Keras' `Bidirectional`: the halves' outputs at their last positions, one beside the other. */
  const states = ({ back = '{0}', backEnd = '{1}', order = 'f, r' } = {}) =>
    graphText(
      `t = Transpose<perm = [1, 0, 2]>(x)\n o = LSTM<direction = "bidirectional", hidden_size = 3>(t, w, v)
 a = Slice(o, zero, one, one)\n p = Squeeze(a, one)\n e = Slice(p, last, end, zero)\n f = Squeeze(e, zero)
 b = Slice(o, one, two, one)\n q = Squeeze(b, one)\n g = Slice(q, back, backEnd, zero)\n r = Squeeze(g, zero)
 y = Concat<axis = 1>(${order})`,
      `float[2,12,4] w, float[2,12,3] v, int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] last = {-1},
 int64[1] end = {2147483647}, int64[1] back = ${back}, int64[1] backEnd = ${backEnd}`,
      'float[batch,5,4] x',
    );

  it('are the outputs at the last position forwards and at the first backwards', () => {
    const nodes = canonicalNodes(states());
    assert.deepEqual(
      nodes.map(({ op, settings }) => [op, settings.return_sequences]),
      [['lstm', false]],
    );
  });

  it('are not both at one position, nor the halves in the other order', () => {
    for (const text of [states({ back: '{4}', backEnd: '{5}' }), states({ order: 'r, f' })]) {
      assert.ok(operators(text).includes('concatenate'), operators(text).join());
    }
  });
});
