import assert from 'node:assert/strict';
import type { GraphOutline, OutlineNode } from '../../../core/protocol/onnx';
import { contractGraph } from '../../../webviews/onnx/contract';
import { blocksOf, commonScope, keysAround, makeRows, type RowOptions } from '../../../webviews/onnx/rows';

const node = (place: number, changed: Partial<OutlineNode> = {}): OutlineNode => ({
  name: `/layer.${Math.floor(place / 2)}/node${place}`,
  operator: place % 2 ? 'Relu' : 'MatMul',
  attributes: '',
  from: [place - 1],
  parameters: 0,
  ...changed,
});

/** A chain of eight nodes, of which six are three times the same two. */
const outline: GraphOutline = {
  inputs: [{ name: 'x', type: 'float32' }],
  outputs: [{ name: 'y', type: 'float32', from: 8 }],
  nodes: [
    node(0, { from: [-1] }),
    node(1, { isConstant: true, operator: 'Constant', from: [] }),
    node(2, { from: [0] }),
    ...[3, 4, 5, 6, 7, 8].map((place) => node(place)),
  ],
  blocks: [{ start: 1, length: 2, count: 3 }],
};

const options: RowOptions = { open: new Set(), folds: true, showsConstants: false, search: '' };
const keys = (changed: Partial<RowOptions> = {}) =>
  makeRows(outline, { ...options, ...changed })
    .map(({ key }) => key)
    .join(' ');

describe("rows of a model's list", () => {
  it('fold blocks that repeat, and leave constants out', () => {
    assert.equal(keys(), 'in0 n0 b0 n8 out0');
    assert.equal(keys({ open: new Set(['b0']) }), 'in0 n0 b0 b0.0 b0.1 b0.2 n8 out0');
    assert.equal(keys({ open: new Set(['b0', 'b0.1']) }), 'in0 n0 b0 b0.0 b0.1 n4 n5 b0.2 n8 out0');
  });

  it('show all when that is wanted', () => {
    assert.equal(keys({ folds: false }), 'in0 n0 n2 n3 n4 n5 n6 n7 n8 out0');
    assert.equal(keys({ showsConstants: true }), 'in0 n0 n1 n2 n3 n4 n5 n6 n7 n8 out0');
  });

  it('are searched by every word, in folds too', () => {
    assert.equal(keys({ search: 'RELU layer.2' }), 'n5');
    assert.equal(keys({ search: 'constant' }), '');
    assert.equal(keys({ search: 'constant', showsConstants: true }), 'n1');
  });

  it('lead into folds', () => {
    assert.deepEqual(keysAround(blocksOf(outline), 5), ['b0', 'b0.1']);
    assert.deepEqual(keysAround(blocksOf(outline), 8), []);
  });

  it('are called by what their names have in common', () => {
    const named = (...names: string[]) => commonScope(names.map((name) => node(0, { name })));
    assert.equal(named('/blocks.1/att/MatMul', '/blocks.1/Add'), '/blocks.1');
    assert.equal(named('/blocks.1/Add', '/blocks.10/Add'), '/blocks');
    assert.equal(named('a', 'b'), '');
    assert.equal(commonScope([node(0, { module: 'blocks.1.att' }), node(0, { module: 'blocks.1' })]), 'blocks.1');
  });
});

describe("a model's graph", () => {
  const shape = (open: string[], folds = true) => {
    const { vertices, edges } = contractGraph(outline, new Set(open), folds);
    return edges.map(([from, to]) => `${vertices[from]!.key}>${vertices[to]!.key}`).join(' ');
  };

  it('has one vertex for a block, one for each repetition, or its nodes', () => {
    assert.equal(shape([]), 'in0>n0 n0>b0 b0>n8 n8>out0');
    assert.equal(shape(['b0']), 'in0>n0 n0>b0.0 b0.0>b0.1 b0.1>b0.2 b0.2>n8 n8>out0');
    assert.equal(shape(['b0', 'b0.0']), 'in0>n0 n0>n2 n2>n3 n3>b0.1 b0.1>b0.2 b0.2>n8 n8>out0');
    assert.equal(shape([], false), 'in0>n0 n0>n2 n2>n3 n3>n4 n4>n5 n5>n6 n6>n7 n7>n8 n8>out0');
  });
});
