import assert from 'node:assert/strict';
import { compareSides } from '../../../core/match/compare/compare';
import { alike, canonicalNodes, differences, graphText, operators, side } from './fixtures';

describe('channels that become places', () => {
  const DEPTH = 'float[batch,8,3,5] x';
  const operator = (mode: string) => graphText(`y = DepthToSpace<blocksize = 2, mode = "${mode}">(x)`, '', DEPTH);
  const parts = (split: string, perm: string) =>
    graphText(
      `a = Reshape(x, s)\n b = Transpose<perm = [${perm}]>(a)\n y = Reshape(b, j)`,
      `int64[6] s = {${split}}, int64[4] j = {-1, 2, 6, 10}`,
      DEPTH,
    );
  const last = parts('-1, 2, 2, 2, 3, 5', '0, 1, 4, 2, 5, 3');
  const first = parts('-1, 2, 2, 2, 3, 5', '0, 3, 4, 1, 5, 2');

  it('are reshapes and a transposition, in the order that is said', () => {
    assert.ok(alike(operator('CRD'), last));
    assert.ok(alike(operator('DCR'), first));
    assert.ok(
      !alike(operator('CRD'), first) && !alike(operator('DCR'), last) && !alike(operator('CRD'), operator('DCR')),
    );
  });

  it('become channels again', () => {
    const back = graphText('y = SpaceToDepth<blocksize = 2>(x)', '', 'float[batch,2,6,10] x');
    const reshaped = (perm: string) =>
      graphText(
        `a = Reshape(x, s)\n b = Transpose<perm = [${perm}]>(a)\n y = Reshape(b, j)`,
        'int64[6] s = {-1, 2, 3, 2, 5, 2}, int64[4] j = {-1, 8, 3, 5}',
        'float[batch,2,6,10] x',
      );
    assert.ok(alike(back, reshaped('0, 3, 5, 1, 2, 4')));
    assert.ok(!alike(back, reshaped('0, 1, 3, 5, 2, 4')));
    assert.deepEqual(operators(graphText('y = SpaceToDepth<blocksize = 4>(x)', '', 'float[batch,2,6,10] x')), [
      'SpaceToDepth',
    ]);
  });
});

describe('RMS normalization by one over the root', () => {
  const parts = (one: number) =>
    graphText(
      'a = Pow(x, two)\n b = ReduceMean<axes = [-1]>(a)\n c = Add(b, e)\n d = Sqrt(c)\n r = Div(one, d)\n n = Mul(x, r)\n y = Mul(n, g)',
      `float two = {2}, float one = {${one}}, float e = {0.00001}, float[8] g`,
      'float[batch,6,8] x',
    );

  it('is read, and by another number not', () => {
    assert.deepEqual(operators(parts(1)), ['rms_normalization']);
    assert.ok(!operators(parts(2)).includes('rms_normalization'));
  });
});

describe('weights that are normalised in the graph', () => {
  const normalized = (low: string) =>
    graphText(
      `n = Clip(l, low)\n e = Expand(n, s)\n v = Div(w, e)\n t = Transpose<perm = [1, 0]>(v)\n y = MatMul(x, t)`,
      `float[2,3] w = {1, 2, 3, 4, 5, 6}, float[2,1] l = {2, 4}, float low = {${low}}, int64[2] s = {2, 3}`,
      'float[batch,3] x',
    );

  it('are weights, whatever keeps their length from zero', () => {
    assert.deepEqual(operators(normalized('1e-12')), ['dense']);
    const [node] = canonicalNodes(normalized('3'));
    assert.deepEqual([...node!.parameters.get('weight')!.values()!], [1 / 3, 2 / 3, 1, 1, 5 / 4, 6 / 4]);
  });
});

describe('a Resize between pixels', () => {
  const resized = (attributes: string) =>
    graphText(`y = Resize<mode = "linear"${attributes}>(x, , s)`, 'float[4] s = {1, 1, 2, 2}');

  it('is the same with what goes without saying, and another with more', () => {
    const said = ', antialias = 0, keep_aspect_ratio_policy = "stretch", exclude_outside = 0, cubic_coeff_a = -0.75';
    assert.ok(alike(resized(''), resized(said)));
    assert.ok(differences(resized(''), resized(', antialias = 1')).length > 0);
    assert.ok(differences(resized(''), resized(', coordinate_transformation_mode = "align_corners"')).length > 0);
  });
});

describe('values that are put together in steps', () => {
  const joined = (nodes: string) => graphText(`n = Exp(x)\n o = Cos(x)\n ${nodes}`);
  const once = joined('y = Concat<axis = 1>(x, n, o)');

  it('are put together at once', () => {
    assert.ok(alike(once, joined('a = Concat<axis = 1>(x, n)\n y = Concat<axis = 1>(a, o)')));
    assert.ok(alike(once, joined('a = Concat<axis = 1>(n, o)\n y = Concat<axis = 1>(x, a)')));
  });

  it('are others in another order or along another axis', () => {
    assert.ok(!alike(once, joined('a = Concat<axis = 1>(n, o)\n y = Concat<axis = 1>(a, x)')));
    const rows = joined('a = Concat<axis = 2>(x, n)\n b = Concat<axis = 2>(o, o)\n y = Concat<axis = 1>(a, b)');
    assert.equal(operators(rows).filter((operator) => operator === 'concatenate').length, 3);
  });
});

describe('weights of several layers', () => {
  const layers = (second: string, more = '') =>
    graphText(
      `a = MatMul(x, w)\n b = Relu(a)\n y = MatMul(b, ${second})`,
      `float[4,4] w = {${Array.from({ length: 16 }, (_, place) => place)}}${more}`,
      'float[batch,4] x',
    );
  const apart = layers('v', ', float[4,4] v');
  const said = (intended: string, exported: string) => {
    const { cannotBeTold } = compareSides(side(intended), side(exported));
    return cannotBeTold.filter((message) => /shared or copied/.test(message)).length;
  };

  it('that the exported graph has once are told', () => {
    assert.equal(said(apart, layers('w')), 1);
    assert.equal(said(layers('w'), layers('w')), 0);
    assert.equal(said(apart, apart), 0);
  });

  it('are nothing to tell of where none was learned', () => {
    assert.equal(said(apart, layers('w').replace(/w = \{[^}]*\}/, `w = {${Array(16).fill(0)}}`)), 0);
  });
});
