/**
 * Samples per second of a training step: the embedded trainer's learner against a hand-written PyTorch loop with its best number
 * of threads and malloc settings, alternating in one run, for networks of several kinds. PyTorch takes images as they come, and
 * beside that with the channels last, as its users seldom do.
 *
 *   node out/test/benchmark/training.bench.js [NAME...]        MATCHDOWN_TEST_PYTHON names a Python with torch
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { elements } from '../../core/compile/layout';
import { initialWeights, randomNumbers } from '../../core/compile/weights';
import { analyze } from '../../core/shape/analyze';
import type { Network } from '../../core/shape/network';
import { loadOnnxRuntime } from '../../engine/onnxRuntime';
import type { Batch } from '../../engine/training/batches';
import { Learner } from '../../engine/training/learner';
import { MaskSource } from '../../engine/training/masks';
import { installedPython } from '../support/python.mjs';
import { trainingCases } from './trainingCases';

/** glibc otherwise gives the big buffers back to the kernel at every step: a third of PyTorch's speed. */
const mallocSettings = { MALLOC_MMAP_THRESHOLD_: '8589934592', MALLOC_TRIM_THRESHOLD_: '17179869184' };

const warmUpSteps = 4;
const measuredSeconds = 20;

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const python = installedPython();
  if (!python) throw new Error('There is no Python with torch: set MATCHDOWN_TEST_PYTHON.');
  const table: Record<string, unknown>[] = [];
  for (const { name, scheme, batch } of trainingCases) {
    if (names.length > 0 && !names.includes(name)) continue;
    table.push(await compare(name, networkOf(scheme ?? readFileSync(sampleScheme, 'utf8')), batch, python));
    console.log(JSON.stringify(table.at(-1)));
  }
  console.table(table);
}

const sampleScheme = 'examples/shapes/model_scheme_sample.json';

function networkOf(scheme: string): Network {
  const { network, diagnostics } = analyze(scheme);
  if (!network) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return network;
}

async function compare(
  name: string,
  network: Network,
  batch: number,
  python: string,
): Promise<Record<string, unknown>> {
  const { threads, trainer } = await bestTrainer(network, batch);
  // Not before: while PyTorch is loaded, a second thread of ours has no processor.
  const torch = new Torch(python);
  const layouts = network.inputShape.length === 3 ? [false, true] : [false];
  const rivals: Rival[] = [];
  for (const channelsLast of layouts) rivals.push(await bestRival(torch, { name, batch, channelsLast }));
  const own = trainableParameters(network);
  for (const { parameters } of rivals)
    if (parameters !== own) throw new Error(`${name}: PyTorch has ${parameters} parameters, ours ${own}.`);
  const times: number[] = [];
  const end = performance.now() + measuredSeconds * 1000;
  while (performance.now() < end || times.length < 8) {
    times.push(await trainer.step());
    for (const rival of rivals) rival.times.push((await torch.step(rival.command)).milliseconds);
  }
  await torch.end();
  const ours = undisturbed(times);
  const columns = { network: name, batch, 'ours, samples/s': perSecond(batch, ours), 'ours at': threadsText(threads) };
  return Object.assign(columns, ...rivals.map((rival) => rivalColumns(rival, ours)));
}

/** PyTorch with one layout of images in memory, and its times. */
interface Rival {
  readonly command: TorchCommand;
  readonly parameters: number;
  readonly times: number[];
}

async function bestRival(torch: Torch, settings: Omit<TorchCommand, 'threads'>): Promise<Rival> {
  const tries: { command: TorchCommand; parameters: number; time: number }[] = [];
  for (const threads of [2, 1]) {
    const command = { ...settings, threads };
    const { parameters } = await torch.step(command);
    const times: number[] = [];
    for (let step = 0; step < warmUpSteps; step++) times.push((await torch.step(command)).milliseconds);
    tries.push({ command, parameters, time: Math.min(...times) });
  }
  return { ...tries.sort((left, right) => left.time - right.time)[0], times: [] };
}

function rivalColumns({ command, times }: Rival, ours: number): Record<string, unknown> {
  const { batch, threads, channelsLast } = command;
  const title = channelsLast ? 'channels last' : 'PyTorch';
  const time = undisturbed(times);
  return {
    [`${title}, samples/s`]: perSecond(batch, time),
    [`${title} at`]: threadsText(threads),
    [`ratio to ${title}`]: Math.round((time / ours) * 100) / 100,
  };
}

function perSecond(batch: number, milliseconds: number): number {
  return Math.round((batch / milliseconds) * 1000);
}

function trainableParameters({ operations }: Network): number {
  const trainable = operations.flatMap(({ parameters }) => parameters.filter((parameter) => parameter.trainable));
  return trainable.reduce((sum, { shape }) => sum + elements(shape), 0);
}

/** With as many threads as are fastest now: on a busy machine that is one. */
async function bestTrainer(network: Network, batch: number): Promise<{ threads: number; trainer: Trainer }> {
  const tries: { threads: number; trainer: Trainer; time: number }[] = [];
  for (const threads of [2, 1]) {
    const trainer = await Trainer.open(network, batch, threads);
    const times: number[] = [];
    for (let step = 0; step < warmUpSteps; step++) times.push(await trainer.step());
    tries.push({ threads, trainer, time: Math.min(...times) });
  }
  return tries.sort((left, right) => left.time - right.time)[0];
}

class Trainer {
  static async open(network: Network, batch: number, threads: number): Promise<Trainer> {
    const tensors = [...initialWeights(network, 0)].map(([name, values]) => {
      return [name, { dims: [values.length], values }] as const;
    });
    const learner = await Learner.create(network, {
      runtime: loadOnnxRuntime(),
      normalization: { kind: 'none' },
      threads,
      tensors: new Map(tensors),
    });
    return new Trainer(learner, randomBatch(network, learner, batch), new MaskSource(learner.training.masks, batch, 0));
  }

  private done = 0;

  private constructor(
    private readonly learner: Learner,
    private readonly batch: Batch,
    private readonly masks: MaskSource,
  ) {}

  /** Milliseconds of one step, dropout masks included. */
  async step(): Promise<number> {
    const start = performance.now();
    this.done++;
    await this.learner.step(this.batch, this.masks.fill(this.done, this.batch.count), this.done, 0.001);
    return performance.now() - start;
  }
}

function randomBatch({ scheme }: Network, { training }: Learner, count: number): Batch {
  const random = randomNumbers('benchmark');
  const whole = (length: number, limit: number): BigInt64Array =>
    BigInt64Array.from({ length }, () => BigInt(Math.floor(random() * limit)));
  const length = count * elements(training.input.dims);
  return {
    count,
    input:
      training.input.type === 'int64'
        ? whole(length, scheme.data.vocabulary!)
        : Float32Array.from({ length }, () => random()),
    target: whole(count, scheme.data.labelDim),
  };
}

interface TorchCommand {
  readonly name: string;
  readonly batch: number;
  readonly threads: number;
  readonly channelsLast: boolean;
}

/** PyTorch in its own process, so that it has its own malloc settings and is warm. */
class Torch {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(python: string) {
    const env = { ...process.env, ...mallocSettings };
    this.process = spawn(python, ['test/python/training_benchmark.py'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async step(command: TorchCommand): Promise<{ readonly milliseconds: number; readonly parameters: number }> {
    this.process.stdin!.write(`${JSON.stringify(command)}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error('PyTorch has ended.');
    return JSON.parse(line.value) as { milliseconds: number; parameters: number };
  }

  async end(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.stdin!.end();
    await exited;
  }
}

function threadsText(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** The lower quartile: what else the machine does makes steps slower and never faster. */
function undisturbed(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 4)];
}

void main();
