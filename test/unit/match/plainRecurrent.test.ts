import assert from 'node:assert/strict';
import { compareSides } from '../../../core/match/compare/compare';
import { planProof } from '../../../core/match/proof/proof';
import { alike, canonicalNodes, differences, graphText, operators, side } from './fixtures';

const LENGTH = 3;
const SERIES = `float[batch,${LENGTH},2] x`;
const WEIGHTS = 'float[1,2,2] w = {1, 2, 3, 4}, float[1,2,2] r = {5, 6, 7, 8}, float[1,4] b = {1, 2, 3, 4}';

/** As TorchScript writes `nn.RNN`: the operator between transpositions, of which the last state is taken. */
function layer(attributes = '', outputs = 'e, a', behind = 'y = Squeeze(a, zero)', more = ''): string {
  const nodes = `t = Transpose<perm = [1, 0, 2]>(x)\n ${outputs} = RNN<hidden_size = 2${attributes}>(t, w, r, b)\n ${behind}`;
  return graphText(nodes, `${WEIGHTS}, int64[1] zero = {0}${more}`, SERIES);
}

interface Loop {
  readonly order?: readonly number[];
  readonly activation?: string;
  /** The sum of a step, of the position `p` and the state `h` before it, as `s` and the step's name. */
  readonly step?: (name: string, p: string, h: string) => string;
  readonly behind?: string;
}

const GEMMS = (name: string, p: string, h: string) =>
  `i${name} = Gemm<transB = 1>(${p}, wi, bi)\n j${name} = Gemm<transB = 1>(${h}, wh, bh)\n s${name} = Add(i${name}, j${name})`;
const BESIDE = (name: string, p: string, h: string) =>
  `c${name} = Concat<axis = 1>(${p}, ${h})\n s${name} = Gemm<transB = 1>(c${name}, wb, bi)`;

/** As TorchScript writes a loop over `nn.RNNCell`, from zeros for each of the batch. */
function loop({
  order = [0, 1, 2],
  activation = 'Tanh',
  step = GEMMS,
  behind = 'y = Identity(h2)',
}: Loop = {}): string {
  const steps = order.map((position, place) => {
    const before = place === 0 ? 'zeros' : `h${place - 1}`;
    return `p${place} = Gather<axis = 1>(x, at${position})\n ${step(String(place), `p${place}`, before)}\n h${place} = ${activation}(s${place})`;
  });
  const start = 'n = Shape<start = 0, end = 1>(x)\n z = Concat<axis = 0>(n, units)\n zeros = ConstantOfShape(z)';
  const places = [0, 1, 2].map((position) => `int64 at${position} = {${position}}`).join(', ');
  const constants = `float[2,2] wi = {1, 2, 3, 4}, float[2,2] wh = {5, 6, 7, 8}, float[2] bi = {1, 2}, float[2] bh = {3, 4}, float[2,4] wb = {1, 2, 5, 6, 3, 4, 7, 8}`;
  return graphText(
    `${start}\n ${steps.join('\n ')}\n ${behind}`,
    `${constants}, int64[1] units = {2}, ${places}`,
    SERIES,
  );
}

/** Which weights each of the roles has. */
function weights(text: string): Record<string, number[]> {
  const [node] = canonicalNodes(text);
  return Object.fromEntries([...node!.parameters].map(([role, constant]) => [role, [...constant.values()!]]));
}

describe('plain recurrent layers', () => {
  it('are read with their activation', () => {
    const [node] = canonicalNodes(layer());
    assert.deepEqual(node?.settings, { activation: 'tanh', unit: 2, bidirectional: false, return_sequences: false });
    assert.ok(differences(layer(), layer(', activations = ["Relu"]')).length > 0);
    assert.ok(alike(layer(), layer(', activations = ["Tanh"]')));
  });

  it('are loops over cells, and over a dense layer of the input beside the state', () => {
    for (const text of [loop(), loop({ step: BESIDE })]) {
      assert.deepEqual(operators(text), ['rnn']);
      assert.ok(alike(layer(), text) && alike(text, layer()));
      assert.deepEqual(weights(text).weight, [1, 2, 3, 4]);
      assert.deepEqual(weights(text).recurrent_weight, [5, 6, 7, 8]);
    }
    assert.deepEqual(weights(loop()).bias, [1, 2, 3, 4]);
    assert.ok(alike(layer(', activations = ["Relu"]'), loop({ activation: 'Relu' })));
  });

  it('are other layers with another activation, other positions or another order', () => {
    for (const other of [{ activation: 'Relu' }, { order: [0, 2, 1] }, { order: [0, 1, 1] }, { order: [2, 1, 0] }]) {
      assert.ok(!alike(layer(), loop(other)), JSON.stringify(other));
    }
    const swapped = loop({ step: (name, p, h) => BESIDE(name, h, p) });
    assert.deepEqual(
      [weights(swapped).weight, weights(swapped).recurrent_weight],
      [
        [5, 6, 7, 8],
        [1, 2, 3, 4],
      ],
    );
    const skipping = (name: string, p: string, h: string) => GEMMS(name, p, name === '2' ? 'h0' : h);
    assert.ok(!operators(loop({ step: skipping })).includes('rnn'));
  });

  it('run from the end, or on what was turned round', () => {
    const turned = layer().replace(
      't = Transpose<perm = [1, 0, 2]>(x)',
      'f = Slice(x, last, first, one, back)\n t = Transpose<perm = [1, 0, 2]>(f)',
    );
    const constants =
      ', int64[1] last = {-1}, int64[1] first = {-9223372036854775807}, int64[1] one = {1}, int64[1] back = {-1}';
    const flipped = turned.replace(', int64[1] zero', `${constants}, int64[1] zero`);
    assert.deepEqual(operators(flipped), ['rnn']);
    assert.ok(alike(layer(', direction = "reverse"'), flipped));
    assert.ok(alike(loop({ order: [2, 1, 0] }), flipped));
    assert.ok(!alike(layer(), flipped));
    const cut = flipped.replace('last = {-1}', 'last = {-2}');
    assert.ok(!operators(cut).includes('rnn') || differences(flipped, cut).length > 0);
    const channels = flipped.replace('one = {1}', 'one = {2}');
    assert.ok(operators(channels).includes('reversal') && !alike(flipped, channels));
  });

  it('are proven as loops, too, whichever side the loop is', () => {
    for (const [intended, exported] of [
      [loop(), layer()],
      [loop({ step: BESIDE }), layer()],
      [loop({ step: BESIDE }), loop()],
      [layer(), loop()],
    ] as const) {
      const plan = planProof(compareSides(side(intended), side(exported)));
      assert.ok(plan.ok, plan.ok ? '' : plan.reason);
    }
  });
});
