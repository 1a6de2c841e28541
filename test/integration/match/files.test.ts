import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileInference } from '../../../core/compile/inference';
import { initialWeights } from '../../../core/compile/weights';
import type { MatchReport } from '../../../core/match/report';
import type { Attribute, OnnxModel, OnnxNode } from '../../../core/onnx/model';
import { parseModel } from '../../../core/onnx/parseText';
import { encodeModel } from '../../../core/onnx/write';
import { analyze } from '../../../core/shape/analyze';
import { InputError } from '../../../engine/errors';
import { InferenceError, InferenceProcess } from '../../../engine/inference/process';
import { matchFiles } from '../../../engine/match';
import { unreachableData } from '../../../engine/matchSource';
import { validateReport } from '../../unit/match/schema';
import { schemes } from './schemes';

describe('matching files', () => {
  let folder: string;
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const scheme = (name: string): string => file(`${name}.json`, schemes()[name]!);

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('matches what we compile ourselves, in every opset that we write', async () => {
    for (const [name, text] of Object.entries(schemes())) {
      const { network } = analyze(text);
      assert.ok(network, name);
      for (const opset of name === 'zoo' ? [13, 17, 21] : [17]) {
        const model = compileInference(network, initialWeights(network, 7), { opset });
        const report = await matchFiles(scheme(name), file('own.onnx', encodeModel(model)));
        assert.equal(
          report.verdict,
          'match',
          `${name} ${opset}: ${JSON.stringify(problems(report))} ${report.undecided}`,
        );
        assert.ok(report.proof.holds && validateReport(report), JSON.stringify(validateReport.errors));
      }
    }
  });

  it('takes our normalisation in front for what it is', async () => {
    const { network } = analyze(schemes().sample!);
    const weights = initialWeights(network!, 1);
    const normalized = (normalization: Parameters<typeof compileInference>[2]) =>
      file('normalized.onnx', encodeModel(compileInference(network!, weights, normalization)));
    const report = await matchFiles(
      scheme('sample'),
      normalized({ normalization: { kind: 'min_max', minimum: 3, maximum: 250 } }),
    );
    assert.equal(report.verdict, 'match', JSON.stringify(problems(report)));
    assert.ok(report.layers.some(({ reasons }) => reasons.some(({ rule }) => rule === 'normalization-in-front')));
    const unasked = await matchFiles(
      file('none.json', schemes().sample!.replace('"min_max"', '"none"')),
      path.join(folder, 'normalized.onnx'),
    );
    assert.equal(unasked.verdict, 'mismatch');
  });

  it('compares two schemes', async () => {
    const changed = schemes().vgg!.replace('"channel":16', '"channel":12');
    const report = await matchFiles(scheme('vgg'), file('changed.json', changed));
    assert.deepEqual(problems(report), ['conv_3 channel']);
    assert.equal((await matchFiles(scheme('vgg'), scheme('vgg'))).verdict, 'match');
    const normalized = file('z.json', schemes().vgg!.replace('"label_dim"', '"normalize":"z_score","label_dim"'));
    assert.deepEqual(problems(await matchFiles(scheme('vgg'), normalized)), ['data normalize']);
  });

  it('runs what it has no rule for, and takes tables of integers for structure', async () => {
    const model = (last: number) => {
      const table = Array.from({ length: 99 }, () => 1).concat(last);
      const constants = `int64[100] t = {${table.join(', ')}}, float[4] w = {1, 2, 3, 4}`;
      const nodes = 'a = Mul(x, w)\n b = Gather<axis = 1>(a, t)\n y = Cos(b)';
      return encodeModel(parseModel(`g (float[batch,4] x) => (float[batch,100] y) <${constants}> {\n${nodes}\n}`));
    };
    const one = file('one.onnx', model(1));
    assert.equal((await matchFiles(one, one)).proof.holds, true);
    assert.deepEqual(problems(await matchFiles(one, file('two.onnx', model(2)))), ['node_b input 1']);
  });

  it('runs functions that hold constants of their own, as export_modules_as_functions writes them', async () => {
    const inner = parseModel('f (float[n,4] v) => (float[n,4] w) <float[4] c = {1, 2, 3, 4}> { w = Mul(v, c) }').graph;
    const value: Attribute = { type: 'tensor', value: inner.initializers[0]! };
    const bare = { name: '', domain: '', inputs: [], attributes: new Map() };
    const constant: OnnxNode = { ...bare, opType: 'Constant', outputs: ['c'], attributes: new Map([['value', value]]) };
    const scaled = {
      ...{ name: 'Scaled', domain: 'local', inputs: ['v'], outputs: ['w'], attributes: [] },
      nodes: [constant, ...inner.nodes],
      opsetImports: new Map([['', 17]]),
    };
    const text = (call: string) =>
      parseModel(
        `<opset_import: ["" : 17, "local" : 1]> g (float[n,4] x) => (float[n,4] y) <float[4] c = {4, 3, 2, 1}> { y = ${call} }`,
      );
    const called = text('local.Scaled(x)');
    const noConstants = { ...called, graph: { ...called.graph, initializers: [] }, functions: [scaled] };
    const [one, plain] = [
      file('function.onnx', encodeModel(noConstants)),
      file('plain.onnx', encodeModel(text('Mul(x, c)'))),
    ];
    for (const [a, b] of [
      [one, one],
      [one, plain],
      [plain, one],
    ] as const) {
      const { verdict, proof } = await matchFiles(a, b);
      assert.ok(verdict === 'match' && proof.holds, proof.reason);
    }
  });

  it('leaves the proof out when asked to, and says so', async () => {
    const report = await matchFiles(scheme('mlp'), scheme('mlp'), { numeric: false });
    assert.equal(report.proof.done, false);
    assert.match(report.notes.join(), /left out/);
  });

  it('is undecided when ONNX Runtime cannot run the graph', async () => {
    const text = 'g (float[batch,4] x) => (float[batch,4] y) { y = com.vendor.Magic(x) }';
    const unknown = file('unknown.onnx', encodeModel(parseModel(text)));
    const report = await matchFiles(unknown, unknown);
    assert.equal(report.verdict, 'undecided');
    assert.match(report.undecided.join(), /Magic/);
  });

  it('ends the proof when it is cancelled', async () => {
    const report = await matchFiles(scheme('vgg'), scheme('vgg'), { signal: AbortSignal.abort() });
    assert.equal(report.verdict, 'undecided');
    assert.match(report.proof.reason!, /cancelled/);
  });

  it('tells a file that cannot be read, with the place in it', async () => {
    const good = scheme('mlp');
    const failing = async (name: string): Promise<InputError> => {
      const error = await matchFiles(good, name).catch((reason: unknown) => reason);
      assert.ok(error instanceof InputError, String(error));
      return error;
    };
    assert.match((await failing(path.join(folder, 'absent.onnx'))).message, /no such file/);
    assert.match((await failing(folder)).message, /folder/);
    assert.match((await failing(file('empty.onnx', ''))).message, /empty/);
    const whole = encodeModel(parseModel('g (float[1] x) => (float[1] y) { y = Relu(x) }'));
    assert.match((await failing(file('cut.onnx', whole.subarray(0, whole.length - 9)))).message, /byte \d+/);
    assert.match(
      (await failing(file('broken.json', '{"data": {"image_size": [3, 3, 1]'))).message,
      /broken\.json, \d+:\d+/,
    );
  });

  describe('external data', () => {
    const model = (location: string): OnnxModel => {
      const parsed = parseModel('g (float[batch,2] x) => (float[batch,2] y) <float[2,2] w> { y = MatMul(x, w) }');
      const [weight] = parsed.graph.initializers;
      const external = { ...weight!, data: { kind: 'external', location, offset: 0, length: 16 } } as const;
      return { ...parsed, graph: { ...parsed.graph, initializers: [external] } };
    };
    const values = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

    it('beside the model is read', async () => {
      file('w.bin', values);
      const inside = file('inside.onnx', encodeModel(model('w.bin')));
      assert.equal((await matchFiles(inside, inside)).verdict, 'match');
    });

    it('outside of its folder is not, over a link neither', async () => {
      const models = mkdtempSync(path.join(folder, 'models-'));
      file('secret.bin', values);
      symlinkSync(path.join(folder, 'secret.bin'), path.join(models, 'link.bin'));
      for (const location of ['../secret.bin', path.join(folder, 'secret.bin'), 'link.bin']) {
        const outside = file(`${path.basename(models)}/outside.onnx`, encodeModel(model(location)));
        const report = await matchFiles(outside, outside);
        assert.equal(report.verdict, 'undecided', location);
        assert.equal(report.proof.done, false);
      }
    });

    it('outside of its folder is found in branches and functions, too', () => {
      const { graph } = model('../secret.bin');
      const [value] = graph.initializers;
      const inner = { ...graph, initializers: [] };
      const node = (name: string, attribute: Attribute): OnnxNode => ({
        ...graph.nodes[0]!,
        attributes: new Map([[name, attribute]]),
      });
      const constant = node('value', { type: 'tensor', value: value! });
      const branch = node('then_branch', { type: 'graph', value: { ...inner, nodes: [constant] } });
      const called = {
        name: 'f',
        domain: 'local',
        inputs: [],
        outputs: [],
        attributes: [],
        nodes: [branch],
        opsetImports: new Map(),
      };
      const whole = model('w.bin');
      const inBranch = { ...whole, graph: { ...inner, nodes: [branch] } };
      const inFunction = { ...whole, graph: inner, functions: [called] };
      const sparse = { name: 's', dims: [2], values: value!, indices: value! };
      const ofNode = (attribute: Attribute) => ({ ...whole, graph: { ...inner, nodes: [node('value', attribute)] } });
      const inSparse = { ...whole, graph: { ...inner, sparseInitializers: [sparse] } };
      const others = [ofNode({ type: 'tensors', value: [value!] }), ofNode({ type: 'sparseTensor', value: sparse })];
      for (const each of [inBranch, inFunction, inSparse, ...others]) {
        assert.deepEqual(unreachableData(each, path.join(folder, 'model.onnx')), ['../secret.bin']);
      }
    });

    it('is only read from plain files', () => {
      mkdirSync(path.join(folder, 'pipe.bin'), { recursive: true });
      assert.deepEqual(unreachableData(model('pipe.bin'), path.join(folder, 'model.onnx')), ['pipe.bin']);
    });
  });
});

describe('the ONNX Runtime process', () => {
  const bytes = encodeModel(parseModel('g (float[n] x) => (float[n] y) { y = Neg(x) }'));

  it('runs a model and gives its outputs', async () => {
    const runtime = new InferenceProcess();
    const session = await runtime.load({ bytes });
    const { y } = await runtime.run(session, { x: { type: 'float32', dims: [2], values: Float32Array.of(1, -2) } });
    assert.deepEqual([y?.dims, [...y!.values]], [[2], [-1, 2]]);
    runtime.dispose();
  });

  it("says in ONNX Runtime's words why a model cannot be loaded", async () => {
    const runtime = new InferenceProcess();
    await assert.rejects(runtime.load({ bytes: Uint8Array.of(1, 2, 3) }), InferenceError);
    runtime.dispose();
  });

  it('is a message when it is killed, and nothing hangs', async () => {
    const runtime = new InferenceProcess();
    await runtime.load({ bytes });
    const question = runtime.load({ file: '/nonexistent.onnx' });
    process.kill(runtime.pid!, 'SIGKILL');
    await assert.rejects(question, InferenceError);
    await assert.rejects(runtime.load({ bytes }), InferenceError);
  });

  it('is ended when its time is over', async () => {
    const runtime = new InferenceProcess({ timeLimit: 1 });
    await assert.rejects(runtime.load({ bytes }), /within 0 seconds/);
  });
});

function problems(report: MatchReport): string[] {
  return report.layers.flatMap(({ name, reasons }) =>
    reasons.flatMap(({ kind, key }) =>
      ['different', 'missing', 'extra', 'moved'].includes(kind) ? [`${name} ${key ?? kind}`] : [],
    ),
  );
}
