import assert from 'node:assert/strict';
import { align, commonSubsequence } from '../../../core/match/compare/align';
import { compareSides } from '../../../core/match/compare/compare';
import { canonicalNodes, differences, graphText, side } from './fixtures';

const WEIGHTS = 'float[4,2,3,3] w, float[4] b, float[3,64] d, float[3] e';

function network(
  changes: { conv?: string; act?: string; flat?: string; constants?: string; input?: string } = {},
): string {
  const {
    conv = 'c = Conv<pads = [1, 1, 1, 1]>(x, w, b)',
    act = 'r = LeakyRelu(c)',
    flat = 'f = Flatten<axis = 1>(r)',
  } = changes;
  const nodes = [conv, act, flat, 'y = Gemm<transB = 1>(f, d, e)'].join('\n');
  return graphText(nodes, changes.constants ?? WEIGHTS, changes.input);
}

describe('two graphs', () => {
  it('that are the same have no difference', () => {
    assert.deepEqual(differences(network(), network()), []);
  });

  it('are the same whatever their values and nodes are called, and in whatever order they stand', () => {
    const renamed = network()
      .replace(/\b([crfxwbde])\b/g, 'value_$1')
      .replaceAll('value_x ', 'value_x ');
    assert.deepEqual(differences(network(), renamed), []);
    const a = graphText('p = Relu(x)\n q = Tanh(x)\n y = Add(p, q)');
    const b = graphText('q = Tanh(x)\n p = Relu(x)\n y = Add(q, p)');
    assert.deepEqual(differences(a, b), []);
  });

  const single: Record<string, [string, string[]]> = {
    'a stride': [
      network({ conv: 'c = Conv<pads = [1, 1, 1, 1], strides = [2, 2]>(x, w, b)' }),
      ['node_c: different stride'],
    ],
    'a padding': [network({ conv: 'c = Conv(x, w, b)' }), ['node_c: different padding']],
    'a dilation': [
      network({ conv: 'c = Conv<pads = [2, 2, 2, 2], dilations = [2, 2]>(x, w, b)' }),
      ['node_c: different dilation'],
    ],
    channels: [
      network({ constants: WEIGHTS.replaceAll('[4', '[5').replace('3,64', '3,80') }),
      ['node_c: different channel'],
    ],
    'a kernel': [
      network({ conv: 'c = Conv<pads = [2, 2, 2, 2]>(x, w, b)', constants: WEIGHTS.replace('3,3]', '5,5]') }),
      ['node_c: different kernel'],
    ],
    'an activation': [network({ act: 'r = Relu(c)' }), ['node_r: different activation']],
    'an alpha': [network({ act: 'r = LeakyRelu<alpha = 0.2>(c)' }), ['node_r: different alpha']],
    units: [
      network({ constants: WEIGHTS.replace('[3,64]', '[7,64]').replace('[3] e', '[7] e') }),
      ['node_y: different unit'],
    ],
    'the type of the weights': [
      network({ constants: WEIGHTS.replace('float[3,64] d, float[3] e', 'double[3,64] d, double[3] e') }),
      ['node_y: different dtype'],
    ],
    'the input': [
      network({ input: 'float[batch,2,6,6] x', constants: WEIGHTS.replace('64', '144') }),
      ['data: different image_size'],
    ],
  };
  for (const [what, [exported, expected]] of Object.entries(single)) {
    it(`differ by ${what} alone`, () => assert.deepEqual(differences(network(), exported), expected));
  }

  it('may have a node too few or too many', () => {
    const shorter = network({ act: 'r = Identity(c)' });
    assert.deepEqual(differences(network(), shorter), ['node_r: missing']);
    assert.deepEqual(differences(shorter, network()), ['node_r: extra']);
  });

  it('are different when the same nodes are wired differently', () => {
    const wires = (second: string, sum: string) => graphText(`a = Relu(x)\n b = Tanh(${second})\n y = ${sum}`);
    assert.deepEqual(differences(wires('a', 'Add(a, b)'), wires('a', 'Add(b, b)')), ['node_y: different input']);
    assert.equal(differences(wires('a', 'Sub(a, b)'), wires('a', 'Sub(b, a)')).length, 1);
    assert.deepEqual(differences(wires('a', 'Add(a, b)'), wires('a', 'Add(b, a)')), []);
  });

  it('are different when branches are joined in another order', () => {
    const joined = (order: string) => graphText(`a = Relu(x)\n b = Tanh(x)\n y = Concat<axis = 1>(${order})`);
    assert.deepEqual(differences(joined('a, b'), joined('b, a')), ['node_y: different input']);
  });

  it('are different when an operator that is not known differs in an attribute or a number', () => {
    const unknown = (call: string, constants = '') => graphText(`y = ${call}`, constants);
    assert.equal(differences(unknown('Foo<k = 1>(x)'), unknown('Foo<k = 1>(x)')).length, 0);
    assert.deepEqual(differences(unknown('Foo<k = 1>(x)'), unknown('Foo<k = 2>(x)')), ['node_y: different k']);
    const scaled = (value: number) => unknown('Mul(x, s)', `float s = {${value}}`);
    assert.deepEqual(differences(scaled(2), scaled(3)), ['node_y: different input 1']);
  });

  it('cannot be told apart by a batch norm that one side may have folded', () => {
    const visible = graphText(
      'c = Conv(x, w, b)\n y = BatchNormalization(c, s, h, m, v)',
      `${WEIGHTS}, float[4] s, float[4] h, float[4] m, float[4] v = {1, 1, 1, 1}`,
    );
    const folded = graphText('y = Conv(x, w, b)', WEIGHTS);
    const { rows, cannotBeTold } = compareSides(side(visible), side(folded));
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['cannot be told'],
    );
    assert.equal(cannotBeTold.length, 1);
    const without = graphText('y = Conv(x, w)', WEIGHTS);
    assert.equal(
      compareSides(side(visible), side(`${without.replace('<', '<producer_name: "pytorch", ')}`)).rows[0]?.status,
      'different',
    );
  });

  it('have a bias of zeros left out, or none: that depends on who wrote the file', () => {
    const bare = (producer: string) =>
      graphText('y = Conv(x, w)', WEIGHTS).replace('<', `<producer_name: "${producer}", `);
    const status = (intended: string, exported: string) => compareSides(side(intended), side(exported)).rows[0]?.status;
    const biased = graphText('y = Conv(x, w, b)', WEIGHTS);
    const zeros = graphText('y = Conv(x, w, b)', WEIGHTS.replace('float[4] b', 'float[4] b = {0, 0, 0, 0}'));
    assert.equal(status(biased, bare('tf2onnx')), 'cannot be told');
    assert.equal(status(biased, bare('pytorch')), 'different');
    assert.equal(status(bare('pytorch'), biased), 'different');
    assert.equal(status(bare('pytorch'), zeros), 'equivalent');
  });

  it('share a note about a frozen batch axis', () => {
    const { notes } = compareSides(side(network()), side(network({ input: 'float[1,2,4,4] x' })));
    assert.match(notes.join(), /batch axis frozen to 1/);
  });

  it('that hold sub-graphs are not decided', () => {
    const model = side(graphText('y = Relu(x)'));
    const inner = { name: 'g', nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [] };
    const [node] = model.model.graph.nodes;
    const nodes = [
      { ...node!, opType: 'If', attributes: new Map([['then_branch', { type: 'graph', value: inner } as const]]) },
    ];
    const withBranch = { ...model, model: { ...model.model, graph: { ...model.model.graph, nodes } } };
    assert.match(compareSides(withBranch, withBranch).undecided.join(), /sub-graph/);
  });
});

describe('alignment', () => {
  it('finds the longest common subsequence', () => {
    const pairs = (a: string, b: string) => [...commonSubsequence([...a], [...b])];
    assert.deepEqual(pairs('abcd', 'abcd'), [0, 1, 2, 3]);
    assert.deepEqual(pairs('abcd', 'acd'), [0, -1, 1, 2]);
    assert.deepEqual(pairs('acd', 'abcd'), [0, 2, 3]);
    assert.deepEqual(pairs('', 'a'), []);
    assert.deepEqual(pairs('a', ''), [-1]);
    assert.equal(pairs('abcabba', 'cbabac').filter((place) => place >= 0).length, 4);
  });

  it('stays bounded when nothing agrees', () => {
    const count = 6000;
    const a = Array.from({ length: count }, (_, index) => `a${index}`);
    const b = Array.from({ length: count }, (_, index) => `b${index}`);
    assert.ok(commonSubsequence(a, b).every((place) => place === -1));
    const shared = commonSubsequence([...a, 'end'], [...b, 'end']);
    assert.equal(shared[count], count);
  });

  it('pairs repeated blocks by their position, a changed setting included', () => {
    const block = (index: number, alpha: number) =>
      `r${index} = LeakyRelu<alpha = ${alpha}>(t${index - 1})\nt${index} = Tanh(r${index})`;
    const chain = (alphas: readonly number[]) =>
      graphText(
        `t0 = Relu(x)\n${alphas.map((alpha, index) => block(index + 1, alpha)).join('\n')}\ny = Relu(t${alphas.length})`,
      );
    const a = canonicalNodes(chain([0.1, 0.1, 0.1, 0.1]));
    const b = canonicalNodes(chain([0.1, 0.1, 0.3, 0.1]));
    assert.deepEqual(
      [...align(a, b)],
      a.map((_, index) => index),
    );
  });
});
