import os from 'node:os';
import path from 'node:path';
import { initialWeights } from '../../core/compile/weights';
import { parametersText, threadsText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import type { Scheme } from '../../core/scheme/types';
import { analyze } from '../../core/shape/analyze';
import type { Network } from '../../core/shape/network';
import { InputError } from '../errors';
import type { OnnxRuntime } from '../onnxRuntime';
import { readFrozenScheme } from '../runs/frozenScheme';
import { gitState } from '../runs/git';
import { processIdentity } from '../runs/process';
import { type Checkpoint, CheckpointFolder, demandFit, type Position, type StoredTensor } from './checkpoint';
import { tagsOf } from './epochSums';
import { writeEvaluation } from './evaluationFile';
import { writeModel } from './exportedModel';
import type { RunJournal } from './journal';
import { Learner } from './learner';
import { type LoopOutcome, TrainingLoop } from './loop';
import type { StopRequest } from './stopRequest';
import { prepareData, type TrainingData } from './trainingData';

/** Trains the run of a folder, from the start or from its last checkpoint, and leaves everything that a run has there. */
export async function trainRun(
  journal: RunJournal,
  stop: StopRequest,
  runtime: OnnxRuntime,
  threads: number,
): Promise<LoopOutcome['end']> {
  const { folder } = journal;
  const { scheme, network, text } = await readNetwork(folder, journal.record);
  await beginRecord(journal, runtime);
  const checkpoints = new CheckpointFolder(folder);
  const resumed = await checkpoints.read('last');
  const data = await stop.interrupt(prepareData(scheme, path.dirname(journal.record.scheme.path)));
  recordData(journal, data);
  logStart(journal, network, data, { runtime, threads });

  const { normalization } = data;
  const learner = await Learner.create(network, {
    runtime,
    normalization,
    threads,
    tensors: resumed ? new Map() : freshTensors(network, scheme.model.seed),
  });
  if (resumed) {
    demandFit(learner.training.state, resumed, checkpoints.file('last'));
    learner.restore(resumed.tensors);
  }
  const exporter = new Exporter(journal, network, learner, data);
  const position = resumed?.position ?? { epoch: 0, batch: 0, step: 0, sums: {} };
  openEvents(journal, scheme, learner, position, text);
  journal.enter('running');
  const loop = new TrainingLoop(
    { scheme, data, learner, journal, checkpoints, stop, exportModel: (at) => exporter.model(at, 'last') },
    position,
  );
  const outcome = await loop.run();
  await exporter.final(scheme, outcome, await bestCheckpoint(scheme, outcome, checkpoints));
  journal.closeEvents(outcome.end === 'finished');
  return outcome.end;
}

async function readNetwork(
  folder: string,
  record: RunRecord,
): Promise<{ scheme: Scheme; network: Network; text: string }> {
  const text = await readFrozenScheme(folder, record);
  const { scheme, network, diagnostics } = analyze(text);
  if (scheme && network) return { scheme, network, text };
  const problem = diagnostics.find(({ severity }) => severity === 'error')?.message ?? t('The scheme cannot be read.');
  throw new InputError({ file: path.join(folder, 'scheme.json'), problem });
}

async function beginRecord(journal: RunJournal, runtime: OnnxRuntime): Promise<void> {
  const { record, folder } = journal;
  const git = record.git ?? (await gitState(path.dirname(record.scheme.path), path.dirname(folder)));
  journal.update({
    process: await processIdentity(),
    host: os.hostname(),
    ...(git && { git }),
    versions: {
      ...record.versions,
      node: process.versions.node,
      onnxruntime: runtime.version,
      device: runtime.device,
      system: `${os.type()} ${os.release()} ${os.arch()}`,
      processor: os.cpus()[0]?.model.trim() ?? '',
    },
  });
}

/** A resumed run goes on with the data that it began with, or not at all. */
function recordData(journal: RunJournal, data: TrainingData): void {
  const { record } = journal;
  if (record.data && record.data.sha256 !== data.fingerprint.sha256) {
    throw new InputError({
      file: data.fingerprint.path,
      problem: t('The data has changed since the run began.'),
      nextStep: t('Restore the data, or start a new run.'),
    });
  }
  const { labels } = data.training.data;
  journal.update({
    data: data.fingerprint,
    ...(data.validationFingerprint && { validationData: data.validationFingerprint }),
    samples: { training: data.training.samples.length, validation: data.validation.samples.length },
    ...(labels.kind === 'classes' && { classes: labels.names }),
    normalization: data.normalization,
  });
}

function logStart(
  journal: RunJournal,
  network: Network,
  data: TrainingData,
  { runtime, threads }: { runtime: OnnxRuntime; threads: number },
): void {
  const { record } = journal;
  journal.log(t('Run {0}', record.id));
  journal.log(t('Scheme {0}', record.scheme.path));
  if (record.classes) journal.log(t('{0} classes: {1}', record.classes.length, record.classes.slice(0, 20).join(', ')));
  journal.log(
    t('samples: {0} to train, {1} to validate', data.training.samples.length, data.validation.samples.length),
  );
  journal.log(t('{0}, {1}, computed on {2}', parametersText(network.parameters), threadsText(threads), runtime.device));
}

function freshTensors(network: Network, seed: number): Map<string, StoredTensor> {
  const weights = initialWeights(network, seed);
  return new Map([...weights].map(([name, values]) => [name, { dims: [values.length], values }]));
}

function openEvents(
  journal: RunJournal,
  { data, model }: Scheme,
  learner: Learner,
  position: Position,
  text: string,
): void {
  const hyperparameters = {
    learning_rate: model.learningRate,
    batch_size: data.batchSize,
    iteration: model.iteration,
    optimizer: model.optimizer.type,
    loss: model.loss,
    seed: model.seed,
    normalize: data.normalize,
  };
  journal.openEvents(position.step, hyperparameters, tagsOf(learner.metrics, ['validation']), text);
}

/** With early stopping the exported weights are the best epoch's. */
async function bestCheckpoint(
  scheme: Scheme,
  { end }: LoopOutcome,
  checkpoints: CheckpointFolder,
): Promise<Checkpoint | undefined> {
  return scheme.model.earlyStopping && end === 'finished' ? checkpoints.read('best') : undefined;
}

class Exporter {
  constructor(
    private readonly journal: RunJournal,
    private readonly network: Network,
    private readonly learner: Learner,
    private readonly data: TrainingData,
  ) {}

  async model(position: Position, weights: 'last' | 'best'): Promise<void> {
    const { normalization } = this.data;
    await writeModel(this.journal.folder, this.network, this.learner.weights(), {
      normalization,
      record: this.journal.record,
    });
    this.journal.update({ model: { weights, epoch: position.epoch } });
  }

  /** A stopped run's validation data is evaluated only as far as a few seconds go. */
  async final(scheme: Scheme, { end, position }: LoopOutcome, best: Checkpoint | undefined): Promise<void> {
    if (best) this.learner.restore(best.tensors);
    await this.model(best?.position ?? position, best ? 'best' : 'last');
    const deadline = end === 'finished' ? Number.POSITIVE_INFINITY : Date.now() + 3000;
    const { validation } = this.data;
    const written = await writeEvaluation(
      this.journal.folder,
      this.learner,
      validation,
      scheme.data.batchSize,
      () => Date.now() < deadline,
    );
    if (!written) this.journal.log(t('There was no time left to write evaluation.npz.'));
  }
}
