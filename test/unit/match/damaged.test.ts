import assert from 'node:assert/strict';
import { compareSides } from '../../../core/match/compare/compare';
import { planProof } from '../../../core/match/proof/proof';
import type { Attribute, OnnxModel } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';
import { readModel } from '../../../core/onnx/read';
import { encodeModel } from '../../../core/onnx/write';
import { MemorySource } from '../onnx/source';
import { graphText, operators, side } from './fixtures';

const whole = graphText('a = Relu(x)\n y = Sigmoid(a)');

describe('a damaged graph', () => {
  it('whose values lead in a circle is compared as far as it goes, and cannot be told', () => {
    const circle = graphText('a = Add(x, b)\n b = Transpose<perm = [0,1,3,2]>(a)\n y = Sigmoid(b)');
    const { undecided } = compareSides(side(whole), side(circle));
    assert.match(undecided.join('\n'), /depends on itself/);
    const itself = graphText('a = Reshape(a, s)\n y = Sigmoid(a)', 'int64[2] s = {0, -1}');
    assert.match(compareSides(side(itself), side(whole)).undecided.join('\n'), /depends on itself/);
  });

  it('with a transposition that is none leaves it alone', () => {
    for (const perm of ['[0, 1, 1, 3]', '[0, 1, 2, 7]', '[0, 1]']) {
      const text = graphText(`a = Transpose<perm = ${perm}>(x)\n b = Transpose<perm = ${perm}>(a)\n y = Relu(b)`);
      assert.ok(operators(text).includes('Transpose (damaged)'), perm);
      assert.match(compareSides(side(whole), side(text)).undecided.join('\n'), /damaged/);
      const weight = graphText(
        `a = Transpose<perm = ${perm}>(w)\n b = Slice(a, one, one, zero)\n c = Reshape(b, to)\n y = Add(x, c)`,
        'float[1,2,4,4] w, int64[1] one = {1}, int64[1] zero = {0}, int64[2] to = {-1, 4}',
      );
      assert.ok(
        operators(weight).some((operator) => operator.startsWith('Transpose')),
        perm,
      );
    }
  });
});

describe('a constant', () => {
  it('of more elements than fit anywhere is not worked out', () => {
    const text = graphText(
      's = Expand(z, n)\n h, l = LSTM<hidden_size = 2>(x, w, v, , , s)\n y = Identity(h)',
      'float[1,1,1] z = {0}, int64[3] n = {2147483647, 7, 2}, float[1,8,4] w, float[1,8,2] v',
      'float[5,batch,4] x',
    );
    assert.ok(operators(text).includes('LSTM'));
  });

  it('of too few axes makes no recurrent layer', () => {
    const text = graphText('y = LSTM<hidden_size = 2>(x, w, v)', 'float[8,4] w, float[8,2] v', 'float[5,batch,4] x');
    assert.deepEqual(operators(text), ['LSTM']);
  });
});

describe('attributes', () => {
  const withAttribute = (attribute: Attribute): OnnxModel => {
    const model = parseModel(graphText('y = Relu(x)'));
    const nodes = model.graph.nodes.map((node) => ({ ...node, attributes: new Map([['ends', attribute]]) }));
    return { ...model, graph: { ...model.graph, nodes } };
  };

  it('as large as int64 goes are written, which is how exporters say "to the end"', () => {
    const bytes = encodeModel(withAttribute({ type: 'ints', value: [2 ** 63, -(2 ** 63), 2 ** 53, 7] }));
    const read = readModel(new MemorySource(bytes));
    assert.ok(read.ok);
    const found = read.model.graph.nodes[0]?.attributes.get('ends');
    assert.deepEqual(found, { type: 'ints', value: [2 ** 63, -(2 ** 63), 2 ** 53, 7] });
  });

  it('of an unread kind leave the proof undone, with the reason', () => {
    const model = withAttribute({ type: 'other', kind: 13 });
    const plan = planProof(compareSides({ ...side(whole), model }, { ...side(whole), model }));
    assert.ok(!plan.ok);
    assert.match(plan.reason, /cannot be written/);
  });
});

describe('shapes', () => {
  it('of which one is not known are not known, also with a number beside it', () => {
    // With a shape of no axes the sum would have passed for a number, and the transposition for damaged.
    const text = graphText('a = Strange(x)\n b = Add(a, c)\n y = Transpose<perm = [0, 2, 1]>(b)', 'float c = {1}');
    assert.ok(!operators(text).includes('Transpose (damaged)'));
  });
});

describe('nodes without what their operator needs', () => {
  it('are left alone', () => {
    assert.doesNotThrow(() => operators(graphText('c = Concat<axis = 1>()\n y = Add(x, c)')));
    const mask = graphText('m = Where(o, o)\n y = Add(x, m)', 'float[4] o = {1, 0, 1, 0}');
    assert.ok(operators(mask).includes('Where'));
    const row = graphText(
      'r = Reshape(x, s)\n c = Conv(r, w)\n f = Reshape(c, s)\n y = Relu(f)',
      'int64[1] s = {-1}, float[3,2,1,1] w',
    );
    assert.doesNotThrow(() => operators(row, true));
    const sizes = graphText('t = Mul(none, one)\n y = Reshape(x, t)', 'int64[0] none = {}, int64[1] one = {1}');
    assert.ok(operators(sizes).includes('Reshape'));
  });
});
