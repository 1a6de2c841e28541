import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zipSync } from 'fflate';
import { Random } from '../../core/random';
import type { TrainerResult } from '../../core/runs/result';
import { encodeNpy } from '../../engine/data/npy';
import { trainerPackage } from '../../engine/entryPoint';
import { sha256Hex } from '../../engine/hash';
import { matchFiles } from '../../engine/match';
import { decodeSafetensors } from '../../engine/training/checkpoint';
import { readEvaluation } from '../../engine/training/evaluationFile';
import { projectRoot } from '../support/projectRoot';
import { describeWithPython, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { type EndedProcess, PythonProcess, readJson, runTrainerProgram } from './trainerFixture';
import { forever, TrainingFolder } from './trainingFixture';

/** Float32 in another order of sums, over some dozens of steps. */
const close = 2e-3;

/** Without a bias, which before a batch norm has a gradient of nothing but rounding errors. */
const conv = {
  type: 'conv2d_set',
  kernel: [3, 3],
  channel: 4,
  activation: 'relu',
  batch_normalization: true,
  use_bias: false,
};
const plain = { 'model.network': [conv], 'data.augmentation': { flip_horizontal: true, shift: 0.1 } };
const twoOutputs = [conv, { type: 'dense_set', unit: 2 }];
const dropping = {
  'model.network': [
    { ...conv, dropout: 0.3 },
    { type: 'dense_set', unit: 3 },
  ],
};

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

    before(async function () {
      this.timeout(240_000);
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

  it('goes on where it was stopped, preempted, or killed, as if nothing had happened', async function () {
    this.timeout(480_000);
    const changes = { ...dropping, 'model.iteration': 40, 'model.save_interval': 5 };
    const whole = new RunFolder(python, new TrainingFolder(changes));
    const broken = new RunFolder(python, new TrainingFolder(changes));
    const uninterrupted = whole.train();
    const first = broken.start();
    await broken.trained(30);
    first.child.kill('SIGUSR1');
    const preempted = await first.ended;
    assert.equal(preempted.code, 75, preempted.output);
    assert.equal(resultOf(broken.folder).state, 'preempted');
    const second = broken.start();
    await broken.trained(80);
    writeFileSync(path.join(broken.folder, 'stop'), '');
    const stopped = await second.ended;
    assert.equal(stopped.code, 0, stopped.output);
    assert.equal(resultOf(broken.folder).state, 'stopped');
    assert.ok(!existsSync(path.join(broken.folder, 'stop')));
    for (const file of ['model.onnx', 'evaluation.npz']) assert.ok(existsSync(path.join(broken.folder, file)), file);
    const third = broken.start();
    await broken.trained(150);
    third.child.kill('SIGKILL');
    await third.ended;
    const last = await broken.train();
    assert.match(last.output, /Goes on after epoch \d+, step \d+\.[\s\S]*Finished\.\n$/);
    assert.equal((await uninterrupted).code, 0);
    const [one, other] = [whole, broken].map(({ folder }) => tensorsOf(folder, 'last'));
    assert.deepEqual(other, one);
    const [metrics, theirs] = [whole, broken].map(({ folder }) => resultOf(folder).metrics);
    for (const kind of ['final', 'best'] as const)
      assert.equal(theirs?.[kind]?.['loss/validation'], metrics?.[kind]?.['loss/validation'], kind);
    const { scalars } = JSON.parse(runPython(python, accumulatorProgram, [broken.folder])) as {
      scalars: Record<string, number[]>;
    };
    assert.deepEqual(
      scalars['loss/validation'],
      Array.from({ length: 40 }, (_, i) => 6 * (i + 1)),
    );
  });

  it("goes on with the embedded trainer's checkpoint", async function () {
    this.timeout(240_000);
    const goesOn = async (optimizer: unknown) => {
      const project = new TrainingFolder({ ...plain, 'model.optimizer': optimizer, 'model.seed': -3 });
      const { folder: embedded } = await project.train();
      const own = new RunFolder(python, project);
      mkdirSync(path.join(own.folder, 'checkpoints'));
      const [from, to] = ['epoch-0002', 'last'].map((name) => path.join('checkpoints', `${name}.safetensors`));
      cpSync(path.join(embedded, from!), path.join(own.folder, to!));
      const { code, output } = await own.train();
      assert.equal(code, 0, output);
      assert.match(output, /Goes on after epoch 2, step 12\.\nepoch 3\/4/);
      assertSameWeights(embedded, own.folder, 'last');
    };
    await Promise.all(['adam', { type: 'rmsprop', momentum: 0.5 }].map(goesOn));
  });

  it('trains in two processes what it trains in one', async function () {
    this.timeout(240_000);
    // 97 samples to train: the last batch of an epoch has a single one, and nothing is left for the second process.
    const changes = { ...plain, 'data.validation_split': 0.19, 'model.iteration': 3 };
    const runs = [1, 2].map(() => new RunFolder(python, new TrainingFolder(changes)));
    const [alone, together] = await Promise.all(
      runs.map((run, i) => run.train({ MATCHDOWN_PROCESSES: String(i + 1) })),
    );
    assert.equal(alone!.code, 0, alone!.output);
    assert.equal(together!.code, 0, together!.output);
    assert.match(
      together!.output,
      /2 processes share each batch of 16\.\nBatch normalization takes its statistics from the whole batch/,
    );
    assertSameWeights(runs[0]!.folder, runs[1]!.folder, 'last');
    for (const tag of ['loss/train', 'loss/validation', 'accuracy/validation'])
      assertClose(
        resultOf(runs[1]!.folder).metrics?.final?.[tag],
        resultOf(runs[0]!.folder).metrics?.final?.[tag],
        tag,
      );
    const [one, other] = await Promise.all(
      runs.map(({ folder }) => readEvaluation(path.join(folder, 'evaluation.npz'), 'classification')),
    );
    assert.deepEqual(other?.samples, one?.samples);
  });

  it('where one of two processes fails in the middle of a step, both end, with one sentence', async function () {
    this.timeout(240_000);
    const short = new RunFolder(python, new TrainingFolder(forever));
    const killed = new RunFolder(python, new TrainingFolder(forever));
    const two = { MATCHDOWN_PROCESSES: '2' };
    const ended = short.train({ ...two, PYTHONPATH: `${outOfMemoryLater()}${path.delimiter}${trainerPackage()}` });
    const process = killed.start(two);
    await killed.trained(10);
    killProcess(process.child.pid!, 'RANK=1');
    const outOfMemory = await ended;
    assert.equal(outOfMemory.code, 1, outOfMemory.output);
    const sentence =
      'scheme.json, data.batch_size: The memory is no longer enough for a step of 16 samples in 2 processes. Resume the run from its last checkpoint, or lower data.batch_size in a new one.';
    assert.deepEqual(failuresOf(outOfMemory), [`Process 2 failed: ${sentence}`]);
    assert.equal(resultOf(short.folder).error, sentence);
    assert.ok(resultOf(short.folder).metrics?.final?.['loss/train'], 'the one that leads tells all that it knows');
    assert.equal((await process.ended).code, 1, process.output);
    const { state, error } = resultOf(killed.folder);
    assert.equal(state, 'failed');
    assert.match(error ?? '', /^Process 2 was killed: .* Resume the run from its last checkpoint/);
    assert.ok(!process.output.includes('Traceback'), process.output);
  });

  it('torchrun, as over several nodes, tells of a preemption and of a failure in one sentence', async function () {
    this.timeout(240_000);
    const [preempted, failed] = [0, 1].map(() => new RunFolder(python, new TrainingFolder(forever)));
    const torchrun = [
      '-m',
      'matchdown_trainer.torchrun',
      '--standalone',
      '--nproc_per_node=2',
      '-m',
      'matchdown_trainer',
    ];
    const loopback = { GLOO_SOCKET_IFNAME: 'lo' };
    const process = preempted!.start(loopback, torchrun);
    const forgetful = { ...loopback, PYTHONPATH: `${outOfMemoryLater()}${path.delimiter}${trainerPackage()}` };
    const failing = failed!.start(forgetful, torchrun).ended;
    await preempted!.trained(10);
    writeFileSync(path.join(preempted!.folder, 'preempt'), '');
    const { code, output } = await process.ended;
    assert.equal(code, 0, output);
    assert.equal(resultOf(preempted!.folder).state, 'preempted');
    assert.match(output, /\nPreempted\.\n$/);
    assert.ok(!/Traceback|Error/.test(output), output);
    const failure = await failing;
    assert.equal(failure.code, 1, failure.output);
    assert.ok(failure.output.endsWith(`\nProcess 2 failed: ${resultOf(failed!.folder).error}\n`), failure.output);
    assert.equal(failuresOf(failure).length, 1, failure.output);
  });

  it('stops early, and exports the best epoch', async function () {
    this.timeout(240_000);
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

  it('trains every task, on data of every kind', async function () {
    this.timeout(240_000);
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

  it('fails with one sentence for a person', async function () {
    this.timeout(240_000);
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

  it('says what it finds on a machine', async function () {
    this.timeout(240_000);
    const { code, output } = await new PythonProcess(python, ['-m', 'matchdown_trainer', '--check']).ended;
    assert.equal(code, 0, output);
    const found = JSON.parse(output) as { python: string; torch: string; gpus: unknown[]; problems: unknown[] };
    assert.match(found.python, /^3\./);
    assert.match(found.torch, /^\d+\.\d+/);
    assert.ok(Array.isArray(found.gpus) && found.problems.length === 0);
  });

  it('works in its parts', async function () {
    this.timeout(240_000);
    await runTrainerProgram(python, 'trainer_parts.py');
  });

  it('agrees between processes that share a batch, and none waits for ever', async function () {
    this.timeout(400_000);
    await runTrainerProgram(python, 'trainer_team.py');
  });
});

function changeRate(folder: string): void {
  const file = path.join(folder, 'scheme.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"learning_rate": 0.01', '"learning_rate": 0.02'));
}

/** A run's folder as a launcher makes it, for a scheme of a `TrainingFolder`. */
class RunFolder {
  readonly folder: string;

  constructor(
    private readonly python: string,
    project: TrainingFolder,
  ) {
    this.folder = path.join(project.folder, 'pytorch');
    mkdirSync(this.folder);
    cpSync(project.schemeFile, path.join(this.folder, 'scheme.json'));
    const record = {
      scheme: { path: project.schemeFile, sha256: sha256Hex(readFileSync(project.schemeFile)) },
      git: { commit: 'abc', dirty: true },
      versions: { matchdown: '0.0.0' },
    };
    writeFileSync(path.join(this.folder, 'run.json'), JSON.stringify(record));
  }

  start(
    environment: Readonly<Record<string, string>> = {},
    argv: readonly string[] = ['-m', 'matchdown_trainer'],
  ): PythonProcess {
    return new PythonProcess(this.python, argv, {
      MATCHDOWN_RUN_DIR: this.folder,
      MATCHDOWN_SCHEME: path.join(this.folder, 'scheme.json'),
      MATCHDOWN_RUN_ID: 'run-1',
      MATCHDOWN_GPUS: 'none',
      ...environment,
    });
  }

  train(environment: Readonly<Record<string, string>> = {}): Promise<EndedProcess> {
    return this.start(environment).ended;
  }

  /** As soon as so many steps are done. */
  async trained(steps: number): Promise<void> {
    for (const end = Date.now() + 240_000; Date.now() < end; await sleep(20)) {
      const file = path.join(this.folder, 'progress.json');
      if (existsSync(file) && (readJson(file) as { step: number }).step >= steps) return;
    }
    assert.fail('The run did not come so far.');
  }
}

/** A folder for `PYTHONPATH`: the second process has no memory left after a few steps. */
function outOfMemoryLater(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'sitecustomize.py'), outOfMemoryProgram);
  return folder;
}

const outOfMemoryProgram = `
import os
if os.environ.get("RANK") == "1":
    from matchdown_trainer.objective import Objective
    mean_loss, calls = Objective.mean_loss, []
    def forgetful(self, *args):
        calls.append(1)
        if len(calls) > 20:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return mean_loss(self, *args)
    Objective.mean_loss = forgetful
`;

/** Kills, with -9, the child of a process whose environment has an entry. */
function killProcess(parent: number, entry: string): void {
  const [found] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry));
  process.kill(Number(found), 'SIGKILL');
}

const failuresOf = ({ output }: EndedProcess): string[] =>
  output.split('\n').filter((line) => /failed|Error|Traceback/i.test(line));

const resultOf = (folder: string): TrainerResult => readJson(path.join(folder, 'result.json')) as TrainerResult;

function tensorsOf(folder: string, name: string): Map<string, Float32Array> {
  const file = path.join(folder, 'checkpoints', `${name}.safetensors`);
  const { tensors } = decodeSafetensors(file, readFileSync(file));
  return new Map([...tensors].map(([key, { values }]) => [key, values]));
}

/** Parameters, buffers and what the optimizer keeps. */
function assertSameWeights(expected: string, actual: string, name: string): void {
  const [theirs, ours] = [tensorsOf(expected, name), tensorsOf(actual, name)];
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [key, values] of ours) {
    const scale = theirs.get(key)!.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
    for (const [i, value] of values.entries())
      assertClose(value / scale, theirs.get(key)![i]! / scale, `${name}: ${key}[${i}]`);
  }
}

function assertClose(actual: number | undefined, expected: number | undefined, what: string): void {
  assert.ok(actual !== undefined && expected !== undefined, what);
  assert.ok(
    Math.abs(actual - expected) <= close * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
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

const accumulatorProgram = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
found.Reload()
tags = found.Tags()
text = [tag for tag in tags["tensors"] if found.SummaryMetadata(tag).plugin_data.plugin_name == "text"]
plugins = ["scalars"] + sorted(found.summary_metadata[tag].plugin_data.plugin_name for tag in found.summary_metadata)
print(json.dumps({
    "scalars": {tag: [event.step for event in found.Scalars(tag)] for tag in tags["scalars"]},
    "images": tags["images"], "texts": text, "plugins": plugins,
}))
`;

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
