import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { Random } from '../../core/random';
import type { TrainerResult } from '../../core/runs/result';
import { encodeNpy } from '../../engine/data/npy';
import { matchFiles } from '../../engine/match';
import { readEvaluation } from '../../engine/training/evaluationFile';
import { projectRoot } from '../support/projectRoot';
import { describeWithPython, runPython } from '../support/python';
import {
  accumulatorProgram,
  assertClose,
  assertSameWeights,
  conv,
  type EndedProcess,
  PythonProcess,
  plain,
  RunFolder,
  readJson,
  resultOf,
  runTrainerProgram,
} from './trainerFixture';
import { TrainingFolder } from './trainingFixture';

const twoOutputs = [conv, { type: 'dense_set', unit: 2 }];

describe("the PyTorch trainer's copy of the scheme's JSON Schema", () => {
  it('is the original, which a target does not have', () => {
    const read = (...parts: string[]) => readFileSync(path.join(projectRoot, ...parts), 'utf8');
    assert.ok(
      read('trainer', 'matchdown_trainer', 'model_scheme.schema.json') === read('schemas', 'model_scheme.schema.json'),
      'cp schemas/model_scheme.schema.json trainer/matchdown_trainer/',
    );
  });
});

describeWithPython('the PyTorch trainer', (python) => {
  describe('beside the embedded one, on one scheme', () => {
    let embedded: string;
    let folder: string;
    let project: TrainingFolder;
    let ended: EndedProcess;

    before(async () => {
      project = new TrainingFolder({ ...plain, 'model.learning_rate_schedule': { type: 'cosine', warmup: 1 } });
      const own = new RunFolder(python, project);
      [{ folder: embedded }, ended] = await Promise.all([project.train(), own.train()]);
      folder = own.folder;
    });

    it('has the same losses and metrics after every epoch, and the same weights in the end', () => {
      assert.equal(ended.code, 0, ended.output);
      const { metrics } = resultOf(folder);
      const theirs = (readJson(path.join(embedded, 'run.json')) as { metrics: typeof metrics }).metrics;
      for (const tag of ['loss/train', 'loss/validation', 'accuracy/train', 'accuracy/validation', 'learning_rate'])
        assertClose(metrics?.final?.[tag], theirs?.final?.[tag], tag);
      for (const tag of ['loss/train', 'loss/validation']) assertClose(metrics?.best?.[tag], theirs?.best?.[tag], tag);
      for (const epoch of ['epoch-0001', 'last']) assertSameWeights(embedded, folder, epoch);
    });

    it('evaluates the same samples, with the same predictions', async () => {
      const [ours, theirs] = await Promise.all(
        [folder, embedded].map((each) => readEvaluation(path.join(each, 'evaluation.npz'), 'classification')),
      );
      assert.deepEqual(ours?.samples, theirs?.samples);
      assert.deepEqual(ours?.truth, theirs?.truth);
      assert.deepEqual(ours?.classes, theirs?.classes);
      for (const [i, value] of Array.from(ours!.prediction).entries())
        assertClose(value, theirs?.prediction[i], `prediction ${i}`);
    });

    it('leaves every file of a run, and no other', () => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
        name.replace(/^events\.out\.tfevents\..*/, 'events'),
      );
      const checkpoints = ['epoch-0001', 'epoch-0002', 'epoch-0003', 'epoch-0004', 'best', 'last'];
      assert.deepEqual(
        files.sort(),
        [
          ...['scheme.json', 'run.json', 'events', 'model.onnx', 'evaluation.npz', 'checkpoints'],
          ...['result.json', 'progress.json', ...checkpoints.map((name) => `checkpoints/${name}.safetensors`)],
        ].sort(),
      );
    });

    it('says what it was, on what and with what', () => {
      const result = resultOf(folder);
      const { samples, classes, normalization } = readJson(path.join(embedded, 'run.json')) as TrainerResult;
      assert.equal(result.state, 'finished');
      assert.deepEqual(result.samples, samples);
      assert.deepEqual(result.classes, classes);
      assert.equal(result.normalization?.kind, normalization?.kind);
      assert.deepEqual(result.model, { weights: 'last', epoch: 4 });
      assert.match(result.device ?? '', /^cpu, float32/);
      for (const name of ['python', 'torch', 'numpy', 'system']) assert.ok(result.versions?.[name], name);
      assert.match(
        ended.output,
        /samples: 96 to train, 24 to validate[\s\S]*\nepoch 4\/4 {2}loss\/train .*\nFinished\.\n$/,
      );
    });

    it('exports a model that matches the scheme and says where it comes from', async () => {
      const report = await matchFiles(project.schemeFile, path.join(folder, 'model.onnx'));
      assert.equal(report.verdict, 'match');
      assert.ok(report.proof.holds);
      const { metadata, error } = JSON.parse(
        runPython(python, modelProgram, [folder, path.join(project.folder, 'data.npz')]),
      ) as { metadata: Record<string, string>; error: number };
      assert.equal(metadata['matchdown.run'], 'run-1');
      assert.equal(metadata['matchdown.git_commit'], 'abc+');
      assert.match(metadata['matchdown.data_sha256'] ?? '', /^[0-9a-f]{64}$/);
      assert.ok(error < 1e-5, `${error}`);
    });

    it("writes what TensorBoard's own reader reads: a point for each epoch, and some in between", () => {
      const { scalars, images, texts, plugins } = JSON.parse(runPython(python, accumulatorProgram, [folder])) as {
        scalars: Record<string, number[]>;
        images: string[];
        texts: string[];
        plugins: string[];
      };
      const perEpoch = ['accuracy', 'loss'].flatMap((name) => [`${name}/train`, `${name}/validation`]);
      for (const tag of [...perEpoch, 'throughput/samples_per_second'])
        assert.deepEqual(scalars[tag], [6, 12, 18, 24], tag);
      for (const tag of ['loss/steps', 'accuracy/steps'])
        assert.deepEqual(scalars[tag], [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23], tag);
      assert.equal(scalars.learning_rate?.length, 24);
      assert.equal(images.length, 8);
      assert.deepEqual(
        texts.sort(),
        ['graph/text_summary', 'scheme/text_summary', 'worst/validation/text_summary']
          .map((tag) => tag.replace('/text_summary', ''))
          .sort(),
      );
      assert.ok(plugins.includes('hparams') && plugins.includes('scalars'), plugins.join());
    });
  });

  it('stops early, and exports the best epoch', async () => {
    const project = new TrainingFolder({
      ...plain,
      'model.iteration': 60,
      'model.learning_rate': 0.05,
      'model.early_stopping': { patience: 2 },
    });
    const run = new RunFolder(python, project);
    const { code, output } = await run.train();
    assert.equal(code, 0, output);
    assert.match(output, /No better loss\/validation since epoch (\d+): stopping early\./);
    const best = Number(/since epoch (\d+)/.exec(output)?.[1]);
    assert.deepEqual(resultOf(run.folder).model, { weights: 'best', epoch: best });
  });

  it('trains every task, on data of every kind', async () => {
    const tasks = Object.entries({ multi_label: 'accuracy', regression: 'absolute_error' });
    const trains = async ([label_type, tag]: (typeof tasks)[number]) => {
      const project = new TrainingFolder({
        'data.label_type': label_type,
        'data.label_dim': 2,
        'model.network': twoOutputs,
      });
      writeFileSync(path.join(project.folder, 'data.npz'), twoLabels(60));
      const { folder: embedded } = await project.train();
      const own = new RunFolder(python, project);
      const { code, output } = await own.train();
      assert.equal(code, 0, output);
      for (const name of ['loss/train', 'loss/validation', `${tag}/train`, `${tag}/validation`])
        assertClose(
          resultOf(own.folder).metrics?.final?.[name],
          (readJson(path.join(embedded, 'run.json')) as TrainerResult).metrics?.final?.[name],
          `${label_type} ${name}`,
        );
      const evaluation = await readEvaluation(path.join(own.folder, 'evaluation.npz'), label_type as 'regression');
      assert.equal(evaluation?.outputs, 2);
    };
    await Promise.all(tasks.map(trains));
  });

  it('fails with one sentence for a person', async () => {
    const failures: readonly [Readonly<Record<string, unknown>>, RegExp, ((folder: string) => void)?][] = [
      [{ 'data.data_path': 'nowhere.npz' }, /nowhere\.npz: There is no such file or folder\. Check data\.data_path/],
      [
        { 'model.learning_rate': 1e38, 'model.optimizer': 'sgd', 'model.network': [{ type: 'flatten' }] },
        /The loss is no longer a number\. Lower model\.learning_rate/,
      ],
      [{ 'model.early_stopping': { monitor: 'loss/nothing' } }, /This run has no loss\/nothing\. Take one of/],
      [{}, /scheme\.json: The scheme has changed since the run began\. Restore it, or start a new run/, changeRate],
    ];
    const fails = async ([changes, sentence, change]: (typeof failures)[number]) => {
      const run = new RunFolder(python, new TrainingFolder(changes));
      change?.(run.folder);
      const { code, output } = await run.train();
      const { state, error } = resultOf(run.folder);
      assert.equal(code, 1, output);
      assert.equal(state, 'failed');
      assert.match(error ?? '', sentence);
      assert.ok(output.includes(`Failed: ${error}`) && !output.includes('Traceback'), output);
    };
    await Promise.all(failures.map(fails));
    const { code, output } = await new PythonProcess(python, ['-m', 'matchdown_trainer']).ended;
    assert.equal(code, 1);
    assert.match(output, /^Failed: matchdown_trainer: MATCHDOWN_RUN_DIR is not set\./);
  });

  it('says what it finds on a machine', async () => {
    const { code, output } = await new PythonProcess(python, ['-m', 'matchdown_trainer', '--check']).ended;
    assert.equal(code, 0, output);
    const found = JSON.parse(output) as { python: string; torch: string; gpus: unknown[]; problems: unknown[] };
    assert.match(found.python, /^3\./);
    assert.match(found.torch, /^\d+\.\d+/);
    assert.ok(Array.isArray(found.gpus) && found.problems.length === 0);
  });

  it('works in its parts', async () => {
    await runTrainerProgram(python, 'trainer_parts.py');
  });
});

function changeRate(folder: string): void {
  const file = path.join(folder, 'scheme.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"learning_rate": 0.01', '"learning_rate": 0.02'));
}

function twoLabels(count: number): Uint8Array {
  const random = new Random(3);
  const labels = Float32Array.from({ length: count * 2 }, (_, i) => (i % 4 === 0 || i % 3 === 0 ? 1 : 0));
  const pixels = Float32Array.from({ length: count * 64 }, (_, i) => {
    const isUpper = i % 64 < 32;
    return labels[2 * Math.floor(i / 64) + (isUpper ? 0 : 1)]! + random.uniform();
  });
  return zipSync({
    'x.npy': encodeNpy({ dims: [count, 8, 8, 1], values: pixels }),
    'y.npy': encodeNpy({ dims: [count, 2], values: labels }),
  });
}

const modelProgram = `
import json, sys
import numpy as np, onnx, onnxruntime
folder, data = sys.argv[1:]
model = onnx.load(folder + "/model.onnx")
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(folder + "/model.onnx")
evaluation, x = np.load(folder + "/evaluation.npz"), np.load(data)["x"]
samples = x[evaluation["sample"].astype(int)].transpose(0, 3, 1, 2)
logits = session.run(None, {"input": samples})[0]
exp = np.exp(logits - logits.max(1, keepdims=True))
error = float(np.abs(exp / exp.sum(1, keepdims=True) - evaluation["prediction"]).max())
print(json.dumps({"metadata": {p.key: p.value for p in model.metadata_props}, "error": error}))
`;
