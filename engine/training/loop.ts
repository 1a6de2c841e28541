import { t } from '../../core/l10n';
import type { Scheme } from '../../core/scheme/types';
import { InputError } from '../errors';
import { BatchMaker, shuffled } from './batches';
import { type CheckpointFolder, epochName, type Position } from './checkpoint';
import { EpochSums, isBetter, tagsOf } from './epochSums';
import type { RunJournal } from './journal';
import type { Learner } from './learner';
import { MaskSource } from './masks';
import { learningRate } from './schedule';
import type { StopRequest } from './stopRequest';
import type { TrainingData } from './trainingData';

export interface LoopParts {
  readonly scheme: Scheme;
  readonly data: TrainingData;
  readonly learner: Learner;
  readonly journal: RunJournal;
  readonly checkpoints: CheckpointFolder;
  readonly stop: StopRequest;
  /** Called with every checkpoint, so that a model can be looked at while the run goes on. */
  readonly exportModel: (position: Position) => Promise<void>;
}

export interface LoopOutcome {
  readonly end: 'finished' | 'stopped';
  readonly position: Position;
}

/**
 * Trains from a position to the last epoch, until early stopping, or until asked to stop; then writes a last checkpoint.
 * Everything random follows from the seed and the position, so that a resumed training is the same as an uninterrupted one.
 */
export class TrainingLoop {
  private readonly batches: BatchMaker;
  private readonly validationBatches: BatchMaker;
  private readonly masks: MaskSource;
  private readonly batchSize: number;
  private readonly batchesPerEpoch: number;
  private readonly monitor: string;
  private throughput = 0;

  constructor(
    private readonly parts: LoopParts,
    private position: Position,
  ) {
    const { scheme, data, learner } = parts;
    this.batchSize = Math.min(scheme.data.batchSize, data.training.samples.length);
    this.batchesPerEpoch = Math.ceil(data.training.samples.length / this.batchSize);
    this.batches = new BatchMaker(data.training.data, learner.training, this.batchSize, scheme.data.augmentation);
    this.validationBatches = new BatchMaker(data.validation.data, learner.training, this.batchSize);
    this.masks = new MaskSource(learner.training.masks, this.batchSize, scheme.model.seed);
    this.monitor = this.monitoredTag();
  }

  async run(): Promise<LoopOutcome> {
    while (!this.isOver) {
      if (!(await this.epoch())) return this.stopped();
    }
    if (this.position.epoch < this.parts.scheme.model.iteration) this.logEarlyStop();
    return { end: 'finished', position: this.position };
  }

  private get isOver(): boolean {
    const { iteration, earlyStopping } = this.parts.scheme.model;
    const { best, epoch } = this.position;
    const patienceIsOver = earlyStopping && best && epoch - best.epoch >= earlyStopping.patience;
    return epoch >= iteration || patienceIsOver === true;
  }

  /** False when the run was asked to stop before the epoch was complete. */
  private async epoch(): Promise<boolean> {
    const sums = new EpochSums(this.parts.learner.metrics, this.position.sums);
    if (!(await this.trainEpoch(sums))) return false;
    const validation = await this.validate();
    if (!validation) return false;
    const { epoch, step } = this.position;
    const values: Readonly<Record<string, number>> = {
      ...sums.values('train'),
      ...validation.values('validation'),
      learning_rate: this.rateAt(step - 1),
      'throughput/samples_per_second': this.throughput,
    };
    const best = this.better(values[this.monitor], epoch + 1);
    this.position = { epoch: epoch + 1, batch: 0, step, sums: {}, ...(best && { best }) };
    this.report(values);
    await this.save(best?.epoch === epoch + 1);
    return true;
  }

  private async trainEpoch(sums: EpochSums): Promise<boolean> {
    const { data, scheme, stop } = this.parts;
    const { epoch } = this.position;
    const order = shuffled(data.training.samples, scheme.model.seed, epoch);
    const start = performance.now();
    let samples = 0;
    while (this.position.batch < this.batchesPerEpoch) {
      if (stop.requested) return false;
      const { batch, step } = this.position;
      const chosen = order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
      await this.step(chosen, step + 1, sums);
      this.position = { ...this.position, batch: batch + 1, step: step + 1, sums: sums.toJson() };
      samples += chosen.length;
      this.throughput = (1000 * samples) / (performance.now() - start);
      this.parts.journal.progress(this.progress(), sums.values('train'));
    }
    return true;
  }

  private async step(chosen: Int32Array, step: number, sums: EpochSums): Promise<void> {
    const { learner, scheme } = this.parts;
    const batch = this.batches.make(chosen, [scheme.model.seed, this.position.epoch]);
    const result = await learner.step(batch, this.masks.fill(step, batch.count), step, this.rateAt(step - 1));
    if (!Number.isFinite(result.loss)) throw this.diverged(step);
    sums.add(batch.count, result);
  }

  /** Undefined when the run was asked to stop. */
  private async validate(): Promise<EpochSums | undefined> {
    const { data, learner, stop } = this.parts;
    const sums = new EpochSums(learner.metrics);
    const { samples } = data.validation;
    for (let at = 0; at < samples.length; at += this.batchSize) {
      if (stop.requested) return undefined;
      const batch = this.validationBatches.make(samples.subarray(at, at + this.batchSize));
      sums.add(batch.count, await learner.evaluate(batch));
      this.parts.journal.progress(this.progress(), sums.values('validation'));
    }
    return sums;
  }

  private better(value: number | undefined, epoch: number): Position['best'] {
    const { best } = this.position;
    if (value === undefined || !Number.isFinite(value)) return best;
    if (best === undefined) return { value, epoch };
    return isBetter(this.monitor, value, best.value) ? { value, epoch } : best;
  }

  private async save(isBest: boolean): Promise<void> {
    const { scheme, learner, checkpoints, exportModel } = this.parts;
    const { epoch } = this.position;
    const isDue = epoch % scheme.model.saveInterval === 0;
    const names = [
      ...(isDue ? [epochName(epoch)] : []),
      ...(isDue || this.isOver ? ['last'] : []),
      ...(isBest ? ['best'] : []),
    ];
    await checkpoints.write({ position: this.position, tensors: learner.state() }, names);
    if (isDue) await exportModel(this.position);
  }

  private async stopped(): Promise<LoopOutcome> {
    await this.parts.checkpoints.write({ position: this.position, tensors: this.parts.learner.state() }, ['last']);
    return { end: 'stopped', position: this.position };
  }

  private logEarlyStop(): void {
    const { journal } = this.parts;
    const best = this.position.best?.epoch ?? 0;
    journal.log(t('No better {0} since epoch {1}: stopping early.', this.monitor, best));
  }

  private report(values: Readonly<Record<string, number>>): void {
    const { journal } = this.parts;
    journal.epoch(values, this.progress());
    journal.log(epochLine(this.position.epoch, this.parts.scheme.model.iteration, values));
  }

  private progress() {
    const { epoch, batch, step } = this.position;
    const { iteration } = this.parts.scheme.model;
    const { length } = this.parts.data.training.samples;
    const samplesLeft = (iteration - epoch) * length - Math.min(batch * this.batchSize, length);
    return {
      epoch: Math.min(epoch + 1, iteration),
      epochs: iteration,
      step,
      samplesPerSecond: this.throughput,
      ...(this.throughput > 0 && { secondsLeft: samplesLeft / this.throughput }),
    };
  }

  private rateAt(step: number): number {
    return learningRate(this.parts.scheme.model, step, this.batchesPerEpoch);
  }

  private monitoredTag(): string {
    const { scheme, learner, data } = this.parts;
    const parts = data.validation.samples.length > 0 ? (['train', 'validation'] as const) : (['train'] as const);
    const tags = tagsOf(learner.metrics, parts);
    const asked = scheme.model.earlyStopping?.monitor;
    if (asked === undefined) return `loss/${parts.at(-1)}`;
    if (tags.includes(asked)) return asked;
    throw new InputError({
      file: this.parts.journal.record.scheme.path,
      place: 'model.early_stopping.monitor',
      problem: t('This run has no {0}.', asked),
      nextStep: t('Take one of: {0}.', tags.join(', ')),
    });
  }

  private diverged(step: number): InputError {
    const { record } = this.parts.journal;
    return new InputError({
      file: record.scheme.path,
      place: t('epoch {0}, step {1}', this.position.epoch + 1, step),
      problem: t('The loss is no longer a number.'),
      nextStep: t('Lower model.learning_rate ({0}), or set data.normalize.', this.rateAt(step - 1)),
    });
  }
}

/** `epoch 3/50  loss 0.4213  loss/validation 0.5102  ...` */
function epochLine(epoch: number, epochs: number, values: Readonly<Record<string, number>>): string {
  const parts = Object.entries(values).map(([tag, value]) => `${tag} ${formatValue(value)}`);
  return [`epoch ${epoch}/${epochs}`, ...parts].join('  ');
}

const formatValue = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
