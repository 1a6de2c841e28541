import assert from 'node:assert/strict';
import { DataType, type OnnxModel } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';
import { readModel } from '../../../core/onnx/read';
import { tensorValues } from '../../../core/onnx/tensor';
import { encodeModel } from '../../../core/onnx/write';
import { field, MemorySource, readBytes, varint } from './source';

/** Many nodes whose names differ, with attributes of all lengths: larger than the windows through which files are read. */
function largeModel(): Uint8Array {
  const nodes = Array.from({ length: 4000 }, (_, index) => {
    const from = index === 0 ? 'x' : `value_${index - 1}`;
    return `value_${index} = LeakyRelu<alpha = 0.5, axis = -${index}, at = [${index}, 2]>(${from})`;
  });
  return encodeModel(
    parseModel(`<ir_version: 8, opset_import: ["" : 17]>
      g (float[1] x) => (float[1] value_3999) {\n${nodes.join('\n')}\n}`),
  );
}

function printed(model: OnnxModel): string {
  return JSON.stringify(model.graph.nodes, (_key, value) => (value instanceof Map ? [...value] : value));
}

describe('a file that is larger than the windows through which it is read', () => {
  const bytes = largeModel();
  const model = readBytes(bytes);
  const { graph } = model;

  it('has all of its nodes', () => {
    assert.ok(bytes.length > 2e5);
    assert.equal(graph.nodes.length, 4000);
    for (const [index, node] of graph.nodes.entries()) {
      assert.deepEqual(node.outputs, [`value_${index}`]);
      assert.deepEqual(
        [...node.attributes].map(([name]) => name),
        ['alpha', 'axis', 'at'],
      );
      assert.deepEqual(node.attributes.get('axis'), { type: 'int', value: 0 - index });
      assert.deepEqual(node.attributes.get('at'), { type: 'ints', value: [index, 2] });
    }
  });

  it('is read alike wherever the windows end', () => {
    for (let shift = 0; shift < 60; shift += 7) {
      const shifted = Uint8Array.from([...field(99, new Uint8Array(shift)), ...bytes]);
      assert.equal(printed(readBytes(shifted)), printed(model));
    }
  });

  it('is told when it ends before its size, as a file does that is written anew meanwhile', () => {
    const source = new MemorySource(bytes.subarray(0, 150_000));
    const result = readModel({ size: bytes.length, read: (offset, into) => source.read(offset, into) });
    assert.match(result.ok ? '' : result.reason, /ends in the middle/);
  });

  it('passes the error of its source on', () => {
    const read = (): never => {
      throw new Error('the disk is gone');
    };
    assert.throws(() => readModel({ size: 10, read }), /the disk is gone/);
  });
});

describe('texts', () => {
  const graphOf = (...names: string[]) =>
    readBytes(
      Uint8Array.from(
        field(
          7,
          names.flatMap((name) => field(1, [...field(3, name), ...field(2, name)])),
        ),
      ),
    );

  it('may be of any script, beside plain ones', () => {
    const names = ['conv', '합성곱_1', '', 'é', '\uFEFFmark', '🙂/a', 'relu', '합성곱_1'];
    const { nodes } = graphOf(...names).graph;
    assert.deepEqual(
      nodes.map(({ name }) => name),
      names,
    );
    assert.deepEqual(
      nodes.map(({ outputs }) => outputs[0]),
      names,
    );
  });

  it('may be longer than a window', () => {
    const long = `${'stack trace '.repeat(12_000)}끝`;
    assert.deepEqual(
      graphOf('a', long, 'b', long).graph.nodes.map(({ name }) => name),
      ['a', long, 'b', long],
    );
  });

  it('are as many as there are, also when they begin and end alike', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `module.${index % 7}.block.${index}.output`);
    assert.deepEqual(
      graphOf(...names).graph.nodes.map(({ name }) => name),
      names,
    );
  });
});

describe('attributes that many nodes have', () => {
  const attribute = (name: string, value: number) => field(5, [...field(1, name), ...field(3, value), ...field(20, 2)]);
  const attributesOf = (...nodes: number[][]) =>
    readBytes(
      Uint8Array.from(
        field(
          7,
          nodes.flatMap((attributes) => field(1, [...field(4, 'Op'), ...attributes])),
        ),
      ),
    ).graph.nodes.map(({ attributes }) => attributes);

  it('are the same object', () => {
    const both = [...attribute('axis', 1), ...attribute('group', 2)];
    const [first, second] = attributesOf(both, both);
    assert.deepEqual([...first!.keys()], ['axis', 'group']);
    assert.equal(first, second);
  });

  it('are told from those that differ in one of them, or in one more', () => {
    const [first, ...others] = attributesOf(
      [...attribute('axis', 1), ...attribute('group', 2)],
      [...attribute('axis', 1), ...attribute('group', 3)],
      [...attribute('axis', 1)],
      [...attribute('axis', 1), ...attribute('group', 2), ...attribute('more', 2)],
      [],
    );
    const values = others.map((each) => [...each.values()].map((known) => known.type === 'int' && known.value));
    assert.deepEqual(values, [[1, 3], [1], [1, 2, 2], []]);
    assert.ok(!others.includes(first!));
  });

  it('are not the same object where they hold a tensor: equal constants may be different weights', () => {
    const scalar = [...field(2, DataType.int64), ...field(7, [...varint(5)])];
    const value = field(5, [...field(1, 'value'), ...field(5, scalar), ...field(20, 4)]);
    const tensors = attributesOf(value, value).map((each) => {
      const constant = each.get('value');
      assert.ok(constant?.type === 'tensor');
      return constant.value;
    });
    assert.deepEqual(tensors[0], tensors[1]);
    assert.notEqual(tensors[0], tensors[1]);
  });

  it('may stand inside of one of them', () => {
    const axis = attribute('axis', 1);
    const branch = field(5, [...field(1, 'b'), ...field(6, field(1, [...field(4, 'In'), ...axis])), ...field(20, 5)]);
    for (const attributes of attributesOf([...axis, ...branch], [...branch, ...axis], [...axis, ...branch])) {
      const inner = attributes.get('b');
      assert.ok(inner?.type === 'graph');
      for (const each of [attributes, inner.value.nodes[0]!.attributes]) {
        assert.deepEqual(each.get('axis'), { type: 'int', value: 1 });
      }
    }
  });

  it('are many of one length without one being taken for another', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 16_000);
    const read = attributesOf(...many.map((value) => attribute('axis', 1e6 + value)));
    assert.deepEqual(
      read.map((each) => each.get('axis')),
      many.map((value) => ({ type: 'int', value: 1e6 + value })),
    );
  });

  it('are told where they break off, the first time', () => {
    const broken = field(5, [...field(1, 'axis'), ...varint(8 * 8 + 2), 9, 1]);
    const nodes = [broken, broken].flatMap((each) => field(1, each));
    const bytes = Uint8Array.from(field(7, nodes));
    const result = readModel(new MemorySource(bytes));
    assert.ok(!result.ok && result.offset < bytes.length / 2 + 2 && /claims 9 bytes where 1/.test(result.reason));
  });
});

describe('what few writers make use of', () => {
  const onlyNode = (...attribute: number[][]) =>
    readBytes(Uint8Array.from(field(7, field(1, [...field(4, 'Op'), ...field(5, attribute.flat())])))).graph.nodes[0]!;
  const tensor = (name: string, value: number) => [
    ...field(1, 1),
    ...field(2, DataType.int64),
    ...field(8, name),
    ...field(7, [...varint(value)]),
  ];

  it('is read: lists of tensors', () => {
    const node = onlyNode(field(1, 'all'), field(10, tensor('a', 1)), field(10, tensor('b', 2)), field(20, 9));
    const attribute = node.attributes.get('all');
    assert.deepEqual(attribute?.type === 'tensors' && attribute.value.map(({ name }) => name), ['a', 'b']);
  });

  it('is read: a sparse tensor', () => {
    const sparse = [...field(1, tensor('s', 5)), ...field(2, tensor('', 3)), ...field(3, 2), ...field(3, 4)];
    const attribute = onlyNode(field(1, 'sparse_value'), field(22, sparse), field(20, 11)).attributes.get(
      'sparse_value',
    );
    assert.ok(attribute?.type === 'sparseTensor');
    assert.equal(attribute.value.name, 's');
    assert.deepEqual(attribute.value.dims, [2, 4]);
    assert.deepEqual(attribute.value.indices.dims, [1]);
  });

  it('is read: numbers of a tensor one field each', () => {
    const loose = (...fields: number[][]) =>
      readBytes(Uint8Array.from(field(7, field(5, [...field(1, 2), ...fields.flat()])))).graph.initializers[0]!;
    const int32 = loose(field(2, DataType.int8), field(5, -3), field(5, 7));
    assert.deepEqual([...tensorValues(int32)!], [-3, 7]);
    const int64 = loose(field(2, DataType.int64), field(7, -(2 ** 40)), field(7, 1));
    assert.deepEqual([...tensorValues(int64)!], [-(2 ** 40), 1]);
    const bytes = new Uint8Array(Float32Array.of(0.5, -1).buffer);
    const float = [...varint(4 * 8 + 5), ...bytes.subarray(0, 4), ...varint(4 * 8 + 5), ...bytes.subarray(4)];
    assert.deepEqual([...tensorValues(loose(field(2, DataType.float), float))!], [0.5, -1]);
  });

  it('is read: texts of a tensor, and written again', () => {
    const model = parseModel('g (float[1] x) => (float[1] y) <string[2] names = {"cat", "합성곱"}> { y = Relu(x) }');
    const { dims, dataType, data } = readBytes(encodeModel(model)).graph.initializers[0]!;
    assert.deepEqual([dims, dataType, data], [[2], DataType.string, { kind: 'strings', values: ['cat', '합성곱'] }]);
  });

  it('is told: a list of packed numbers that breaks off', () => {
    const source = new MemorySource(Uint8Array.from(field(7, field(1, field(5, field(8, [1, 2, 128]))))));
    const result = readModel(source);
    assert.match(result.ok ? '' : result.reason, /ends in the middle|beyond the message/);
  });
});
