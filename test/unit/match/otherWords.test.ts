import assert from 'node:assert/strict';
import { alike, canonicalNodes, differences, graphText, operators, rulesUsed } from './fixtures';

describe('PReLU in its parts', () => {
  const operator = graphText('y = PRelu(x, a)', 'float[2,1,1] a = {0.25, 0.5}');
  const parts = ({ sum = 'y = Add(p, k)', second = 'n', other = 'x', slopes = '{-0.25, -0.5}' } = {}) =>
    graphText(
      `p = Relu(x)\n n = Neg(${other})\n q = Relu(${second})\n k = Mul(q, a)\n ${sum}`,
      `float[2,1,1] a = ${slopes}`,
    );

  it('is the operator, with its slopes', () => {
    assert.deepEqual(operators(parts()), ['prelu']);
    assert.deepEqual([...canonicalNodes(parts())[0]!.parameters.get('slope')!.values()!], [0.25, 0.5]);
    assert.ok(alike(operator, parts()));
    const subtracted = parts({ sum: 'y = Sub(p, k)', slopes: '{0.25, 0.5}' });
    assert.deepEqual([...canonicalNodes(subtracted)[0]!.parameters.get('slope')!.values()!], [0.25, 0.5]);
    assert.ok(alike(operator, subtracted));
  });

  it('is not seen where a part is another', () => {
    for (const text of [parts({ second: 'x' }), parts({ other: 'p' }), parts({ sum: 'y = Sub(k, p)' })]) {
      assert.ok(!operators(text).includes('prelu'), operators(text).join());
    }
  });
});

describe('a convolution of kernel 1', () => {
  const SERIES = 'float[batch,2,6] x';
  const convolution = (attributes = '') =>
    graphText(
      `c = Conv${attributes}(x, w, b)\n t = Tanh(c)\n y = Transpose<perm = [0, 2, 1]>(t)`,
      'float[3,2,1] w, float[3] b',
      SERIES,
    );
  const dense = graphText(
    't = Transpose<perm = [0, 2, 1]>(x)\n d = MatMul(t, w)\n e = Add(d, b)\n y = Tanh(e)',
    'float[2,3] w, float[3] b',
    SERIES,
  );

  it('is a dense layer at every position, which is said', () => {
    assert.ok(alike(convolution(), dense));
    assert.ok(alike(dense, convolution()));
    const used = canonicalNodes(convolution(), true).flatMap(({ applied }) => applied.map(({ name }) => name));
    assert.ok(used.includes('pointwise'));
  });

  it('stays a convolution where graphs agree as they stand', () => {
    assert.ok(!rulesUsed(convolution()).includes('pointwise'));
  });

  it('is none with a stride or padding', () => {
    for (const attributes of ['<strides = [2]>', '<pads = [1, 1]>']) {
      assert.ok(differences(dense, convolution(attributes)).length > 0, attributes);
    }
  });
});

describe('operators on integers of 8 bits', () => {
  const RANGE = 'float s = {0.5}, uint8 z = {3}, float ws = {0.25}, uint8 wz = {0}';
  const quantized = (nodes: string, more = '') =>
    graphText(`q = QuantizeLinear(x, s, z)\n ${nodes}\n y = DequantizeLinear(r, s, z)`, `${RANGE}${more}`);

  it('are what they are on numbers, between roundings', () => {
    const convolution = quantized(
      'r = QLinearConv(q, s, z, w, ws, wz, s, z, b)',
      ', uint8[3,2,1,1] w = {1, 2, 3, 4, 5, 6}, int32[3] b = {8, 16, 24}',
    );
    assert.deepEqual(operators(convolution), ['convolution']);
    const [node] = canonicalNodes(convolution);
    assert.deepEqual([...node!.parameters.get('weight')!.values()!], [0.25, 0.5, 0.75, 1, 1.25, 1.5]);
    assert.deepEqual([...node!.parameters.get('bias')!.values()!], [1, 2, 3]);
    assert.ok(rulesUsed(convolution).includes('quantized-values'));
    const plain = graphText('y = Conv(x, w, b)', 'float[3,2,1,1] w, float[3] b');
    assert.deepEqual(differences(plain, convolution), []);
    const strided = convolution.replace('QLinearConv', 'QLinearConv<strides = [2, 2]>');
    assert.ok(differences(plain, strided).length > 0);
  });

  it('are moved as numbers, unless their scale turns them round', () => {
    const pooled = quantized('r = MaxPool<kernel_shape = [2, 2], strides = [2, 2]>(q)');
    assert.deepEqual(operators(pooled), ['max_pooling']);
    assert.ok(rulesUsed(pooled).includes('numbers-first'));
    assert.ok(operators(pooled.replace('float s = {0.5}', 'float s = {-0.5}')).includes('DequantizeLinear'));
  });

  it('stay what they are where they round an average of their own or are not known', () => {
    assert.ok(operators(quantized('r = AveragePool<kernel_shape = [2, 2]>(q)')).includes('DequantizeLinear'));
    assert.ok(operators(quantized('r = QLinearRoot(q, s, z, s, z)')).includes('QLinearRoot'));
  });
});

describe('values that are put together and taken again', () => {
  const both = (start: number, end: number) =>
    graphText(
      'n = Exp(x)\n c = Concat<axis = 1>(x, n)\n s = Slice(c, from, to, along)\n y = Sin(s)',
      `int64[1] from = {${start}}, int64[1] to = {${end}}, int64[1] along = {1}`,
    );

  it('are one of them where exactly that is taken', () => {
    assert.deepEqual(operators(both(2, 4)), ['Exp', 'Sin']);
    assert.deepEqual(operators(both(0, 2)), ['Sin']);
    assert.ok(operators(both(1, 3)).includes('concatenate'));
    assert.ok(operators(both(2, 3)).includes('concatenate'));
  });
});

describe('a recurrent layer beside one from the end', () => {
  const SERIES = 'float[batch,3,2] x';
  const halves = (order = 'fh, bh', backward = '<hidden_size = 2, direction = "reverse">') =>
    graphText(
      `t = Transpose<perm = [1, 0, 2]>(x)\n fo, fs = GRU<hidden_size = 2>(t, w, r)\n bo, bs = GRU${backward}(t, u, v)
 fh = Squeeze(fs, zero)\n bh = Squeeze(bs, zero)\n y = Concat<axis = 1>(${order})`,
      'float[1,6,2] w, float[1,6,2] r, float[1,6,2] u, float[1,6,2] v, int64[1] zero = {0}',
      SERIES,
    );

  it('is one layer in both directions', () => {
    assert.deepEqual(operators(halves()), ['gru']);
    const [layer] = canonicalNodes(halves());
    assert.equal(layer?.settings.bidirectional, true);
    assert.deepEqual(layer?.parameters.get('weight')?.shape, [2, 6, 2]);
  });

  it('is none with the backward half first, or with both forwards', () => {
    assert.deepEqual(operators(halves('bh, fh')), ['gru', 'gru', 'concatenate']);
    assert.deepEqual(operators(halves('fh, bh', '<hidden_size = 2>')), ['gru', 'gru', 'concatenate']);
  });
});

describe('numbers of another size', () => {
  const layers = (type: string, inner = type) => {
    const [into, back] =
      inner === type ? ['i = Relu(h)', 'y = Identity(o)'] : ['i = Cast<to = 10>(h)', 'y = Cast<to = 1>(o)'];
    return graphText(
      `c = Conv(x, w)\n h = Tanh(c)\n ${into}\n o = Conv(i, v)\n ${back}`,
      `${type}[2,2,1,1] w, ${inner}[2,2,1,1] v`,
      `${type}[batch,2,4,4] x`,
    );
  };
  const told = (exported: string) => differences(layers('float'), exported).filter((text) => text.includes('dtype'));

  it('are told, in all layers, or in the one that has them', () => {
    assert.ok(told(layers('float16')).length >= 2);
    assert.ok(told(layers('bfloat16')).length >= 2);
    assert.ok(told(layers('double')).length >= 2);
    assert.equal(told(layers('float', 'float16')).length, 1);
    assert.deepEqual(told(layers('float')), []);
  });
});
