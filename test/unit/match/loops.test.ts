import assert from 'node:assert/strict';
import { canonicalize } from '../../../core/match/canonical/canonical';
import type { OnnxModel, OnnxNode } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';
import { alike, canonicalNodes, graphText, operators, rulesUsed } from './fixtures';

const SERIES = 'float[batch,2,3] x';
const WEIGHTS = 'float[3,8] w, float[2,8] r, float[8] b, float[8] c, float[3,8] other, int64[2] zero = {0, 2}';
const POSITIONS = 'int64 p0 = {0}, int64 p1 = {1}, int64[4] quarters = {2, 2, 2, 2}';

/** One step of an LSTM of two units: names end in the step, `h` and `m` are the state and the memory before. */
function lstmStep(
  step: number,
  h: string,
  m: string,
  position = step,
  { w = 'w', squash = 'Tanh', forget = m } = {},
): string {
  return `x${step} = Gather<axis = 1>(x, p${position})\n a${step} = MatMul(x${step}, ${w})\n d${step} = Add(a${step}, b)
 e${step} = MatMul(${h}, r)\n f${step} = Add(e${step}, c)\n s${step} = Add(d${step}, f${step})
 i${step}, g${step}, k${step}, o${step} = Split<axis = 1>(s${step}, quarters)
 ia${step} = Sigmoid(i${step})\n ga${step} = Sigmoid(g${step})\n oa${step} = Sigmoid(o${step})\n ka${step} = ${squash}(k${step})
 keep${step} = Mul(ga${step}, ${forget})\n write${step} = Mul(ia${step}, ka${step})\n m${step} = Add(keep${step}, write${step})
 t${step} = Tanh(m${step})\n h${step} = Mul(oa${step}, t${step})`;
}

const START = 'n = Shape<start = 0, end = 1>(x)\n size = Concat<axis = 0>(n, units)\n z = ConstantOfShape(size)';
const CONSTANTS = `${WEIGHTS}, ${POSITIONS}, int64[1] units = {2}`;

function steps(first: string, second: string, end = 'y = Identity(h1)'): string {
  return graphText(`${START}\n${first}\n${second}\n${end}`, CONSTANTS, SERIES);
}

const LSTM = steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'h0', 'm0'));

describe('an LSTM written step by step', () => {
  it('is one layer, with its weights in the order of the operator', () => {
    assert.deepEqual(operators(LSTM), ['lstm']);
    const [layer] = canonicalNodes(LSTM);
    assert.equal(layer?.settings.return_sequences, false);
    assert.deepEqual(layer?.parameters.get('weight')?.shape, [1, 8, 3]);
    assert.deepEqual(layer?.parameters.get('bias')?.shape, [1, 16]);
    assert.ok(rulesUsed(LSTM).includes('recurrent-steps'));
  });

  it('gives all positions where they are put together', () => {
    const all = steps(
      lstmStep(0, 'z', 'z'),
      lstmStep(1, 'h0', 'm0'),
      'u0 = Unsqueeze(h0, one)\n u1 = Unsqueeze(h1, one)\n y = Concat<axis = 1>(u0, u1)',
    ).replace('int64[1] units', 'int64[1] one = {1}, int64[1] units');
    assert.deepEqual(operators(all), ['lstm']);
    assert.equal(canonicalNodes(all)[0]?.settings.return_sequences, true);
    assert.ok(!alike(LSTM, all));
  });

  it('from the last position back is another layer', () => {
    const back = steps(lstmStep(0, 'z', 'z', 1), lstmStep(1, 'h0', 'm0', 0));
    assert.deepEqual(operators(back), ['lstm']);
    assert.ok(!alike(LSTM, back));
  });

  const refused: Readonly<Record<string, string>> = {
    'a position that is taken twice': steps(lstmStep(0, 'z', 'z', 1), lstmStep(1, 'h0', 'm0')),
    'a state of the step before the last': steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'z', 'm0')),
    'a memory that is not kept': steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'h0', 'z')),
    'a step with weights of its own': steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'h0', 'm0', 1, { w: 'other' })),
    'another activation': steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'h0', 'm0', 1, { squash: 'Relu' })),
    'the memory as the output': steps(lstmStep(0, 'z', 'z'), lstmStep(1, 'h0', 'm0'), 'y = Identity(m1)'),
    'a start that is not zero': LSTM.replace('z = ConstantOfShape(size)', 'q = ConstantOfShape(size)\n z = Exp(q)'),
    'the first step alone': steps(lstmStep(0, 'z', 'z'), '', 'y = Identity(h0)'),
  };
  for (const [name, text] of Object.entries(refused)) {
    it(`is not taken for: ${name}`, () => {
      assert.ok(!operators(text).includes('lstm'), operators(text).join());
    });
  }
});

/** A running sum and twice each item, over the first axis of `x`. */
const BODY = 'next = Add(state, item)\n twice = Add(item, item)';

/** A `Loop` or `Scan` whose body is given; `y` is one of its outputs. */
function looping(kind: 'Loop' | 'Scan', count: number, more: Partial<OnnxNode> = {}): OnnxModel {
  const inputs = kind === 'Loop' ? 'int64 step, bool go, float[4] state' : 'float[4] state, float[4] item';
  const outputs = kind === 'Loop' ? 'bool on, float[4] next, float[4] twice' : 'float[4] next, float[4] twice';
  const first = kind === 'Loop' ? 'item = Gather(x, step)\n on = Identity(go)\n' : '';
  const body = parseModel(`<opset_import: ["" : 17]> body (${inputs}) => (${outputs}) {\n${first}${BODY}\n}`).graph;
  const outside = parseModel(
    graphText('y = Placeholder(x)', `float[4] start, int64 count = {${count}}, int64 yes = {1}`, 'float[3,4] x'),
  );
  const node: OnnxNode = {
    name: 'loop',
    opType: kind,
    domain: '',
    inputs: kind === 'Loop' ? ['count', 'yes', 'start'] : ['start', 'x'],
    outputs: ['final', 'y'],
    attributes: new Map([
      ['body', { type: 'graph', value: body } as const],
      ...(kind === 'Scan' ? [['num_scan_inputs', { type: 'int', value: 1 } as const] as const] : []),
    ]),
    ...more,
  };
  return { ...outside, graph: { ...outside.graph, nodes: [node] } };
}

describe('a loop whose steps can be counted', () => {
  const counted = (model: OnnxModel) => canonicalize(model, {});
  const names = (model: OnnxModel) => counted(model).nodes.map(({ op }) => op);

  it('is its steps, one after the other', () => {
    for (const kind of ['Loop', 'Scan'] as const) {
      const { nodes, graph } = counted(looping(kind, 3));
      assert.deepEqual(graph.undecided, []);
      assert.equal(nodes.filter(({ op }) => op === 'add').length, 3, `${kind}: ${nodes.map(({ op }) => op)}`);
      assert.ok(nodes.every(({ origin }) => origin.every(({ name }) => name === 'loop')));
      const sums = names(looping(kind, 3, { outputs: ['y', 'all'] }));
      assert.equal(sums.filter((op) => op === 'Add' || op === 'add').length, 3);
    }
  });

  it('does not ask the body whether it goes on where there is no condition outside', () => {
    const free = looping('Loop', 3, { inputs: ['count', '', 'start'] });
    assert.equal(names(free).filter((op) => op === 'add').length, 3);
  });

  it('stays a loop where their number is not known, or too large', () => {
    const open = looping('Loop', 3, { inputs: ['unknown', 'yes', 'start'] });
    const endless = looping('Loop', 1_000_000);
    for (const model of [open, endless]) {
      assert.deepEqual(names(model), ['Loop']);
      assert.match(counted(model).graph.undecided.join(), /sub-graph/);
    }
  });
});
