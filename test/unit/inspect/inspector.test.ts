import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseModel } from '../../../core/onnx/parseText';
import { encodeModel } from '../../../core/onnx/write';
import { ModelInspector } from '../../../engine/inspect';
import { graphText } from '../match/fixtures';
import { field } from '../onnx/source';

describe('the inspector of model files', () => {
  let folder: string;
  let file: string;
  const inspector = new ModelInspector();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    file = path.join(folder, 'model.onnx');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (bytes: Uint8Array) => writeFileSync(file, bytes);
  const model = () => encodeModel(parseModel(graphText('y = Conv(x, w)', 'float[1,2,1,1] w = {1,3}')));

  function read() {
    const reading = inspector.read(file);
    assert.ok(reading.ok, JSON.stringify(reading));
    return { ...reading, question: { file, version: reading.version, graph: '' } };
  }

  it('tells of a model what it says of itself', () => {
    write(model());
    const { summary } = read();
    assert.deepEqual(summary.opsets, [['ai.onnx', 17]]);
    assert.deepEqual([summary.parameters, summary.bytes, summary.externalBytes], [2, model().length, 0]);
    assert.deepEqual(summary.graphs, [{ id: '', kind: 'main', name: 'g', nodes: 1 }]);
  });

  it('tells of a damaged file where and why it cannot be read', () => {
    write(model().subarray(0, 60));
    const reading = inspector.read(file);
    assert.ok(!reading.ok);
    assert.equal(reading.bytes, 60);
    assert.ok((reading.offset ?? -1) >= 0 && reading.reason.endsWith('.'));
    write(new Uint8Array(0));
    assert.equal(inspector.read(file).ok, false);
  });

  it('refuses what is no plain file, and questions about what the file was before', () => {
    assert.throws(() => inspector.read(file), /no such file/i);
    mkdirSync(file);
    assert.throws(() => inspector.read(file));
    rmSync(file, { recursive: true });
    write(model());
    const { question } = read();
    read();
    assert.throws(() => inspector.outline(question), /has changed/);
    assert.throws(() => inspector.outline({ ...question, version: read().version, graph: 'no' }), /has changed/);
  });

  it('shows a weight whose zeros are left out with all of its sizes, and counts the zeros', async () => {
    const int64 = (...values: number[]) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    const part = (name: string, dims: number[], type: number, data: Uint8Array) => [
      ...field(1, dims),
      ...field(2, type),
      ...field(8, name),
      ...field(9, data),
    ];
    const values = part('w', [2], 1, new Uint8Array(Float32Array.of(1.5, -2).buffer));
    const sparse = [...field(1, values), ...field(2, part('', [2], 7, int64(1, 5))), ...field(3, [2, 3])];
    const node = [...field(1, 'x'), ...field(1, 'w'), ...field(2, 'y'), ...field(4, 'MatMul')];
    const input = field(11, [...field(1, 'x'), ...field(2, field(4, field(1, field(1, field(1, 1)))))]);
    write(Uint8Array.from([...field(1, 8), ...field(7, [...field(1, node), ...field(15, sparse), ...input])]));
    const { question, summary } = read();
    assert.equal(summary.parameters, 6);
    assert.equal(inspector.outline(question).inputs[0]?.type, 'sequence(float32)');
    const [, weight] = inspector.details({ ...question, node: 0 }).inputs;
    assert.deepEqual([weight?.type, weight?.shape, weight?.tensor], ['sparse float32', [2, 3], 'w']);
    const { type, bytes, values: all, figures } = await inspector.statistics({ ...question, node: 0, tensor: 'w' });
    assert.deepEqual([type, bytes, all], ['sparse float32', 8, [0, 1.5, 0, 0, 0, -2]]);
    assert.deepEqual([figures?.zeros, figures?.minimum, figures?.maximum], [4, -2, 1.5]);
  });

  it('reads the values of a weight when they are asked for', async () => {
    write(model());
    const { question } = read();
    const { figures, values, bytes } = await inspector.statistics({ ...question, node: 0, tensor: 'w' });
    assert.deepEqual([figures?.minimum, figures?.maximum, figures?.mean, values, bytes], [1, 3, 2, [1, 3], 8]);
    await assert.rejects(inspector.statistics({ ...question, node: 0, tensor: 'x' }), /has changed/);
  });

  it('shows the first texts of a weight, cut where they are long', async () => {
    const texts = ['cat', '개', 'x'.repeat(1000), ...Array.from({ length: 40 }, (_, at) => `class ${at}`)];
    const listed = texts.map((text) => `"${text}"`).join(', ');
    write(encodeModel(parseModel(graphText('y = Gather(names, x)', `string[43] names = {${listed}}`))));
    const { question } = read();
    const found = await inspector.statistics({ ...question, node: 0, tensor: 'names' });
    const { values = [], figures, reason, type } = found;
    assert.deepEqual([type, values.length, figures, reason], ['string', 32, undefined, undefined]);
    assert.deepEqual([values[0], values[1], String(values[2]).length], ['cat', '개', 201]);
  });

  it('ends reading values when nobody waits for them any more', async () => {
    write(model());
    const { question } = read();
    const statistics = inspector.statistics({ ...question, node: 0, tensor: 'w' }, AbortSignal.abort());
    await assert.rejects(statistics, { name: 'AbortError' });
  });

  it('reads no weights from outside of the model, and says that they are missing', async () => {
    const { graph, ...rest } = parseModel(graphText('y = Conv(x, w)', 'float[1,2,1,1] w = {1,3}'));
    const [tensor] = graph.initializers;
    const data = { kind: 'external' as const, location: '../weights', offset: 0, length: 8 };
    writeFileSync(path.join(folder, '../weights'), new Uint8Array(8));
    write(encodeModel({ ...rest, graph: { ...graph, initializers: [{ ...tensor!, data }] } }));
    const { summary, question } = read();
    assert.deepEqual(summary.unreachable, ['../weights']);
    const { figures, reason } = await inspector.statistics({ ...question, node: 0, tensor: 'w' });
    assert.equal(figures, undefined);
    assert.match(reason ?? '', /not there/);
    rmSync(path.join(folder, '../weights'));
  });

  it('finds the nodes inside of functions under the names of the match, with their weights', async () => {
    const { graph, ...rest } = parseModel(graphText('y = Conv(x, w)', 'float[1,2,1,1] w = {1,3}'));
    const [conv] = graph.nodes;
    const body = { ...conv!, name: 'inner', inputs: ['a', 'b'], outputs: ['c'] };
    const called = { name: 'F', domain: 'local', inputs: ['a', 'b'], outputs: ['c'], attributes: [] };
    const functions = [{ ...called, nodes: [body], opsetImports: new Map([['', 17]]) }];
    const nodes = [{ ...conv!, name: 'outer', opType: 'F', domain: 'local' }];
    write(encodeModel({ ...rest, functions, graph: { ...graph, nodes } }));
    const question = { ...read().question, graph: 'inlined' };
    const outline = inspector.outline(question);
    assert.deepEqual(
      outline.nodes.map(({ name, operator, parameters }) => [name, operator, parameters]),
      [['outer/inner', 'Conv', 2]],
    );
    const weight = inspector.details({ ...question, node: 0 }).inputs[1]?.tensor;
    assert.equal((await inspector.statistics({ ...question, node: 0, tensor: weight! })).figures?.maximum, 3);
  });

  it("shows a scheme's intended graph, of the text that is being edited", async () => {
    const scheme = path.join(folder, 'model_scheme.json');
    const text =
      '{ "data": { "input_size": [4], "label_dim": 2 }, "model": { "network": [{ "type": "dense_set", "unit": 3 }] } }';
    writeFileSync(scheme, text);
    const reading = inspector.read(scheme, text.replace('[4]', '[6]'));
    assert.ok(reading.ok);
    const question = { file: scheme, version: reading.version, graph: '' };
    const { nodes } = inspector.outline(question);
    assert.deepEqual(
      nodes.map(({ operator, parameters }) => [operator, parameters]),
      [
        ['Gemm', 21],
        ['Gemm', 8],
      ],
    );
    const { inputs } = inspector.details({ ...question, node: 0 });
    const statistics = await inspector.statistics({ ...question, node: 0, tensor: inputs[1]!.tensor! });
    assert.match(statistics.reason ?? '', /training/);
  });
});
