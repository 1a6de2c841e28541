import assert from 'node:assert/strict';
import { nodeDetails, tensorNamed } from '../../../core/inspect/details';
import { inspectGraphs } from '../../../core/inspect/graphs';
import { outlineGraph } from '../../../core/inspect/outline';
import { inferShapes } from '../../../core/inspect/shapes';
import { parseModel } from '../../../core/onnx/parseText';
import { graphText } from '../match/fixtures';

function inspect(nodes: string, constants = '') {
  const model = parseModel(graphText(nodes, constants));
  const graph = inspectGraphs(model).get('')!;
  return { model, graph, outline: outlineGraph(graph, model) };
}

const layer = (at: number, from: string) =>
  `c${at} = Conv(${from}, w${at})\n r${at} = Relu(c${at})\n s${at} = Add(r${at}, ${from})\n i${at} = Sigmoid(s${at})`;

describe('the outline of a graph', () => {
  it('says where values come from, and leaves weights and constants out', () => {
    const { outline } = inspect(
      'k = Constant<value = float[1] {2.0}>()\n v = Identity(w)\n a = Conv(x, v)\n b = Mul(a, k)\n y = Add(b, x)',
      'float[2,2,1,1] w = {1,2,3,4}',
    );
    assert.deepEqual(
      outline.nodes.map(({ from }) => from),
      [[], [], [-1], [2], [3, -1]],
    );
    assert.deepEqual(
      outline.nodes.map(({ isConstant = false }) => isConstant),
      [true, true, false, false, false],
    );
    assert.equal(outline.outputs[0]?.from, 4);
  });

  it('finds blocks that repeat, told by operators, attributes, weights and wiring', () => {
    const names = [0, 1, 2, 3, 4];
    const weights = names.map((at) => `float[2,2,1,1] w${at} = {1,2,3,4}`).join(', ');
    const text = names.map((at) => layer(at, at === 0 ? 'x' : `i${at - 1}`)).join('\n');
    const { outline } = inspect(`${text}\n y = Flatten(i4)`, weights);
    assert.deepEqual(outline.blocks, [{ start: 0, length: 4, count: 5 }]);
    const { outline: broken } = inspect(`${text.replace('Add(r2, i1)', 'Add(r2, c2)')}\n y = Flatten(i4)`, weights);
    assert.deepEqual(broken.blocks, []);
  });

  it('counts what training sets, each weight once', () => {
    const names = ['scale', 'shift', 'mean', 'variance'];
    const { outline } = inspect(
      'a = Conv(x, w)\n b = Conv(a, w)\n c = BatchNormalization(b, scale, shift, mean, variance)\n y = Mul(c, half)',
      ['float[2,2,1,1] w', 'float[1] half', ...names.map((name) => `float[2] ${name}`)].join(', '),
    );
    assert.deepEqual(
      outline.nodes.map(({ parameters }) => parameters),
      [4, 0, 4, 0],
    );
  });

  it('has the shapes that follow from the inputs', () => {
    const { model, graph } = inspect('a = Conv(x, w)\n y = Flatten(a)', 'float[3,2,3,3] w');
    assert.deepEqual(inferShapes(graph, model, {}), [
      ['batch', 3, 2, 2],
      ['batch', 12],
    ]);
  });
});

describe('the details of a node', () => {
  const { graph } = inspect(
    'v = Identity(w)\n a = Conv<kernel_shape = [1, 1]>(x, v, b)\n y = Relu(a)',
    ['float[2,2,1,1] w = {1,2,3,4}', 'float[2] b = {0,0}'].join(', '),
  );

  it('name inputs as the operator does, and lead to who makes and uses them', () => {
    const details = nodeDetails(graph, 1)!;
    assert.deepEqual(
      details.inputs.map(({ role, name, from, tensor }) => [role, name, from, tensor]),
      [
        ['X', 'x', -1, undefined],
        ['W', 'v', 0, 'v'],
        ['B', 'b', undefined, 'b'],
      ],
    );
    assert.deepEqual(
      details.outputs.map(({ name, to, isGraphOutput }) => [name, to, isGraphOutput]),
      [['a', [2], false]],
    );
    assert.deepEqual(details.attributes, [{ name: 'kernel_shape', value: '[1, 1]' }]);
  });

  it('find a weight behind an Identity, and nothing under other names', () => {
    assert.equal(tensorNamed(graph, 1, 'v')?.name, 'w');
    assert.equal(tensorNamed(graph, 1, 'x'), undefined);
    assert.equal(tensorNamed(graph, 1, '@attribute kernel_shape'), undefined);
    assert.equal(nodeDetails(graph, 9), undefined);
  });
});
