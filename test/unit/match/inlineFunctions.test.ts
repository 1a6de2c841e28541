import assert from 'node:assert/strict';
import { inlineFunctions } from '../../../core/match/prepare/inlineFunctions';
import type { Attribute, OnnxFunction, OnnxModel, OnnxNode } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';

describe("a model's own functions", () => {
  it('stand where they are called, with what the call gives, or the function for want of it', () => {
    const leaky = node('LeakyRelu', ['v'], ['w'], { alpha: { type: 'other', kind: 1, reference: 'slope' } });
    const defaults = new Map<string, Attribute>([['slope', { type: 'float', value: 0.25 }]]);
    const given: Record<string, Attribute> = { slope: { type: 'float', value: 0.5 } };
    const calls = [call('F', 'x', 'h', given), call('F', 'h', 'y')];
    const inlined = inlineFunctions(model(calls, [{ ...definition('F', [leaky]), defaults }]));
    assert.deepEqual(
      inlined.map(({ opType, inputs, outputs, attributes }) => [
        opType,
        ...inputs,
        ...outputs,
        attributes.get('alpha'),
      ]),
      [
        ['LeakyRelu', 'x', 'h', { type: 'float', value: 0.5 }],
        ['LeakyRelu', 'h', 'y', { type: 'float', value: 0.25 }],
      ],
    );
  });

  it('are told apart by their overload', () => {
    const functions = ['', 'b'].map((overload) => ({
      ...definition('F', [node(overload ? 'Tanh' : 'Relu', ['v'], ['w'])]),
      overload,
    }));
    const calls = [call('F', 'x', 'h'), { ...call('F', 'h', 'y'), overload: 'b' }];
    assert.deepEqual(
      inlineFunctions(model(calls, functions)).map(({ opType }) => opType),
      ['Relu', 'Tanh'],
    );
  });

  it('that call each other without end, or ever more often, stay bounded', () => {
    const itself = definition('F', [call('F', 'v', 'w')]);
    assert.equal(inlineFunctions(model([call('F', 'x', 'y')], [itself])).length, 1);
    const doubling = (last: string) =>
      Array.from({ length: 30 }, (_, level) => {
        const next = level === 29 ? last : `F${level + 1}`;
        return definition(`F${level}`, [call(next, 'v', 'u'), call(next, 'u', 'w')]);
      });
    const inlined = (last: string, ...others: OnnxFunction[]) =>
      inlineFunctions(model([call('F0', 'x', 'y')], [...doubling(last), ...others])).length;
    assert.ok(inlined('Unknown') < 600_000);
    assert.ok(inlined('Empty', definition('Empty', [])) < 600_000);
  });
});

function model(nodes: readonly OnnxNode[], functions: readonly OnnxFunction[]): OnnxModel {
  const empty = parseModel('g (float[1] x) => (float[1] y) { y = Relu(x) }');
  return { ...empty, functions, graph: { ...empty.graph, nodes } };
}

function definition(name: string, nodes: readonly OnnxNode[]): OnnxFunction {
  return { name, domain: 'local', inputs: ['v'], outputs: ['w'], attributes: [], nodes, opsetImports: new Map() };
}

function call(name: string, input: string, output: string, attributes: Record<string, Attribute> = {}): OnnxNode {
  return { ...node(name, [input], [output], attributes), domain: 'local' };
}

function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute> = {},
): OnnxNode {
  return { name: '', opType, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}
