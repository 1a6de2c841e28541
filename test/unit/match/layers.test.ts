import assert from 'node:assert/strict';
import { alike, canonicalNodes, graphText, operators } from './fixtures';

const SEQUENCE = 'float[batch,6,8] x';
const AFFINE = 'float[8] s, float[8] h';
const NORM_PARTS = 'float two = {2}, float e = {0.00001}';

/** Layer normalization as PyTorch writes it before opset 17, with one thing changed. */
function composedNorm({ axis = -1, power = 'two', divided = 'd', keep = 1 } = {}): string {
  const nodes = `m = ReduceMean<axes = [${axis}]>(x)\n d = Sub(x, m)\n p = Pow(d, ${power})
 v = ReduceMean<axes = [${axis}], keepdims = ${keep}>(p)\n a = Add(v, e)\n r = Sqrt(a)\n n = Div(${divided}, r)
 c = Mul(n, s)\n y = Add(c, h)`;
  return graphText(nodes, `${AFFINE}, ${NORM_PARTS}, float three = {3}`, SEQUENCE);
}

describe('layer normalization', () => {
  const operator = (attributes = 'axis = -1, epsilon = 0.00001', inputs = 'x, s, h') =>
    graphText(`y = LayerNormalization<${attributes}>(${inputs})`, AFFINE, SEQUENCE);

  it('is read as an operator and in its parts, which are the same', () => {
    assert.deepEqual(operators(operator()), ['layer_normalization']);
    assert.deepEqual(operators(composedNorm()), ['layer_normalization']);
    assert.ok(alike(operator(), composedNorm()));
  });

  it('differs in its epsilon and in having a shift', () => {
    assert.ok(!alike(operator('axis = -1, epsilon = 0.001'), composedNorm()));
    assert.ok(!alike(operator(), operator('axis = -1, epsilon = 0.00001', 'x, s')));
  });

  it('is not seen where another axis, power or dividend stands', () => {
    for (const text of [composedNorm({ axis: 1 }), composedNorm({ power: 'three' }), composedNorm({ divided: 'x' })]) {
      assert.ok(!operators(text).includes('layer_normalization'), operators(text).join());
    }
    const twoAxes = graphText('y = LayerNormalization<axis = 1>(x, s, h)', 'float[6,8] s, float[6,8] h', SEQUENCE);
    assert.deepEqual(operators(twoAxes), ['LayerNormalization']);
  });

  it('is not taken together when its mean is used elsewhere', () => {
    const text = composedNorm().replace('y = Add(c, h)', 'z = Add(c, h)\n y = Add(z, m)');
    assert.ok(!operators(text).includes('layer_normalization'));
  });
});

describe('group normalization', () => {
  const parts = (constants = '', factors = '[4,1,1]', back = '{0, 4, 4, 4}') =>
    graphText(
      `a = Reshape(x, t)\n n = InstanceNormalization(a, o, z)\n b = Reshape(n, u)\n c = Mul(b, s)\n y = Add(c, h)`,
      `int64[3] t = {0, 2, -1}, int64[4] u = ${back}, float${factors} s, float${factors} h, float[2] z = {0, 0}, ${
        constants || 'float[2] o = {1, 1}'
      }`,
      'float[batch,4,4,4] x',
    );

  it('is read in its parts, with its groups', () => {
    const [node] = canonicalNodes(parts());
    assert.equal(node?.op, 'group_normalization');
    assert.equal(node?.settings.groups, 2);
    assert.deepEqual(node?.parameters.get('scale')?.shape, [4]);
  });

  it('is read as the operator of opset 21, but not as the one of 18, which scales per group', () => {
    const operator = (opset: number, size: number) =>
      graphText(
        'y = GroupNormalization<num_groups = 2>(x, s, h)',
        `float[${size}] s, float[${size}] h`,
        'float[batch,4,4,4] x',
        opset,
      );
    assert.ok(alike(operator(21, 4), parts()));
    assert.deepEqual(operators(operator(18, 2)), ['GroupNormalization']);
  });

  it('is not seen where the instances are scaled, or factors lie along the columns', () => {
    for (const text of [parts('float[2] o = {1, 2}'), parts('', '[4]')]) {
      assert.ok(!operators(text).includes('group_normalization'));
    }
  });
});

describe('transposed convolutions', () => {
  const convolution = (attributes: string, constants = 'float[2,3,3,3] w, float[3] b', inputs = 'x, w, b') =>
    graphText(`y = ConvTranspose<${attributes}>(${inputs})`, constants);

  it('are read with their window in numbers', () => {
    const [node] = canonicalNodes(convolution('strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1]'));
    assert.equal(node?.op, 'transposed_convolution');
    // What is cut off at the ends and appended there again is neither.
    assert.deepEqual(node?.settings.padding, [1, 1, 0, 0]);
    assert.deepEqual(node?.settings.output_padding, [0, 0]);
    assert.equal(node?.settings.channel, 3);
    assert.deepEqual(node?.parameters.get('weight')?.shape, [3, 2, 3, 3]);
  });

  it('take a batch normalization and a bias in, without groups', () => {
    const behind = (group: number) =>
      graphText(
        `a = ConvTranspose<group = ${group}>(x, w)\n y = BatchNormalization(a, s, h, m, v)`,
        `float[2,${3 - group},3,3] w, float[2] s, float[2] h, float[2] m, float[2] v = {1, 2}`,
      );
    assert.deepEqual(operators(behind(1)), ['transposed_convolution+batch_normalization']);
    assert.deepEqual(operators(behind(2)), ['transposed_convolution', 'batch_normalization']);
    const bias = graphText('a = ConvTranspose(x, w)\n y = Add(a, b)', 'float[2,3,3,3] w, float[3,1,1] b');
    assert.deepEqual(operators(bias), ['transposed_convolution']);
  });

  it('are left alone with padding that hangs on the input', () => {
    assert.deepEqual(operators(convolution('auto_pad = "SAME_UPPER", strides = [2, 2]')), ['ConvTranspose']);
    assert.deepEqual(operators(convolution('output_shape = [8, 8]')), ['ConvTranspose']);
  });
});

describe('upsampling', () => {
  const resize = (attributes: string, scales = '{1, 1, 2, 2}') =>
    graphText(`y = Resize<${attributes}>(x, , s)`, `float[4] s = ${scales}`);

  it('is a Resize by whole factors that repeats values', () => {
    const asymmetric = 'mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"';
    const [node] = canonicalNodes(resize(asymmetric));
    assert.deepEqual(node?.settings, { size: [2, 2] });
    assert.ok(alike(resize(asymmetric), resize('mode = "nearest"')));
    assert.ok(!alike(resize(asymmetric), resize(asymmetric, '{1, 1, 3, 3}')));
  });

  it('is no other Resize', () => {
    assert.deepEqual(operators(resize('mode = "linear"')), ['Resize']);
    assert.deepEqual(operators(resize('mode = "nearest"', '{1, 1, 1.5, 1.5}')), ['Resize']);
    assert.deepEqual(operators(resize('mode = "nearest"', '{1, 2, 2, 2}')), ['Resize']);
    assert.deepEqual(operators(resize('mode = "nearest", nearest_mode = "ceil"')), ['Resize']);
  });
});

describe('embeddings', () => {
  it('are rows of a matrix, and nothing else that is gathered', () => {
    const gather = (attributes: string, nodes = 'y = Gather') =>
      graphText(`${nodes}${attributes}(w, x)`, 'float[11,8] w', 'int64[batch,6] x');
    assert.deepEqual(operators(gather('')), ['embedding']);
    assert.deepEqual(operators(gather('<axis = 1>')), ['Gather']);
  });
});

describe('dense layers at every position', () => {
  it('are the same with the channels in front and last', () => {
    const last = graphText('a = MatMul(x, w)\n y = Add(a, b)', 'float[8,5] w, float[5] b', SEQUENCE);
    const front = graphText(
      `t = Transpose<perm = [0, 2, 1]>(x)\n a = MatMul(w, t)\n b = Add(a, c)
 y = Transpose<perm = [0, 2, 1]>(b)`,
      'float[5,8] w, float[5,1] c',
      SEQUENCE,
    );
    assert.deepEqual(operators(front), ['dense']);
    assert.ok(alike(front, last));
  });

  it('are none where a matrix of three axes multiplies', () => {
    assert.deepEqual(operators(graphText('y = MatMul(w, x)', 'float[1,5,6] w', SEQUENCE)), ['MatMul']);
  });
});

describe('pooling of sequences', () => {
  it('is the same over the last axis and over the second, when a transposition is between', () => {
    const last = graphText('y = ReduceMean<axes = [1], keepdims = 0>(x)', '', SEQUENCE);
    const front = graphText(
      'a = Transpose<perm = [0, 2, 1]>(x)\n b = GlobalAveragePool(a)\n y = Flatten<axis = 1>(b)',
      '',
      SEQUENCE,
    );
    assert.deepEqual(operators(front), ['global_average_pooling']);
    assert.ok(alike(front, last));
  });

  it('is not the one over the channels', () => {
    const channels = graphText('y = ReduceMean<axes = [2], keepdims = 0>(x)', '', SEQUENCE);
    assert.ok(!alike(channels, graphText('y = ReduceMean<axes = [1], keepdims = 0>(x)', '', SEQUENCE)));
  });
});
