import assert from 'node:assert/strict';
import { alike, graphText } from './fixtures';

const median = (tail: string, constants = '', opset = 18) =>
  graphText(`m = ${tail}\n y = Mul(x, m)`, constants, undefined, opset);

describe('what exporters write and others leave out', () => {
  it('are the axes of a reduction, as an input or counted from behind', () => {
    const attribute = median('ReduceL2<axes = [1, 3], keepdims = 1>(x)', '', 13);
    assert.ok(alike(attribute, median('ReduceL2<noop_with_empty_axes = 0>(x, a)', 'int64[2] a = {-1, 1}')));
    assert.ok(alike(median('ReduceL2(x)'), median('ReduceL2<axes = [0, 1, 2, 3]>(x)', '', 13)));
  });

  it('are not other axes, sizes that stay, or none at all', () => {
    const attribute = median('ReduceL2<axes = [1, 3]>(x)', '', 13);
    assert.ok(!alike(attribute, median('ReduceL2(x, a)', 'int64[2] a = {-1, 2}')));
    assert.ok(!alike(attribute, median('ReduceL1(x, a)', 'int64[2] a = {-1, 1}')));
    assert.ok(!alike(median('ReduceL2(x)'), median('ReduceL2<noop_with_empty_axes = 1>(x)')));
    const kept = graphText('y = ReduceL2<axes = [1]>(x)', '', undefined, 13);
    assert.ok(!alike(kept, graphText('y = ReduceL2<axes = [1], keepdims = 0>(x)', '', undefined, 13)));
  });

  it('are attributes that say what goes without saying', () => {
    assert.ok(alike(graphText('y = Celu<alpha = 1.0>(x)'), graphText('y = Celu(x)')));
    assert.ok(!alike(graphText('y = Celu<alpha = 0.5>(x)'), graphText('y = Celu(x)')));
    const cumulated = (attributes: string) => graphText(`y = CumSum${attributes}(x, a)`, 'int64 a = {1}');
    assert.ok(alike(cumulated('<exclusive = 0, reverse = 0>'), cumulated('')));
    assert.ok(!alike(cumulated('<exclusive = 0, reverse = 1>'), cumulated('')));
  });
});

describe('a value that is repeated over the batch', () => {
  const token = 'float[1,1,4] c, int64[2] rest = {1, 4}';
  const input = 'float[batch,3,4] x';
  const plain = (rest = '{1, 4}') =>
    graphText(
      's = Shape<start = 0, end = 1>(x)\n t = Concat<axis = 0>(s, rest)\n e = Expand(c, t)\n y = Concat<axis = 1>(e, x)',
      token.replace('{1, 4}', rest),
      input,
    );
  const traced = (kept: string) =>
    graphText(
      `s = Shape<start = 0, end = 1>(x)
       t = Concat<axis = 0>(s, kept)
       n = Shape(t)
       ones = ConstantOfShape<value = int64[1] {1}>(n)
       none = Mul(ones, minus)
       same = Equal(t, none)
       target = Where(same, ones, t)
       e = Expand(c, target)
       y = Concat<axis = 1>(e, x)`,
      `${token}, int64[2] kept = ${kept}, int64 minus = {-1}`,
      input,
    );

  it('is the same however its sizes are worked out', () => {
    assert.ok(alike(plain(), traced('{-1, -1}')));
    assert.ok(alike(plain(), traced('{1, -1}')));
  });

  it('is not the same repeated elsewhere', () => {
    assert.ok(!alike(plain(), plain('{2, 4}')));
    assert.ok(!alike(plain(), traced('{2, -1}')));
  });
});

describe('a reshape to sizes that are worked out', () => {
  const computed = (index: number) =>
    graphText(
      `t = Transpose<perm = [0, 2, 3, 1]>(x)
       s = Shape(t)
       b = Gather<axis = 0>(s, first)
       u = Unsqueeze(b, at)
       o = Concat<axis = 0>(u, rest)
       r = Reshape(t, o)
       y = LayerNormalization(r, g, h)`,
      `int64 first = {${index}}, int64[1] at = {0}, int64[2] rest = {-1, 2}, float[2] g, float[2] h`,
    );
  const written = graphText(
    't = Transpose<perm = [0, 2, 3, 1]>(x)\n r = Reshape(t, o)\n y = LayerNormalization(r, g, h)',
    'int64[3] o = {-1, 16, 2}, float[2] g, float[2] h',
  );

  it('is one to those sizes, behind a transposition too', () => {
    assert.ok(alike(written, computed(0)));
    assert.ok(alike(computed(0), written));
  });

  it('is not one to others', () => {
    assert.ok(!alike(written, computed(1)));
    assert.ok(!alike(written.replace('{-1, 16, 2}', '{-1, 8, 2}'), computed(0)));
  });
});

describe('a maximum', () => {
  const maximum = (constant: string, more = 'z') => graphText(`y = Max(x, ${more})`, constant);

  it('with nothing is a relu', () => {
    assert.ok(alike(graphText('y = Relu(x)'), maximum('float z = {0}')));
    assert.ok(alike(maximum('float[1] z = {0}'), graphText('y = Relu(x)')));
  });

  it('with something else is not', () => {
    assert.ok(!alike(graphText('y = Relu(x)'), maximum('float z = {1}')));
    assert.ok(!alike(graphText('y = Relu(x)'), maximum('float[4] z = {0, 0, 0, 1}')));
    assert.ok(!alike(graphText('y = Relu(x)'), maximum('float z = {0}, float o = {1}', 'z, o')));
  });
});

describe('a sum that is divided', () => {
  const divided = (by: number, axes = '[2, 3]') =>
    graphText(`s = ReduceSum<axes = ${axes}, keepdims = 0>(x)\n y = Div(s, n)`, `float n = {${by}}`, undefined, 11);
  const pooled = graphText('y = ReduceMean<axes = [2, 3], keepdims = 0>(x)', '', undefined, 13);

  it('by the number of what it adds is a mean', () => {
    assert.ok(alike(pooled, divided(16)));
    assert.ok(alike(pooled, divided(16, '[-1, -2]')));
  });

  it('by another number, or over other axes, is none', () => {
    assert.ok(!alike(pooled, divided(8)));
    assert.ok(!alike(pooled, divided(4, '[3]')));
  });
});
