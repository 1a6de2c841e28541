import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseRunRecord } from '../../core/runs/parse';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import { sha256Hex } from '../../engine/hash';
import { launchEmbedded, resumeRun } from '../../engine/runs/launch';
import { observe } from '../../engine/runs/process';
import { stopRun } from '../../engine/runs/stop';
import { listRuns } from '../../engine/runs/store';
import { readEvaluation } from '../../engine/training/evaluationFile';
import { describeWithPython, runPython } from '../support/python';
import { ended, forever, hasTrained, patience, stripes, TrainingFolder, waitFor, withHead } from './trainingFixture';

describe('an embedded training', () => {
  let project: TrainingFolder;
  let folder: string;
  let record: RunRecord;

  before(async () => {
    project = new TrainingFolder();
    ({ folder, record } = await project.train({
      name: 'stripes',
      purpose: 'To see it learn.',
      overrides: { 'model.iteration': 8 },
    }));
  });

  it('finishes, learns, and says so', () => {
    assert.equal(record.state, 'finished', record.error);
    assert.deepEqual(
      record.history.map(({ state }) => state),
      ['starting', 'running', 'finished'],
    );
    assert.deepEqual(record.exit, { code: 0 });
    assert.ok(record.metrics.final['loss/validation']! < 0.6, `${record.metrics.final['loss/validation']}`);
    assert.ok(record.metrics.final['accuracy/validation']! > 0.8, `${record.metrics.final['accuracy/validation']}`);
    assert.ok(record.metrics.best['loss/train']! <= record.metrics.final['loss/train']!);
  });

  it('leaves a complete record', () => {
    const text = readFileSync(path.join(folder, 'run.json'), 'utf8');
    assert.ok(parseRunRecord(text).ok);
    assert.equal(record.id, path.basename(folder));
    assert.equal(record.name, 'stripes');
    assert.equal(record.purpose, 'To see it learn.');
    assert.deepEqual(record.overrides, { 'model.iteration': 8 });
    assert.deepEqual(record.samples, { training: 96, validation: 24 });
    assert.deepEqual(record.classes, ['0', '1', '2']);
    assert.equal(record.scheme.path, project.schemeFile);
    assert.equal(record.scheme.sha256, sha256Hex(readFileSync(path.join(folder, 'scheme.json'))));
    assert.equal(JSON.parse(readFileSync(path.join(folder, 'scheme.json'), 'utf8')).model.iteration, 8);
    assert.equal(record.data?.sha256, sha256Hex(readFileSync(path.join(project.folder, 'data.npz'))));
    assert.deepEqual(record.model, { weights: 'last', epoch: 8 });
    assert.equal(record.progress?.step, 48);
    for (const key of ['matchdown', 'node', 'onnxruntime', 'system']) assert.ok(record.versions[key], key);
    assert.ok(record.process && record.argv.includes(folder));
  });

  it('leaves every file of a run, and no other', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      name.replace(/^events\.out\.tfevents\..*/, 'events'),
    );
    const checkpoints = [...Array(8).keys()].map((i) => `epoch-000${i + 1}`).concat('best', 'last');
    const expected = ['run.json', 'scheme.json', 'output.log', 'events', 'model.onnx', 'evaluation.npz', 'checkpoints'];
    assert.deepEqual(
      files.sort(),
      [...expected, ...checkpoints.map((name) => path.join('checkpoints', `${name}.safetensors`))].sort(),
    );
    assert.match(
      readFileSync(path.join(folder, 'output.log'), 'utf8'),
      /samples: 96 to train, 24 to validate[\s\S]*\nepoch 8\/8 {2}loss\/train /,
    );
  });

  it('evaluation.npz agrees with the logged accuracy', async () => {
    const evaluation = await readEvaluation(path.join(folder, 'evaluation.npz'), 'classification');
    assert.ok(evaluation);
    const rows = evaluation.samples.map((_, row) =>
      Array.from({ length: 3 }, (_, i) => evaluation.prediction[row * 3 + i]!),
    );
    const correct = rows.filter((row, i) => row.indexOf(Math.max(...row)) === evaluation.truth[i]).length;
    assert.equal(correct / 24, record.metrics.final['accuracy/validation']);
    for (const row of rows) assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
    assert.deepEqual(evaluation.classes, ['0', '1', '2']);
    assert.equal(new Set(evaluation.samples).size, 24);
  });

  describeWithPython('seen by others', (python) => {
    it("TensorBoard's EventAccumulator reads a point per epoch", () => {
      const tags = JSON.parse(runPython(python, accumulatorProgram, [folder])) as Record<string, [number, number][]>;
      const expected = [
        'accuracy/train',
        'accuracy/validation',
        'learning_rate',
        'loss/train',
        'loss/validation',
        'throughput/samples_per_second',
      ];
      assert.deepEqual(Object.keys(tags).sort(), expected);
      for (const tag of expected)
        assert.deepEqual(
          tags[tag]!.map(([step]) => step),
          [6, 12, 18, 24, 30, 36, 42, 48],
          tag,
        );
      assert.equal(tags['loss/validation']!.at(-1)![1], Math.fround(record.metrics.final['loss/validation']!));
    });

    it('model.onnx is valid, says where it comes from, and computes what evaluation.npz says from the data as it is', () => {
      const { metadata, error, accuracy } = JSON.parse(
        runPython(python, modelProgram, [folder, path.join(project.folder, 'data.npz')]),
      ) as {
        metadata: Record<string, string>;
        error: number;
        accuracy: number;
      };
      assert.ok(error < 1e-5, `${error}`);
      assert.equal(accuracy, record.metrics.final['accuracy/validation']);
      assert.equal(metadata['matchdown.run'], record.id);
      assert.equal(metadata['matchdown.scheme_sha256'], record.scheme.sha256);
      assert.equal(metadata['matchdown.data_sha256'], record.data?.sha256);
      assert.equal(metadata['matchdown.version'], record.versions.matchdown);
    });

    it('checkpoints are safetensors', () => {
      const names = JSON.parse(
        runPython(python, safetensorsProgram, [path.join(folder, 'checkpoints', 'last.safetensors')]),
      ) as string[];
      assert.ok(
        names.some((name) => name.endsWith('conv.weight')) && names.some((name) => name.includes(':')),
        names.join(),
      );
    });
  });
});

describe('what it computes on', () => {
  it('WebAssembly, where there is no native binary, learns the same', async () => {
    const project = new TrainingFolder({ 'model.iteration': 2 });
    const native = await project.train();
    const { record } = await project.train({ device: 'wasm' });
    assert.equal(record.versions.device, 'wasm');
    assert.equal(native.record.versions.device, 'cpu');
    const [expected, actual] = [native.record, record].map(({ metrics }) => metrics.final['loss/validation']!);
    assert.ok(Math.abs(actual! - expected!) < 1e-3, `${actual} and ${expected}`);
  });

  it('a device that is not here is a sentence', async () => {
    const { record } = await new TrainingFolder().train({ device: process.platform === 'win32' ? 'coreml' : 'dml' });
    assert.equal(record.state, 'failed');
    assert.match(record.error!, /ONNX Runtime has no (dml|coreml) on .*Take one of: cpu, .*wasm\./);
  });
});

describe('stopping and resuming', () => {
  it('stops within seconds, with a last checkpoint and a model', async () => {
    const folder = await new TrainingFolder(forever).launch();
    await waitFor(folder, hasTrained);
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && !outcome.killed);
    assert.equal(outcome.record.state, 'stopped');
    assert.deepEqual(outcome.record.exit, { code: 0 });
    for (const file of ['model.onnx', 'evaluation.npz', 'checkpoints/last.safetensors'])
      assert.ok(existsSync(path.join(folder, file)), file);
    assert.ok(!existsSync(path.join(folder, 'stop')));
  });

  it('stops by the file alone', async () => {
    const folder = await new TrainingFolder(forever).launch();
    await waitFor(folder, hasTrained);
    writeFileSync(path.join(folder, 'stop'), '');
    assert.equal((await ended(folder)).state, 'stopped');
  });

  it('stopped in the middle of an epoch and resumed, it comes out the same, bit for bit', async () => {
    const project = new TrainingFolder({ 'model.iteration': 80, 'model.save_interval': 80, 'data.batch_size': 4 });
    const whole = await project.train();
    const folder = await project.launch();
    await waitFor(folder, (now) => (now.progress?.step ?? 0) > 3);
    await stopRun(folder);
    const resumed = await resumeRun(folder, { threads: 1 });
    assert.ok(resumed.ok, resumed.ok ? '' : resumed.message);
    const record = await ended(folder);
    assert.equal(record.state, 'finished', record.error);
    assert.deepEqual(
      record.history.map(({ state }) => state),
      ['starting', 'running', 'stopped', 'starting', 'running', 'finished'],
    );
    for (const file of ['checkpoints/last.safetensors', 'checkpoints/best.safetensors', 'evaluation.npz']) {
      assert.ok(readFileSync(path.join(folder, file)).equals(readFileSync(path.join(whole.folder, file))), file);
    }
    for (const tag of ['loss/train', 'loss/validation'])
      assert.equal(record.metrics.final[tag], whole.record.metrics.final[tag], tag);
  });

  it('killed, it is seen as failed by everybody, and can be resumed', async () => {
    const project = new TrainingFolder({ ...forever, 'model.save_interval': 1 });
    const folder = await project.launch();
    const running = await waitFor(folder, hasTrained);
    process.kill(running.process!.pid, 'SIGKILL');
    const killed = await waitFor(folder, (now) => !isActive(now));
    assert.equal(killed.state, 'failed');
    assert.match(killed.error ?? '', /without a word/);
    const [listed] = await listRuns([project.runsFolder]);
    assert.equal(listed?.record?.state, 'failed');
    assert.equal((JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as RunRecord).state, 'running');

    assert.ok((await resumeRun(folder, { threads: 1 })).ok);
    const again = await waitFor(
      folder,
      (now) => now.state === 'running' && (now.progress?.step ?? 0) > running.progress!.step,
    );
    assert.notEqual(again.process!.pid, running.process!.pid);
    assert.ok((await stopRun(folder)).ok);
  });

  it('a process that does not react is ended', async () => {
    const folder = await new TrainingFolder(forever).launch();
    const { process: identity } = await waitFor(folder, hasTrained);
    process.kill(identity!.pid, 'SIGSTOP');
    const outcome = await stopRun(folder, 500);
    assert.ok(outcome.ok && outcome.killed);
    assert.equal(outcome.record.state, 'stopped');
    assert.equal(await observe(identity!), 'gone');
  });

  it('what has ended is neither stopped nor resumed', async () => {
    const { folder } = await new TrainingFolder({ 'model.iteration': 1 }).train();
    const outcome = await stopRun(folder);
    assert.ok(outcome.ok && outcome.record.state === 'finished');
    const resumed = await resumeRun(folder);
    assert.ok(!resumed.ok && /finished/.test(resumed.message));
  });
});

describe('runs of all kinds', () => {
  it('two at once, in folders with spaces, quotes, a command and other scripts', async () => {
    const project = new TrainingFolder({}, `a "b" 'c' $(touch pwned) ; 실행`);
    const folders = await Promise.all([project.launch(), project.launch()]);
    assert.notEqual(folders[0], folders[1]);
    for (const folder of folders) assert.equal((await ended(folder)).state, 'finished');
    const runs = await listRuns([project.runsFolder]);
    assert.deepEqual(runs.map((run) => run.folder).sort(), folders.sort());
    assert.ok(!existsSync('pwned') && !existsSync(path.join(folders[0]!, 'pwned')));
  });

  it('early stopping exports the best epoch', async () => {
    const project = new TrainingFolder({
      'model.iteration': 200,
      'model.early_stopping': { monitor: 'accuracy/validation', patience: 3 },
    });
    const { record } = await project.train();
    assert.equal(record.state, 'finished', record.error);
    const epochs = record.progress!.step / 6;
    assert.ok(epochs < 200, `${epochs}`);
    assert.deepEqual(record.model, { weights: 'best', epoch: epochs - 3 });
  });

  it('a regression', async () => {
    const project = new TrainingFolder({
      'data.label_type': 'regression',
      'data.label_dim': 1,
      'model.iteration': 30,
      'model.network': withHead(1),
    });
    const { record, folder } = await project.train();
    assert.equal(record.state, 'finished', record.error);
    const { 'absolute_error/validation': error, 'loss/validation': loss } = record.metrics.final;
    assert.ok(error! < 0.5 && record.metrics.best['absolute_error/validation']! <= error!, `${error}`);
    const { truth, prediction } = (await readEvaluation(path.join(folder, 'evaluation.npz'), 'regression'))!;
    const squares = Array.from(truth, (value, i) => (value - prediction[i]!) ** 2);
    assert.ok(Math.abs(squares.reduce((sum, square) => sum + square, 0) / truth.length - loss!) < 1e-5);
  });

  it('several labels per sample', async () => {
    const project = new TrainingFolder({
      'data.label_type': 'multi_label',
      'model.iteration': 12,
      'model.network': withHead(3),
    });
    writeFileSync(path.join(project.folder, 'data.npz'), stripes(120, true));
    const { record, folder } = await project.train();
    assert.equal(record.state, 'finished', record.error);
    const { truth, prediction, outputs } = (await readEvaluation(path.join(folder, 'evaluation.npz'), 'multi_label'))!;
    const right = Array.from(truth, (value, i) => (prediction[i]! > 0.5 ? 1 : 0) === value).filter(Boolean).length;
    assert.equal(outputs, 3);
    assert.ok(Math.abs(right / truth.length - record.metrics.final['accuracy/validation']!) < 1e-6);
    assert.ok(right / truth.length > 0.8, `${right / truth.length}`);
  });

  it('an own validation set', async () => {
    const { record } = await new TrainingFolder({ 'data.validation_path': 'data.npz' }).train();
    assert.equal(record.state, 'finished', record.error);
    assert.deepEqual(record.samples, { training: 120, validation: 120 });
    assert.equal(record.validationData?.sha256, record.data?.sha256);
  });

  it('resuming with other data is refused', async () => {
    const project = new TrainingFolder(forever);
    const folder = await project.launch();
    await waitFor(folder, hasTrained);
    await stopRun(folder);
    writeFileSync(path.join(project.folder, 'data.npz'), stripes(90));
    assert.ok((await resumeRun(folder)).ok);
    const record = await ended(folder);
    assert.equal(record.state, 'failed');
    assert.match(record.error ?? '', /data\.npz: The data has changed since the run began/);
  });
});

describe('what goes wrong', () => {
  const refusal = async (project: TrainingFolder, changes = {}) => {
    const outcome = await launchEmbedded({
      schemeFile: project.schemeFile,
      runsFolder: project.runsFolder,
      ...changes,
    });
    assert.ok(!outcome.ok);
    return outcome;
  };

  it('a wrong scheme leaves nothing behind', async () => {
    const project = new TrainingFolder({ 'model.optimizer': 'adma' });
    const { message, diagnostics } = await refusal(project);
    assert.match(message, /model_scheme\.json cannot be trained/);
    assert.ok((diagnostics?.length ?? 0) > 0);
    assert.ok(!existsSync(project.runsFolder));
  });

  it('no data', async () => {
    assert.match(
      (await refusal(new TrainingFolder({ 'data.data_path': 'path' }))).message,
      /no data at .*path\. Set data\.data_path/,
    );
  });

  it('a runs folder that cannot be made', async () => {
    const project = new TrainingFolder();
    assert.match(
      (await refusal(project, { runsFolder: path.join(project.schemeFile, 'runs') })).message,
      /No run can be made in .*ENOTDIR/,
    );
    if (process.platform === 'linux')
      assert.match((await refusal(project, { runsFolder: '/proc/runs' })).message, /No run can be made/);
  });

  const failures: [title: string, changes: Record<string, unknown>, error: RegExp][] = [
    ['damaged data', { 'data.data_path': 'model_scheme.json' }, /model_scheme\.json: This kind of file is not read/],
    ['labels that do not fit', { 'data.label_dim': 2 }, /data\.npz, index 2: The label is 2; with data\.label_dim 2/],
    [
      'a loss that is no number',
      { 'model.learning_rate': 1e38, 'model.optimizer': 'sgd' },
      /epoch \d+, step \d+: The loss is no longer a number\. Lower model\.learning_rate/,
    ],
    [
      'something else to monitor than there is',
      { 'model.early_stopping': { monitor: 'loss/test', patience: 2 } },
      /no loss\/test\. Take one of: loss\/train/,
    ],
  ];
  for (const [title, changes, error] of failures) {
    it(title, async () => {
      const { record, folder } = await new TrainingFolder(changes).train();
      assert.equal(record.state, 'failed');
      assert.match(record.error ?? '', error);
      assert.deepEqual(record.exit, { code: 1 });
      assert.doesNotMatch(readFileSync(path.join(folder, 'output.log'), 'utf8'), /\n {4}at /);
    });
  }
});

const accumulatorProgram = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
accumulator = EventAccumulator(sys.argv[1])
accumulator.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}))
`;

const modelProgram = `
import json, sys
import numpy as np, onnx, onnxruntime
folder, data = sys.argv[1:]
model = onnx.load(folder + "/model.onnx")
onnx.checker.check_model(model, full_check=True)
evaluation = np.load(folder + "/evaluation.npz")
rows = evaluation["sample"].astype(int)
x = np.load(data)["x"][rows].transpose(0, 3, 1, 2)
logits = onnxruntime.InferenceSession(folder + "/model.onnx").run(None, {"input": x})[0]
p = np.exp(logits - logits.max(1, keepdims=True))
p /= p.sum(1, keepdims=True)
assert (np.load(data)["y"][rows] == evaluation["truth"]).all()
print(json.dumps({
    "metadata": {entry.key: entry.value for entry in model.metadata_props},
    "error": float(np.abs(p - evaluation["prediction"]).max()),
    "accuracy": float((p.argmax(1) == evaluation["truth"]).mean()),
}))
`;

const safetensorsProgram = `
import json, struct, sys
bytes = open(sys.argv[1], "rb").read()
length, = struct.unpack("<Q", bytes[:8])
header = json.loads(bytes[8:8 + length])
assert (8 + length) % 8 == 0 and "position" in header.pop("__metadata__")
end = 0
for entry in header.values():
    assert entry["dtype"] == "F32" and entry["data_offsets"][0] == end
    end = entry["data_offsets"][1]
assert 8 + length + end == len(bytes)
print(json.dumps(list(header)))
`;
