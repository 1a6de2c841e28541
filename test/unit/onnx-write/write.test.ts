import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { float, GraphBuilder } from '../../../core/onnx/builder';
import { DataType, type OnnxModel } from '../../../core/onnx/model';
import { readModel } from '../../../core/onnx/read';
import { encodeModel } from '../../../core/onnx/write';
import { describeWithPython, runPython } from '../../support/python';
import { MemorySource } from '../onnx/source';

/** A model with something of everything that the writer can write. */
function everything(): OnnxModel {
  const graph = new GraphBuilder('main', 17);
  graph.input('condition', DataType.bool, []);
  graph.input('x', DataType.float, ['batch', 3]);
  const weight = graph.initializer('weight', Float32Array.of(1.5, -2.25, 0), [1, 3]);
  graph.initializer('bytes', Uint8Array.of(0, 255), [2]);
  graph.ints([-1, 2 ** 40, -(2 ** 40)]);
  const sum = graph.add('Add', ['x', weight], {}, { name: 'sum', metadata: new Map([['layer', 'one']]) });
  const left = graph.add('LeakyRelu', [sum], { alpha: float(-0.5) });
  const branches = { then_branch: branch('yes', left), else_branch: branch('no', sum) };
  const chosen = graph.add('If', ['condition'], branches);
  const turned = graph.add('Transpose', [chosen], { perm: [1, 0] });
  const axis = graph.add('Softmax', [turned], { axis: -1 }, { outputs: ['y'] });
  graph.output(axis, DataType.float, [3, '']);
  return { ...graph.model(new Map([['run', '20261122-141502-3f9a']])), docString: 'Größe ≥ 1' };
}

function branch(name: string, value: string) {
  const graph = new GraphBuilder(name, 17);
  graph.outputAs(`${name}_out`, value, DataType.float, ['batch', 3]);
  return { type: 'graph', value: graph.graph() } as const;
}

function readBack(model: OnnxModel): OnnxModel {
  const bytes = encodeModel(model);
  const result = readModel(new MemorySource(bytes));
  assert.ok(result.ok, JSON.stringify(result));
  return result.model;
}

describe('encodeModel', () => {
  it('writes what the reader reads', () => {
    const model = everything();
    const read = readBack(model);
    assert.deepEqual([...read.opsetImports], [['', 17]]);
    assert.deepEqual([...read.metadata], [['run', '20261122-141502-3f9a']]);
    assert.equal(read.docString, 'Größe ≥ 1');
    assert.deepEqual(
      read.graph.nodes.map(({ name, opType, inputs, outputs }) => ({ name, opType, inputs, outputs })),
      model.graph.nodes.map(({ name, opType, inputs, outputs }) => ({ name, opType, inputs, outputs })),
    );
    assert.deepEqual(read.graph.inputs, model.graph.inputs);
    assert.deepEqual(
      read.graph.initializers.map(({ name, dims, dataType }) => ({ name, dims, dataType })),
      model.graph.initializers.map(({ name, dims, dataType }) => ({ name, dims, dataType })),
    );
  });

  it('grows where names are longer than was estimated', () => {
    const graph = new GraphBuilder('main', 17);
    const long = 'x'.repeat(100_000);
    graph.input('x', DataType.float, [1]);
    graph.add('Relu', ['x'], {}, { outputs: [long] });
    assert.equal(readBack(graph.model()).graph.nodes[0].outputs[0], long);
  });

  it('says where external data is', () => {
    const external = { kind: 'external', location: 'model.data', offset: 4096, length: 8 } as const;
    const graph = new GraphBuilder('main', 17).graph();
    const tensor = { name: 'w', dataType: DataType.float, dims: [2], data: external };
    const model = { ...everything(), graph: { ...graph, initializers: [tensor] } };
    assert.deepEqual(readBack(model).graph.initializers, [tensor]);
  });

  it('refuses what it has no values of', () => {
    const data = { kind: 'file', offset: 0, length: 8 } as const;
    const tensor = { name: 'w', dataType: DataType.float, dims: [2], data };
    const graph = { ...new GraphBuilder('main', 17).graph(), initializers: [tensor] };
    assert.throws(() => encodeModel({ ...everything(), graph }), /w are still in another file/);
  });

  it('refuses an attribute that is no integer and not marked as a float', () => {
    const graph = new GraphBuilder('main', 17);
    graph.add('LeakyRelu', ['x'], { alpha: 0.5 });
    assert.throws(() => encodeModel(graph.model()), /0.5 is no integer/);
  });
});

describe('GraphBuilder', () => {
  it('shares equal constants and tells scalars from vectors', () => {
    const graph = new GraphBuilder('main', 17);
    assert.equal(graph.ints([1]), graph.ints([1]));
    assert.notEqual(graph.int(1), graph.ints([1]));
    assert.notEqual(graph.scalar(1), graph.floats([1]));
    assert.notEqual(graph.floats([1, 2, 3, 4]), graph.floats([1, 2, 3, 4], [2, 2]));
  });

  it('makes no name twice', () => {
    const graph = new GraphBuilder('main', 17);
    graph.scope = 'layer';
    const names = [graph.add('Relu', ['x']), graph.add('Relu', ['x']), graph.fresh('Relu')];
    assert.deepEqual(names, ['layer/Relu:0', 'layer/Relu:1', 'layer/Relu:2']);
  });
});

describeWithPython('the onnx package', (python) => {
  it('accepts what is written', () => {
    const program = readFileSync('test/python/check_models.py', 'utf8');
    const models = { everything: Buffer.from(encodeModel(everything())).toString('base64') };
    assert.deepEqual(JSON.parse(runPython(python, program, [], JSON.stringify(models))), { everything: null });
  });

  it('has something against a value that nobody makes', () => {
    const program = readFileSync('test/python/check_models.py', 'utf8');
    const graph = new GraphBuilder('main', 17);
    graph.outputAs('y', graph.add('Relu', ['nothing']), DataType.float, [1]);
    const models = { wrong: Buffer.from(encodeModel(graph.model())).toString('base64') };
    assert.match(JSON.parse(runPython(python, program, [], JSON.stringify(models))).wrong, /nothing/);
  });

  it('reads the same values', () => {
    const program = readFileSync('test/python/describe_model.py', 'utf8');
    const encoded = Buffer.from(encodeModel(everything())).toString('base64');
    const { graph, metadata_props: metadata, doc_string: doc } = JSON.parse(runPython(python, program, [], encoded));
    assert.equal(doc, 'Größe ≥ 1');
    assert.deepEqual(metadata, [{ key: 'run', value: '20261122-141502-3f9a' }]);
    const [sum, leaky, choice, transpose, softmax] = graph.node;
    assert.deepEqual(sum.metadata_props, [{ key: 'layer', value: 'one' }]);
    assert.deepEqual(leaky.attribute, [{ name: 'alpha', f: -0.5, type: 'FLOAT' }]);
    assert.deepEqual(
      choice.attribute.map((each: { name: string; g: { name: string } }) => [each.name, each.g.name]),
      [
        ['then_branch', 'yes'],
        ['else_branch', 'no'],
      ],
    );
    assert.deepEqual(transpose.attribute, [{ name: 'perm', ints: ['1', '0'], type: 'INTS' }]);
    assert.deepEqual(softmax.attribute, [{ name: 'axis', i: '-1', type: 'INT' }]);
    const [weight, bytes, ints] = graph.initializer;
    assert.deepEqual(weight.dims, ['1', '3']);
    assert.equal(weight.raw_data, Buffer.from(Float32Array.of(1.5, -2.25, 0).buffer).toString('base64'));
    assert.equal(bytes.raw_data, Buffer.of(0, 255).toString('base64'));
    assert.equal(ints.raw_data, Buffer.from(BigInt64Array.of(-1n, 2n ** 40n, -(2n ** 40n)).buffer).toString('base64'));
  });
});
