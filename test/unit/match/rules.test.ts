import assert from 'node:assert/strict';
import { canonicalNodes, graphText, operators, rulesUsed } from './fixtures';

/** Each rule with what it accepts and with near misses, which must stay as they are. */
interface Case {
  readonly accepts: Readonly<Record<string, readonly [text: string, operators: readonly string[]]>>;
  readonly refuses: Readonly<Record<string, readonly [text: string, operators: readonly string[]]>>;
}

const CONV = 'float[2,2,3,3] w, float[2] b';
const BN = 'float[2] s, float[2] h, float[2] m, float[2] v = {1, 2}';
const FLAT = 'float[batch,8] x';

/** Nodes from `a`, the picture with its channels last, to `c`, which is brought back. */
function channelsLast(nodes: string, constants = ''): string {
  return graphText(
    `a = Transpose<perm = [0, 2, 3, 1]>(x)\n ${nodes}\n y = Transpose<perm = [0, 3, 1, 2]>(c)`,
    constants,
  );
}

const cases: Readonly<Record<string, Case>> = {
  'does-nothing': {
    accepts: {
      Identity: [graphText('a = Identity(x)\n y = Relu(a)'), ['activation']],
      'an average pool of one by one': [
        graphText('a = AveragePool<kernel_shape = [1, 1], strides = [1, 1]>(x)\n y = Relu(a)'),
        ['activation'],
      ],
      'a pad of nothing': [graphText('a = Pad(x, p)\n y = Relu(a)', 'int64[8] p = {0,0,0,0,0,0,0,0}'), ['activation']],
      'a flatten of what is flat': [graphText('a = Flatten<axis = 1>(x)\n y = Relu(a)', '', FLAT), ['activation']],
      'a reshape to the shape that is there': [
        graphText('a = Reshape(x, t)\n y = Relu(a)', 'int64[4] t = {-1, 2, 4, 4}'),
        ['activation'],
      ],
    },
    refuses: {
      'a pool of one that skips': [
        graphText('a = MaxPool<kernel_shape = [1, 1], strides = [2, 2]>(x)\n y = Relu(a)'),
        ['max_pooling', 'activation'],
      ],
      'a pad of one': [
        graphText('a = Pad(x, p)\n y = Relu(a)', 'int64[8] p = {0,0,1,1,0,0,1,1}'),
        ['Pad', 'activation'],
      ],
      'a reshape that freezes the batch': [
        graphText('a = Reshape(x, t)\n y = Relu(a)', 'int64[4] t = {1, 2, 4, 4}'),
        ['Reshape', 'activation'],
      ],
      'a concat of two': [graphText('y = Concat<axis = 1>(x, x)'), ['concatenate']],
    },
  },
  dropout: {
    accepts: {
      'at inference': [graphText('a = Dropout(x, r)\n y = Relu(a)', 'float r = {0.5}'), ['activation']],
      'with its rate as attribute': [
        graphText('a = Dropout<ratio = 0.3>(x)\n y = Relu(a)', '', 'float[batch,2,4,4] x', 11),
        ['activation'],
      ],
    },
    refuses: {
      'whose mask is used': [
        graphText('a, k = Dropout(x, r)\n c = Cast<to = 1>(k)\n y = Mul(a, c)', 'float r = {0.5}'),
        ['Dropout', 'Cast', 'multiply'],
      ],
      'whose mode is decided at run time': [
        graphText('a = Dropout(x, r, t)\n y = Relu(a)', 'float r = {0.5}', 'float[batch,2,4,4] x, bool t'),
        ['Dropout', 'activation'],
      ],
    },
  },
  'batch-norm-folded': {
    accepts: {
      'behind a convolution': [
        graphText('a = Conv(x, w, b)\n y = BatchNormalization(a, s, h, m, v)', `${CONV}, ${BN}`),
        ['convolution+batch_normalization'],
      ],
      'behind a dense layer': [
        graphText('a = Gemm<transB = 1>(x, w)\n y = BatchNormalization(a, s, h, m, v)', `float[2,8] w, ${BN}`, FLAT),
        ['dense+batch_normalization'],
      ],
      'written as Mul and Add': [
        graphText('a = Conv(x, w, b)\n c = Mul(a, s)\n y = Add(c, h)', `${CONV}, float[1,2,1,1] s, float[1,2,1,1] h`),
        ['convolution+batch_normalization'],
      ],
    },
    refuses: {
      'with an activation between': [
        graphText('a = Conv(x, w, b)\n c = Relu(a)\n y = BatchNormalization(c, s, h, m, v)', `${CONV}, ${BN}`),
        ['convolution', 'activation', 'batch_normalization'],
      ],
      'when the convolution is used elsewhere': [
        graphText('a = Conv(x, w, b)\n c = BatchNormalization(a, s, h, m, v)\n y = Add(a, c)', `${CONV}, ${BN}`),
        ['convolution', 'batch_normalization', 'add'],
      ],
      'a factor for all channels': [
        graphText('a = Conv(x, w, b)\n c = Mul(a, s)\n y = Add(c, h)', `${CONV}, float s = {2}, float h = {1}`),
        ['convolution', 'Mul', 'Add'],
      ],
      'factors along the columns': [
        graphText('a = Conv(x, w, b)\n c = Mul(a, s)\n y = Add(c, h)', `${CONV}, float[2] s, float[2] h`),
        ['convolution', 'Mul', 'Add'],
      ],
    },
  },
  padding: {
    accepts: {
      'as a Pad in front of a convolution': [
        graphText('a = Pad(x, p)\n y = Conv(a, w, b)', `${CONV}, int64[8] p = {0,0,1,1,0,0,1,1}`),
        ['convolution'],
      ],
      'as a Pad in front of an average': [
        graphText('a = Pad(x, p)\n y = AveragePool<kernel_shape = [3, 3]>(a)', 'int64[8] p = {0,0,1,1,0,0,1,1}'),
        ['average_pooling'],
      ],
    },
    refuses: {
      'zeros in front of a maximum': [
        graphText('a = Pad(x, p)\n y = MaxPool<kernel_shape = [3, 3]>(a)', 'int64[8] p = {0,0,1,1,0,0,1,1}'),
        ['Pad', 'max_pooling'],
      ],
      'a reflection': [
        graphText('a = Pad<mode = "reflect">(x, p)\n y = Conv(a, w, b)', `${CONV}, int64[8] p = {0,0,1,1,0,0,1,1}`),
        ['Pad', 'convolution'],
      ],
      'ones instead of zeros': [
        graphText('a = Pad(x, p, c)\n y = Conv(a, w, b)', `${CONV}, int64[8] p = {0,0,1,1,0,0,1,1}, float c = {1}`),
        ['Pad', 'convolution'],
      ],
      'of the channels': [
        graphText('a = Pad(x, p)\n y = Conv(a, w)', 'float[2,3,3,3] w, int64[8] p = {0,1,0,0,0,0,0,0}'),
        ['Pad', 'convolution'],
      ],
    },
  },
  dense: {
    accepts: {
      'Gemm, transposed': [graphText('y = Gemm<transB = 1>(x, w, b)', 'float[3,8] w, float[3] b', FLAT), ['dense']],
      'Gemm, not transposed': [graphText('y = Gemm(x, w, b)', 'float[8,3] w, float[3] b', FLAT), ['dense']],
      'MatMul and Add': [graphText('a = MatMul(x, w)\n y = Add(a, b)', 'float[8,3] w, float[3] b', FLAT), ['dense']],
      'Add and MatMul the other way round': [
        graphText('a = MatMul(x, w)\n y = Add(b, a)', 'float[8,3] w, float[1,3] b', FLAT),
        ['dense'],
      ],
    },
    refuses: {
      'with a factor': [
        graphText('y = Gemm<transB = 1, alpha = 0.5>(x, w, b)', 'float[3,8] w, float[3] b', FLAT),
        ['Gemm'],
      ],
      'a bias that differs by row': [
        graphText('a = MatMul(x, w)\n y = Add(a, b)', 'float[8,3] w, float[2,3] b', FLAT),
        ['dense', 'Add'],
      ],
      'a matrix per batch element': [
        graphText('y = MatMul(x, w)', 'float[2,4,3] w', 'float[batch,2,4,4] x'),
        ['MatMul'],
      ],
      'a second bias': [
        graphText('a = Gemm<transB = 1>(x, w, b)\n y = Add(a, c)', 'float[3,8] w, float[3] b, float[3] c', FLAT),
        ['dense', 'Add'],
      ],
      'a constant per column behind a convolution': [
        graphText('a = Conv(x, w)\n y = Add(a, c)', 'float[2,2,3,3] w, float[2] c'),
        ['convolution', 'Add'],
      ],
    },
  },
  flatten: {
    accepts: {
      Flatten: [graphText('y = Flatten<axis = 1>(x)'), ['flatten']],
      'Reshape to constants': [graphText('y = Reshape(x, t)', 'int64[2] t = {-1, 32}'), ['flatten']],
      'Reshape that keeps the batch': [graphText('y = Reshape(x, t)', 'int64[2] t = {0, -1}'), ['flatten']],
      'Shape, Gather, Unsqueeze, Concat, Reshape': [
        graphText(
          's = Shape(x)\n n = Gather<axis = 0>(s, i)\n u = Unsqueeze(n, o)\n t = Concat<axis = 0>(u, r)\n y = Reshape(x, t)',
          'int64 i = {0}, int64[1] o = {0}, int64[1] r = {-1}',
        ),
        ['flatten'],
      ],
      'Shape, Slice, Concat, Reshape': [
        graphText(
          's = Shape(x)\n n = Slice(s, f, o)\n t = Concat<axis = 0>(n, r)\n y = Reshape(x, t)',
          'int64[1] f = {0}, int64[1] o = {1}, int64[1] r = {-1}',
        ),
        ['flatten'],
      ],
    },
    refuses: {
      'another size': [graphText('y = Reshape(x, t)', 'int64[2] t = {-1, 16}'), ['Reshape']],
      'a batch of one': [graphText('y = Reshape(x, t)', 'int64[2] t = {1, -1}'), ['Reshape']],
      'from the second axis': [graphText('y = Flatten<axis = 2>(x)'), ['Reshape']],
      'the wrong size of the input': [
        graphText(
          's = Shape(x)\n n = Gather<axis = 0>(s, i)\n u = Unsqueeze(n, o)\n t = Concat<axis = 0>(r, u)\n y = Reshape(x, t)',
          'int64 i = {1}, int64[1] o = {0}, int64[1] r = {-1}',
        ),
        ['Reshape'],
      ],
      'zero that means zero': [graphText('y = Reshape<allowzero = 1>(x, t)', 'int64[2] t = {0, 32}'), ['Reshape']],
    },
  },
  'global pooling': {
    accepts: {
      'GlobalAveragePool and Flatten': [
        graphText('a = GlobalAveragePool(x)\n y = Flatten<axis = 1>(a)'),
        ['global_average_pooling'],
      ],
      'ReduceMean without the axes': [
        graphText('y = ReduceMean<axes = [2, 3], keepdims = 0>(x)'),
        ['global_average_pooling'],
      ],
      'ReduceMean from behind, squeezed': [
        graphText('a = ReduceMean<axes = [-1, -2], keepdims = 1>(x)\n y = Squeeze(a, d)', 'int64[2] d = {2, 3}'),
        ['global_average_pooling'],
      ],
      'an average over everything': [
        graphText('a = AveragePool<kernel_shape = [4, 4]>(x)\n y = Flatten<axis = 1>(a)'),
        ['global_average_pooling'],
      ],
    },
    refuses: {
      'a mean over one axis': [graphText('y = ReduceMean<axes = [2], keepdims = 0>(x)'), ['ReduceMean']],
      'a window that is smaller': [
        graphText('a = AveragePool<kernel_shape = [3, 3]>(x)\n y = Flatten<axis = 1>(a)'),
        ['average_pooling', 'flatten'],
      ],
      'pooled values that are used twice': [
        graphText(
          'a = GlobalAveragePool(x)\n b = Flatten<axis = 1>(a)\n c = Mul(a, x)\n d = Flatten<axis = 1>(c)\n y = Concat<axis = 1>(b, d)',
        ),
        ['global_average_pooling', 'flatten', 'multiply', 'flatten', 'concatenate'],
      ],
    },
  },
  activations: {
    accepts: {
      silu: [graphText('a = Sigmoid(x)\n y = Mul(x, a)'), ['activation silu']],
      'hard swish': [
        graphText('a = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x)\n y = Mul(x, a)'),
        ['activation hard_swish'],
      ],
      'hard swish with Clip': [
        graphText(
          'a = Add(x, three)\n b = Clip(a, zero, six)\n c = Mul(x, b)\n y = Mul(c, sixth)',
          'float three = {3}, float zero = {0}, float six = {6}, float sixth = {0.16666667}',
        ),
        ['activation hard_swish'],
      ],
      'hard swish with a sixth of the Clip': [
        graphText(
          'a = Add(x, three)\n b = Clip(a, zero, six)\n c = Mul(b, sixth)\n y = Mul(x, c)',
          'float three = {3}, float zero = {0}, float six = {6}, float sixth = {0.16666667}',
        ),
        ['activation hard_swish'],
      ],
      gelu: [
        graphText(
          'a = Div(x, r)\n b = Erf(a)\n c = Add(b, one)\n d = Mul(x, c)\n y = Mul(d, half)',
          'float r = {1.41421354}, float one = {1}, float half = {0.5}',
        ),
        ['activation gelu'],
      ],
      'gelu with a halved factor': [
        graphText(
          'a = Mul(x, r)\n b = Erf(a)\n c = Add(b, one)\n d = Mul(c, half)\n y = Mul(x, d)',
          'float r = {0.707106769}, float one = {1}, float half = {0.5}',
        ),
        ['activation gelu'],
      ],
      mish: [graphText('a = Softplus(x)\n b = Tanh(a)\n y = Mul(x, b)'), ['activation mish']],
      'softplus with a threshold': [
        graphText('a = Softplus(x)\n b = Greater(x, t)\n y = Where(b, x, a)', 'float t = {20}'),
        ['activation softplus'],
      ],
      relu6: [graphText('y = Clip(x, zero, six)', 'float zero = {0}, float six = {6}'), ['activation relu6']],
      'leaky relu as a maximum': [
        graphText('a = Mul(x, s)\n y = Max(x, a)', 'float s = {0.1}'),
        ['activation leaky_relu'],
      ],
    },
    refuses: {
      'a gate by another value': [
        graphText('a = Neg(x)\n b = Sigmoid(a)\n y = Mul(x, b)'),
        ['Neg', 'activation sigmoid', 'multiply'],
      ],
      "hard sigmoid with ONNX's own slope": [
        graphText('a = HardSigmoid(x)\n y = Mul(x, a)'),
        ['HardSigmoid', 'multiply'],
      ],
      'gelu by tanh': [
        graphText('y = Gelu<approximate = "tanh">(x)', '', 'float[batch,2,4,4] x', 20),
        ['activation gelu_tanh'],
      ],
      'gelu with another constant': [
        graphText(
          'a = Div(x, r)\n b = Erf(a)\n c = Add(b, one)\n d = Mul(x, c)\n y = Mul(d, half)',
          'float r = {1.4}, float one = {1}, float half = {0.5}',
        ),
        ['Div', 'Erf', 'Add', 'multiply', 'Mul'],
      ],
      'a silu whose sigmoid is used elsewhere': [
        graphText('a = Sigmoid(x)\n b = Mul(x, a)\n y = Add(a, b)'),
        ['activation sigmoid', 'multiply', 'add'],
      ],
      'a low threshold': [
        graphText('a = Softplus(x)\n b = Greater(x, t)\n y = Where(b, x, a)', 'float t = {3}'),
        ['Greater', 'activation softplus', 'Where'],
      ],
      'a clipped sum that gates another value': [
        graphText(
          'z = Tanh(x)\n a = Add(x, three)\n b = Clip(a, zero, six)\n c = Mul(b, sixth)\n y = Mul(z, c)',
          'float three = {3}, float zero = {0}, float six = {6}, float sixth = {0.16666667}',
        ),
        ['activation tanh', 'Add', 'activation relu6', 'Mul', 'multiply'],
      ],
      'a clip at five': [graphText('y = Clip(x, zero, five)', 'float zero = {0}, float five = {5}'), ['Clip']],
      'a maximum with a steeper line': [graphText('a = Mul(x, s)\n y = Max(x, a)', 'float s = {2}'), ['Mul', 'Max']],
      'a softmax over the channels of a picture': [graphText('y = Softmax<axis = 1>(x)'), ['Softmax']],
    },
  },
  transpositions: {
    accepts: {
      'that undo each other': [
        graphText('a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Transpose<perm = [0, 3, 1, 2]>(a)\n y = Relu(b)'),
        ['activation'],
      ],
      'a Reshape that moves the one channel': [
        graphText(
          'a = Reshape(x, t)\n b = Transpose<perm = [0, 2, 3, 1]>(a)\n y = Relu(b)',
          'int64[4] t = {-1, 1, 4, 4}',
          'float[batch,4,4,1] x',
        ),
        ['activation'],
      ],
      'around an activation': [channelsLast('c = Relu(a)'), ['activation']],
      'around a batch normalization of Mul and Add': [
        channelsLast('b = Mul(a, s)\n c = Add(b, h)', 'float[2] s, float[2] h'),
        ['batch_normalization'],
      ],
      'around a sum of two branches': [
        graphText(`a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Relu(a)\n c = Tanh(a)\n d = Add(b, c)
 y = Transpose<perm = [0, 3, 1, 2]>(d)`),
        ['activation', 'activation', 'add'],
      ],
      'in front of a mean over height and width': [
        graphText('a = Transpose<perm = [0, 2, 3, 1]>(x)\n y = ReduceMean<axes = [1, 2], keepdims = 0>(a)'),
        ['global_average_pooling'],
      ],
      'in front of a padding, with the convolution that it belongs to': [
        graphText(
          'a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Pad(a, p)\n c = Transpose<perm = [0, 3, 1, 2]>(b)\n y = Conv(c, w, k)',
          'float[2,2,3,3] w, float[2] k, int64[8] p = {0,1,1,0,0,1,1,0}',
        ),
        ['convolution'],
      ],
      'in front of a flatten and a dense layer': [
        graphText(
          'a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Flatten<axis = 1>(a)\n y = MatMul(b, w)',
          'float[32,3] w',
        ),
        ['flatten', 'dense'],
      ],
    },
    refuses: {
      'that do not': [
        graphText('a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Transpose<perm = [0, 2, 3, 1]>(a)\n y = Relu(b)'),
        ['activation', 'Transpose'],
      ],
      'a Reshape that moves two sizes past each other': [
        graphText('a = Reshape(x, t)\n y = Relu(a)', 'int64[4] t = {-1, 4, 2, 4}'),
        ['reshape', 'activation'],
      ],
      'factors along another axis than the channels': [
        channelsLast('b = Mul(a, s)\n c = Add(b, h)', 'float[4,1] s, float[4,1] h'),
        ['Mul', 'Add'],
      ],
      'a sum of differently transposed branches': [
        graphText(`a = Transpose<perm = [0, 1, 3, 2]>(x)\n b = Relu(a)\n y = Add(b, x)`),
        ['activation', 'Transpose', 'add'],
      ],
      'a mean over height and channels': [
        graphText('a = Transpose<perm = [0, 2, 3, 1]>(x)\n y = ReduceMean<axes = [1, 3], keepdims = 0>(a)'),
        ['ReduceMean'],
      ],
      'flattened values that are used elsewhere too': [
        graphText(
          `a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = Flatten<axis = 1>(a)\n c = MatMul(b, w)\n d = MatMul(b, v)
 y = Add(c, d)`,
          'float[32,3] w, float[32,3] v',
        ),
        ['Transpose', 'flatten', 'dense', 'dense', 'add'],
      ],
      'a transposition that moves the batch': [
        graphText(
          'a = Transpose<perm = [1, 0, 2, 3]>(x)\n b = Flatten<axis = 1>(a)\n y = MatMul(b, w)',
          'float[32,3] w',
          'float[2,2,4,4] x',
        ),
        ['Transpose', 'flatten', 'dense'],
      ],
    },
  },
};

describe('rules', () => {
  for (const [rule, { accepts, refuses }] of Object.entries(cases)) {
    describe(rule, () => {
      for (const [name, [text, expected]] of Object.entries(accepts)) {
        it(`is seen: ${name}`, () => assert.deepEqual(named(text), expected));
      }
      for (const [name, [text, expected]] of Object.entries(refuses)) {
        it(`is not taken for: ${name}`, () => assert.deepEqual(named(text), expected));
      }
    });
  }

  it('say what they did', () => {
    const [text] = cases.flatten!.accepts['Reshape to constants']!;
    assert.deepEqual(rulesUsed(text), ['flatten-as-reshape']);
  });
});

describe('rules that move nodes past each other', () => {
  const poolFirst = (activation: string, constants = '') =>
    graphText(`a = MaxPool<kernel_shape = [2, 2]>(x)\n y = ${activation}`, constants);

  it('put a rising activation before the pooling', () => {
    assert.deepEqual(operators(poolFirst('Relu(a)'), true), ['activation', 'max_pooling']);
    assert.deepEqual(operators(poolFirst('LeakyRelu<alpha = 0.1>(a)'), true), ['activation', 'max_pooling']);
  });

  it('leave one that falls, an average, and a negative slope', () => {
    assert.deepEqual(operators(poolFirst('HardSwish(a)'), true), ['max_pooling', 'activation']);
    assert.deepEqual(operators(poolFirst('LeakyRelu<alpha = -0.1>(a)'), true), ['max_pooling', 'activation']);
    const average = graphText('a = AveragePool<kernel_shape = [2, 2]>(x)\n y = Relu(a)');
    assert.deepEqual(operators(average, true), ['average_pooling', 'activation']);
  });

  it('get a transposition past an activation, and past a softmax that then runs along another axis', () => {
    const around = (op: string) =>
      graphText(`a = Transpose<perm = [0, 2, 3, 1]>(x)\n b = ${op}(a)\n y = Transpose<perm = [0, 3, 1, 2]>(b)`);
    assert.deepEqual(operators(around('Relu')), ['activation']);
    // Along the channels, which the operator then says.
    assert.deepEqual(operators(around('Softmax')), ['Softmax']);
  });
});

describe('windows', () => {
  const padding = (attributes: string, input = 'float[batch,2,5,5] x') =>
    canonicalNodes(graphText(`y = MaxPool<kernel_shape = [2, 2], ${attributes}>(x)`, '', input))[0]?.settings.padding;

  it('have SAME_UPPER, SAME_LOWER and VALID in numbers', () => {
    assert.deepEqual(padding('strides = [2, 2], auto_pad = "SAME_UPPER"'), [0, 0, 1, 1]);
    assert.deepEqual(padding('strides = [2, 2], auto_pad = "SAME_LOWER"'), [1, 1, 0, 0]);
    assert.deepEqual(padding('strides = [2, 2], auto_pad = "VALID"'), [0, 0, 0, 0]);
  });

  it('have ceil_mode as the padding that it stands for', () => {
    assert.deepEqual(padding('strides = [2, 2], ceil_mode = 1'), [0, 0, 1, 1]);
    assert.deepEqual(padding('strides = [2, 2], ceil_mode = 1', 'float[batch,2,4,4] x'), [0, 0, 0, 0]);
  });

  it('leave padding out that no window reaches', () => {
    assert.deepEqual(padding('strides = [2, 2], pads = [0, 0, 1, 1]', 'float[batch,2,4,4] x'), [0, 0, 0, 0]);
  });

  it('stay a word where the size is not known', () => {
    assert.equal(padding('strides = [2, 2], auto_pad = "SAME_UPPER"', 'float[batch,2,h,w] x'), 'SAME_UPPER');
  });
});

function named(text: string): string[] {
  return canonicalNodes(text).map((node) => {
    const name = node.normalization ? `${node.op}+batch_normalization` : node.op;
    return text.includes('Relu') || node.op !== 'activation' ? name : `${name} ${node.settings.activation}`;
  });
}
