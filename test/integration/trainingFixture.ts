import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zipSync } from 'fflate';
import { Random } from '../../core/random';
import type { RunRecord } from '../../core/runs/record';
import { encodeNpy } from '../../engine/data/npy';
import { followRun } from '../../engine/runs/follow';
import { type LaunchOptions, launchEmbedded } from '../../engine/runs/launch';
import { readRecord } from '../../engine/runs/store';
import { temporaryFolder } from '../support/temporaryFolder.mjs';

// The trainer speaks the language of whoever starts it; the tests read English.
process.env.LC_ALL = 'C';
delete process.env.VSCODE_NLS_CONFIG;

const root = temporaryFolder();
let count = 0;

/** A folder with a scheme and data that it learns in a second: noisy images, bright at the top, at the bottom or in the middle. */
export class TrainingFolder {
  readonly folder: string;
  readonly schemeFile: string;
  readonly runsFolder: string;

  /** Keys like `model.iteration`. */
  constructor(changes: Readonly<Record<string, unknown>> = {}, name = 'project') {
    this.folder = path.join(root, String(count++), name);
    this.schemeFile = path.join(this.folder, 'model_scheme.json');
    this.runsFolder = path.join(this.folder, 'runs');
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(path.join(this.folder, 'data.npz'), stripes(120));
    writeFileSync(this.schemeFile, JSON.stringify(changed(scheme(), changes), null, 2));
  }

  async launch(options: Partial<LaunchOptions> = {}): Promise<string> {
    const outcome = await launchEmbedded({
      schemeFile: this.schemeFile,
      runsFolder: this.runsFolder,
      threads: 1,
      ...options,
    });
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
    return outcome.folder;
  }

  async train(options: Partial<LaunchOptions> = {}): Promise<{ folder: string; record: RunRecord }> {
    const folder = await this.launch(options);
    return { folder, record: await ended(folder) };
  }
}

/** Milliseconds in which a run stops by itself also on a slow and busy machine. */
export const patience = 120_000;

/** Enough epochs that a run does not end by itself. */
export const forever = { 'model.iteration': 1_000_000, 'model.save_interval': 5 };

export function ended(folder: string): Promise<RunRecord> {
  return followRun(folder, () => undefined, AbortSignal.timeout(120_000));
}

/** The record as soon as it is as wanted. */
export async function waitFor(folder: string, isAsWanted: (record: RunRecord) => boolean): Promise<RunRecord> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
    const record = await readRecord(folder);
    if (isAsWanted(record)) return record;
  }
  return assert.fail('The run did not come so far.');
}

export const hasTrained = (record: RunRecord): boolean =>
  (record.progress?.step ?? 0) > 3 && record.model !== undefined;

const convolution = [
  { type: 'conv2d_set', kernel: [3, 3], channel: 4, activation: 'relu', batch_normalization: true, dropout: 0.2 },
];

/** The network with a head of its own. */
export const withHead = (unit: number): readonly unknown[] => [...convolution, { type: 'dense_set', unit }];

function scheme(): Record<string, unknown> {
  return {
    data: { batch_size: 16, image_size: [8, 8, 1], label_dim: 3, normalize: 'z_score', data_path: 'data.npz' },
    model: {
      learning_rate: 0.01,
      iteration: 4,
      seed: 7,
      network: convolution,
    },
  };
}

function changed(value: Record<string, unknown>, changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const [key, change] of Object.entries(changes)) {
    const [section, name] = key.split('.') as [string, string];
    (value[section] as Record<string, unknown>)[name] = change;
  }
  return value;
}

/** `x` and `y` of an `.npz` file; labels as numbers, or as rows with a 1. */
export function stripes(count: number, oneHot = false): Uint8Array {
  const random = new Random(1);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Float32Array.from({ length: count * 64 }, (_, i) => {
    const row = Math.floor((i % 64) / 8);
    const isBright = Math.floor(row / 3) === labels[Math.floor(i / 64)];
    return (isBright ? 90 : 50) + 100 * random.uniform();
  });
  const rows = {
    dims: [count, 3],
    values: Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === labels[Math.floor(i / 3)] ? 1 : 0)),
  };
  return zipSync({
    'x.npy': encodeNpy({ dims: [count, 8, 8, 1], values: pixels }),
    'y.npy': encodeNpy(oneHot ? rows : { dims: [count], values: BigInt64Array.from(labels, BigInt) }),
  });
}
