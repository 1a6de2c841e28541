import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DataType } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';
import { readModel } from '../../../core/onnx/read';
import { tensorValues } from '../../../core/onnx/tensor';
import { printModel } from '../../../core/onnx/text';
import { encodeModel } from '../../../core/onnx/write';
import { field, MemorySource, readBytes, varint } from './source';

const text = `<ir_version: 8, opset_import: ["" : 17, "com.vendor" : 1]>
graph (float[batch,1,4,4] input) => (float[batch,2] output) <float[2,1,3,3] w, float[2] b = {1, -2}> {
  c = Conv<pads = [1, 1, 1, 1], auto_pad = "NOTSET">(input, w, b)
  r = LeakyRelu<alpha = 0.5>(c)
  t = Transpose<perm = [0, -1, 2, 3]>(r)
  output = com.vendor.Pool<modes = ["a", "b"], scales = [0.5, -1.5], axis = -1>(t, , b)
}`;

/** A graph with one node, wrapped as a model. */
function modelOf(...graphFields: number[][]): Uint8Array {
  return Uint8Array.from([...field(1, 8), ...field(7, graphFields.flat())]);
}

describe('reading an ONNX file', () => {
  const bytes = encodeModel(parseModel(text));

  it('gives back what was written', () => {
    const model = readBytes(bytes);
    const expected = printModel(parseModel(text)).replace(' w,', ' w,');
    assert.equal(printModel(model).replaceAll(' = {}', ''), withoutValues(expected));
  });

  it('reads negative numbers, which take ten bytes', () => {
    const [, , transpose, pool] = readBytes(bytes).graph.nodes;
    assert.deepEqual(transpose?.attributes.get('perm'), { type: 'ints', value: [0, -1, 2, 3] });
    assert.deepEqual(pool?.attributes.get('axis'), { type: 'int', value: -1 });
    assert.deepEqual(pool?.inputs, ['t', '', 'b']);
  });

  it('leaves weights in the file and says where they are', () => {
    const [weight] = readBytes(bytes).graph.initializers;
    assert.equal(weight?.data.kind, 'file');
    const values = tensorValues(weight!, { file: new MemorySource(bytes) });
    assert.deepEqual(values, tensorValues(parseModel(text).graph.initializers[0]!));
  });

  it('jumps over large weights instead of reading them', () => {
    const source = new MemorySource(encodeModel(parseModel(text.replace('[2,1,3,3] w', '[1000,1000,3,3] w'))));
    assert.ok(readModel(source).ok);
    assert.ok(source.bytesRead < 1.2e6, `${source.bytesRead} of ${source.size} bytes were read`);
  });

  it('takes values from the typed fields', () => {
    const int64Data = field(7, [...varint(-1), ...varint(300)]);
    const floats = new Uint8Array(Float32Array.of(1.5, -2).buffer);
    const tensors = [
      field(5, [...field(1, 2), ...field(2, DataType.int64), ...field(8, 'i'), ...int64Data]),
      field(5, [...field(1, [2]), ...field(2, DataType.float), ...field(8, 'f'), ...field(4, floats)]),
      field(5, [
        ...field(1, 2),
        ...field(2, DataType.float16),
        ...field(8, 'h'),
        ...field(5, [...varint(0x3c00), ...varint(0xc000)]),
      ]),
    ];
    const model = modelOf(...tensors);
    const source = { file: new MemorySource(model) };
    const values = readBytes(model).graph.initializers.map((tensor) => [...tensorValues(tensor, source)!]);
    assert.deepEqual(values, [
      [-1, 300],
      [1.5, -2],
      [1, -2],
    ]);
  });

  it('takes integers that share a byte from the typed field, a byte from each', () => {
    const data = field(5, [...varint(0x2f), ...varint(0x03)]);
    const tensor = field(5, [...field(1, [3]), ...field(2, DataType.int4), ...field(8, 'w'), ...data]);
    const bytes = modelOf(tensor);
    const [weight] = readBytes(bytes).graph.initializers;
    assert.deepEqual([...tensorValues(weight!, { file: new MemorySource(bytes) })!], [-1, 2, 3]);
  });

  it('says what a value is that is no tensor', () => {
    const tensor = field(1, [...field(1, DataType.float), ...field(2, field(1, field(2, 'n')))]);
    const value = (name: string, type: number[]) => field(11, [...field(1, name), ...field(2, type)]);
    const map = field(5, [...field(1, DataType.int64), ...field(2, tensor)]);
    const { inputs } = readBytes(
      modelOf(
        value('s', field(4, field(1, map))),
        value('o', field(9, field(1, tensor))),
        value('z', field(8, tensor.slice(2))),
        value('x', tensor),
        value('n', []),
      ),
    ).graph;
    const float = { dataType: DataType.float, shape: ['n'] };
    const inMap = { dataType: 0, form: { kind: 'map', key: DataType.int64, element: float } };
    assert.deepEqual(inputs, [
      { name: 's', dataType: 0, form: { kind: 'sequence', element: inMap } },
      { name: 'o', dataType: 0, form: { kind: 'optional', element: float } },
      { name: 'z', ...float, form: { kind: 'sparse' } },
      { name: 'x', ...float },
      { name: 'n', dataType: 0 },
    ]);
  });

  it('takes the default of an attribute that proto3 leaves out', () => {
    const node = field(1, [...field(4, 'Op'), ...field(5, [...field(1, 'axis'), ...field(20, 2)])]);
    assert.deepEqual(readBytes(modelOf(node)).graph.nodes[0]?.attributes.get('axis'), { type: 'int', value: 0 });
  });

  it('reads functions, sub-graphs, external data, metadata and dimensions by name', () => {
    const inner = field(6, field(1, field(4, 'Inner')));
    const branch = field(5, [...field(1, 'then_branch'), ...inner, ...field(20, 5)]);
    const node = field(1, [...field(4, 'If'), ...branch, ...field(9, [...field(1, 'k'), ...field(2, 'v')])]);
    const location = field(13, [...field(1, 'location'), ...field(2, 'w.bin')]);
    const tensor = field(5, [...field(1, 4), ...field(2, 1), ...field(8, 'w'), ...location]);
    const shape = [...field(1, field(2, 'batch')), ...field(1, field(1, 3))];
    const input = field(11, [...field(1, 'x'), ...field(2, field(1, [...field(1, 1), ...field(2, shape)]))]);
    const called = field(25, [
      ...field(1, 'F'),
      ...field(4, 'a'),
      ...field(7, field(4, 'Relu')),
      ...field(10, 'local'),
    ]);
    const model = readBytes(Uint8Array.from([...modelOf(node, tensor, input), ...called, ...field(20, [])]));
    const attribute = model.graph.nodes[0]?.attributes.get('then_branch');
    assert.equal(attribute?.type === 'graph' && attribute.value.nodes[0]?.opType, 'Inner');
    assert.equal(model.graph.nodes[0]?.metadata?.get('k'), 'v');
    assert.deepEqual(model.graph.initializers[0]?.data, { kind: 'external', location: 'w.bin', offset: 0 });
    assert.deepEqual(model.graph.inputs[0], { name: 'x', dataType: 1, shape: ['batch', 3] });
    assert.deepEqual(model.functions[0]?.nodes[0]?.opType, 'Relu');
    assert.equal(model.hasTrainingInfo, true);
  });

  it('passes over fields that it does not know', () => {
    const unknown = [...field(900, 'later'), ...field(901, 7), ...varint(902 * 8 + 1), 0, 0, 0, 0, 0, 0, 0, 0];
    assert.equal(readBytes(Uint8Array.from([...unknown, ...bytes])).graph.nodes.length, 4);
  });
});

describe('a file that is no readable ONNX model', () => {
  const bytes = encodeModel(parseModel(text));
  const failure = (content: Uint8Array) => {
    const result = readModel(new MemorySource(content));
    assert.ok(!result.ok, 'it was read');
    return result;
  };

  it('is told when it is empty, or has no graph', () => {
    assert.match(failure(new Uint8Array(0)).reason, /empty/);
    assert.match(failure(Uint8Array.from(field(1, 8))).reason, /no graph/);
  });

  it('is told when two models stand in one file', () => {
    const result = failure(Uint8Array.from([...bytes, ...bytes]));
    assert.match(result.reason, /second graph/);
    assert.ok(result.offset >= bytes.length);
  });

  it('is told with the byte where reading ended, wherever it is cut off', () => {
    let failures = 0;
    for (let length = 1; length < bytes.length; length++) {
      const result = readModel(new MemorySource(bytes.subarray(0, length)));
      if (result.ok) continue;
      failures++;
      assert.ok(result.offset >= 0 && result.offset <= length, `byte ${result.offset} of ${length}`);
    }
    assert.ok(failures > bytes.length / 2);
  });

  it('never crashes the reader, whichever bits are turned', () => {
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(flips, (changes) => {
        const broken = bytes.slice();
        for (const [at, value] of changes) broken[at] = value;
        const result = readModel(new MemorySource(broken));
        if (!result.ok) assert.ok(result.offset <= broken.length && result.reason.length > 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('never crashes the reader, whichever pieces are left out, repeated or moved', () => {
    const place = fc.nat(bytes.length);
    fc.assert(
      fc.property(place, place, place, (from, to, target) => {
        const piece = bytes.subarray(from, to);
        const broken = Uint8Array.from([
          ...bytes.subarray(0, target),
          ...piece,
          ...bytes.subarray(Math.max(target, to)),
        ]);
        const result = readModel(new MemorySource(broken));
        if (!result.ok) assert.ok(result.offset <= broken.length && result.reason.length > 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('is told when a length reaches out of its message', () => {
    const result = failure(Uint8Array.from([...varint(7 * 8 + 2), ...varint(2 ** 40), 1, 2, 3]));
    assert.match(result.reason, /claims 1099511627776 bytes where 3 are left/);
  });

  it('is told before millions of empty nodes, of two bytes each, fill the memory', () => {
    const nodes = new Uint8Array(6e6).map((_, index) => (index % 2 === 0 ? 1 * 8 + 2 : 0));
    const result = failure(Uint8Array.from([...varint(7 * 8 + 2), ...varint(nodes.length), ...nodes]));
    assert.match(result.reason, /structure is too large/);
    assert.ok(result.offset < nodes.length);
  });

  it('is told when a name is as long as a file of weights', () => {
    const size = 2 ** 31;
    const head = Uint8Array.from([
      ...varint(7 * 8 + 2),
      ...varint(size - 11),
      ...varint(2 * 8 + 2),
      ...varint(size - 17),
    ]);
    const read = (offset: number, into: Uint8Array) => {
      assert.ok(into.length <= 2 ** 26, `${into.length} bytes were asked for at once`);
      into.fill(0);
      if (offset < head.length) into.set(head.subarray(offset));
      return into.length;
    };
    const result = readModel({ size, read });
    assert.match(result.ok ? '' : result.reason, /too long to be read/);
  });

  it('is told when graphs are nested without end', () => {
    let graph: number[] = [];
    for (let depth = 0; depth < 200; depth++) graph = field(1, field(5, field(6, graph)));
    assert.match(failure(Uint8Array.from(field(7, graph))).reason, /nested too deeply/);
  });
});

/** `printModel` without the values of small initializers, which a reader leaves in the file. */
function withoutValues(printed: string): string {
  return printed.replace(/ = \{[^}]*\}(?=[,>])/g, '');
}
