import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainerResult } from '../../core/runs/result';
import { trainerPackage } from '../../engine/entryPoint';
import { sha256Hex } from '../../engine/hash';
import { decodeSafetensors } from '../../engine/training/checkpoint';
import { projectRoot } from '../support/projectRoot';
import type { TrainingFolder } from './trainingFixture';

/** The environment in which a Python finds the trainer. */
export function trainerEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PYTHONPATH: _, ...inherited } = process.env;
  const ours = { PYTHONPATH: trainerPackage(), PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C' };
  return { ...inherited, OMP_NUM_THREADS: '1', ...ours, ...more };
}

export interface EndedProcess {
  readonly code: number | null;
  readonly output: string;
}

/** A Python process that knows the trainer, and its output as it comes. */
export class PythonProcess {
  readonly child;
  readonly ended: Promise<EndedProcess>;
  output = '';

  constructor(python: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(python, argv, { env: trainerEnvironment(environment), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, output: this.output }));
    });
  }
}

/** Runs one of the programs of `test/python` that use the trainer, to its end; its output. */
export async function runTrainerProgram(python: string, name: string, ...argv: readonly string[]): Promise<string> {
  const program = path.join(projectRoot, 'test', 'python', name);
  const { code, output } = await new PythonProcess(python, [program, ...argv]).ended;
  assert.equal(code, 0, output);
  return output;
}

export function emptyFolder(...parts: readonly string[]): string {
  const folder = path.join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Without a bias, which before a batch norm has a gradient of nothing but rounding errors. */
export const conv = {
  type: 'conv2d_set',
  kernel: [3, 3],
  channel: 4,
  activation: 'relu',
  batch_normalization: true,
  use_bias: false,
};
export const plain = { 'model.network': [conv], 'data.augmentation': { flip_horizontal: true, shift: 0.1 } };

/** A run's folder as a launcher makes it, for a scheme of a `TrainingFolder`. */
export class RunFolder {
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

export const resultOf = (folder: string): TrainerResult => readJson(path.join(folder, 'result.json')) as TrainerResult;

export function tensorsOf(folder: string, name: string): Map<string, Float32Array> {
  const file = path.join(folder, 'checkpoints', `${name}.safetensors`);
  const { tensors } = decodeSafetensors(file, readFileSync(file));
  return new Map([...tensors].map(([key, { values }]) => [key, values]));
}

/** Parameters, buffers and what the optimizer keeps. */
export function assertSameWeights(expected: string, actual: string, name: string): void {
  const [theirs, ours] = [tensorsOf(expected, name), tensorsOf(actual, name)];
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [key, values] of ours) {
    const scale = theirs.get(key)!.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
    for (const [i, value] of values.entries())
      assertClose(value / scale, theirs.get(key)![i]! / scale, `${name}: ${key}[${i}]`);
  }
}

/** Float32 in another order of sums, over some dozens of steps. */
const close = 2e-3;

export function assertClose(actual: number | undefined, expected: number | undefined, what: string): void {
  assert.ok(actual !== undefined && expected !== undefined, what);
  assert.ok(
    Math.abs(actual - expected) <= close * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

/** A run's scalars, images, texts and plugins as TensorBoard reads them, as JSON. */
export const accumulatorProgram = `
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
