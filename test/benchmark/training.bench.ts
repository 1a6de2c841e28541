/**
 * Images per second of a training step: our graph in ONNX Runtime against PyTorch at its best (threads, layout, malloc
 * settings), alternating in one run, on the sample scheme.
 *
 *   node out/test/benchmark/training.bench.js [BATCH...]        MATCHDOWN_TEST_PYTHON names a Python with torch
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { blockSizeProbe, blockSizeProbeDims } from '../../core/compile/blockedLayout';
import { fillDropoutMask, maskSeed } from '../../core/compile/dropoutMask';
import { elements } from '../../core/compile/layout';
import { compileTraining, stepScalars, type TrainingGraph, type TrainingOptions } from '../../core/compile/training';
import { initialWeights, randomNumbers } from '../../core/compile/weights';
import { encodeModel } from '../../core/onnx/write';
import { analyze } from '../../core/shape/analyze';
import type { Network } from '../../core/shape/network';
import { installedPython } from '../support/python.mjs';

/** glibc otherwise gives the big buffers back to the kernel at every step: a third of PyTorch's speed. */
const mallocSettings = { MALLOC_MMAP_THRESHOLD_: '8589934592', MALLOC_TRIM_THRESHOLD_: '17179869184' };

async function main(): Promise<void> {
  const batches = process.argv.slice(2).map(Number);
  const network = sampleNetwork();
  const python = installedPython();
  if (!python) throw new Error('There is no Python with torch: set MATCHDOWN_TEST_PYTHON.');
  const torch = new Torch(python);
  const table: Record<string, unknown>[] = [];
  for (const batch of batches.length > 0 ? batches : [500, 64]) table.push(await compare(network, torch, batch));
  torch.end();
  console.table(table);
}

function sampleNetwork(): Network {
  const { network, diagnostics } = analyze(readFileSync('examples/shapes/model_scheme_sample.json', 'utf8'));
  if (!network) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return network;
}

async function compare(network: Network, torch: Torch, batch: number): Promise<Record<string, unknown>> {
  const [threads, ours] = await Trainer.best(network, batch, { blockSize: await blockSize() });
  const plain = await Trainer.open(network, batch, { fusions: false }, threads);
  const best = await torch.best(batch);
  const rounds = batch > 200 ? 16 : 60;
  const times = { ours: [] as number[], plain: [] as number[], torch: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await ours.step());
    times.torch.push(...(await torch.steps({ ...best, batch }, 1)));
    times.plain.push(await plain.step());
  }
  const [ourTime, plainTime, torchTime] = [times.ours, times.plain, times.torch].map(undisturbed);
  return {
    batch,
    'ours, images/s': Math.round((batch / ourTime) * 1000),
    'one by one': Math.round((batch / plainTime) * 1000),
    'ours at': threadsText(threads),
    'PyTorch, images/s': Math.round((batch / torchTime) * 1000),
    'PyTorch at': `${threadsText(best.threads)}${best.channelsLast ? ', channels last' : ''}`,
    ratio: Math.round((torchTime / ourTime) * 100) / 100,
  };
}

/** Channels per block on this machine; undefined where the runtime has no such layout. */
async function blockSize(): Promise<number | undefined> {
  try {
    const session = await InferenceSession.create(encodeModel(blockSizeProbe()));
    const input = new Tensor('float32', new Float32Array(elements(blockSizeProbeDims)), [...blockSizeProbeDims]);
    return (await session.run({ input })).output.dims[1];
  } catch {
    return undefined;
  }
}

class Trainer {
  private step_ = 0;

  private constructor(
    private readonly graph: TrainingGraph,
    private readonly session: InferenceSession,
    private readonly batch: Record<string, Tensor>,
    private readonly masks: readonly { readonly bytes: Uint8Array; readonly rate: number }[],
    private state: Record<string, Tensor>,
  ) {}

  /** With as many threads as are fastest now: on a busy machine that is one. */
  static async best(network: Network, batch: number, options: TrainingOptions): Promise<[number, Trainer]> {
    const tries: { threads: number; trainer: Trainer; time: number }[] = [];
    for (const threads of [2, 1]) {
      const trainer = await Trainer.open(network, batch, options, threads);
      const times: number[] = [];
      for (let step = 0; step < 6; step++) times.push(await trainer.step());
      tries.push({ threads, trainer, time: undisturbed(times) });
    }
    const [{ threads, trainer }] = tries.sort((left, right) => left.time - right.time);
    return [threads, trainer];
  }

  static async open(network: Network, batch: number, options: TrainingOptions, threads: number): Promise<Trainer> {
    const graph = compileTraining(network, options);
    const session = await InferenceSession.create(encodeModel(graph.model), {
      logSeverityLevel: 3,
      intraOpNumThreads: threads,
      // 'all' would bring the poolings into a blocked layout and back, which costs more than it gains.
      graphOptimizationLevel: 'extended',
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    const random = randomNumbers('benchmark');
    const input = Float32Array.from({ length: batch * elements(graph.input.dims) }, random);
    const target = BigInt64Array.from({ length: batch }, () => BigInt(Math.floor(random() * 3)));
    const feeds: Record<string, Tensor> = {
      input: new Tensor('float32', input, [batch, ...graph.input.dims]),
      target: new Tensor('int64', target, [batch]),
    };
    const masks = graph.masks.map(({ name, dims, rate }) => {
      const bytes = new Uint8Array(batch * elements(dims));
      feeds[name] = new Tensor('uint8', bytes, [batch, ...dims]);
      return { bytes, rate };
    });
    const weights = initialWeights(network, 0);
    const state = graph.state.map(({ name, dims }) => {
      const values = weights.get(name) ?? new Float32Array(elements(dims));
      return [name, new Tensor('float32', values, [...dims])] as const;
    });
    const trainer = new Trainer(graph, session, feeds, masks, Object.fromEntries(state));
    await trainer.step();
    return trainer;
  }

  /** Milliseconds of one step, dropout masks included. */
  async step(): Promise<number> {
    const start = performance.now();
    this.step_++;
    for (const [index, { bytes, rate }] of this.masks.entries()) {
      fillDropoutMask(bytes, rate, maskSeed(0, this.step_, index));
    }
    const scalars = [...stepScalars(this.graph.optimizer, this.step_, 0.001)].map(
      ([name, value]) => [name, new Tensor('float32', Float32Array.of(value), [])] as const,
    );
    const results = await this.session.run({ ...this.state, ...this.batch, ...Object.fromEntries(scalars) });
    this.state = Object.fromEntries(this.graph.state.map(({ name, output }) => [name, results[output]]));
    return performance.now() - start;
  }
}

interface TorchSettings {
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
    const lines: Interface = createInterface({ input: this.process.stdout! });
    this.lines = lines[Symbol.asyncIterator]();
  }

  async steps(settings: TorchSettings & { readonly batch: number }, steps: number): Promise<number[]> {
    this.process.stdin!.write(`${JSON.stringify({ ...settings, steps })}\n`);
    const answer = JSON.parse((await this.lines.next()).value) as { milliseconds: number[] };
    return answer.milliseconds;
  }

  async best(batch: number): Promise<TorchSettings> {
    const tries: { settings: TorchSettings; time: number }[] = [];
    for (const threads of [2, 1]) {
      for (const channelsLast of [false, true]) {
        const settings = { threads, channelsLast };
        tries.push({ settings, time: undisturbed(await this.steps({ ...settings, batch }, 6)) });
      }
    }
    return tries.sort((left, right) => left.time - right.time)[0].settings;
  }

  end(): void {
    this.process.stdin!.end();
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
