/**
 * Alignment of 20,000 nodes with 5 % edits, and the whole `matchdown match --no-numeric` of 2,000-node exports whose names
 * all differ, start included, beside the start of Node alone.
 *
 *   node esbuild.mjs && node out/test/benchmark/match.bench.js [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { randomNumbers } from '../../core/compile/weights';
import { align } from '../../core/match/align';
import type { GraphNode } from '../../core/match/graph';
import { projectRoot } from '../support/projectRoot';
import { writeOnnxFile } from './onnxFiles';

const NODES = 20_000;
const EDITED = 0.05;
const OPERATORS = ['convolution', 'Relu', 'add', 'norm', 'max_pooling', 'Concat', 'multiply', 'Sigmoid'];

function main(): void {
  const rounds = Number(process.argv[2] ?? 7);
  console.table({ alignment: alignmentRow(rounds), 'whole match': wholeRow(rounds) });
}

/** The first round, cold as a user's is, and the median; labels are made anew in each. */
function alignmentRow(rounds: number): Record<string, string> {
  const times: number[] = [];
  let right = 0;
  let possible = 0;
  for (let round = 0; round < rounds; round++) {
    const { intended, exported, truth } = edited(randomNumbers(`${round}`));
    const start = performance.now();
    const pairs = align(intended, exported);
    times.push(performance.now() - start);
    for (const [at, place] of truth.entries()) {
      if (place < 0) continue;
      possible++;
      if (pairs[at] === place) right++;
    }
  }
  const first = times[0]!;
  return shown(first, times, `${((100 * right) / possible).toFixed(2)} % right`);
}

/** A network of repeated blocks, and the same with nodes taken out, put in and changed: a third of the edits each. */
function edited(random: () => number): { intended: GraphNode[]; exported: GraphNode[]; truth: number[] } {
  const intended = Array.from({ length: NODES }, (_, at) => nodeAt(at, (at >> 3) % 23));
  const exported: GraphNode[] = [];
  const truth = intended.map((node, at) => {
    const draw = random() / EDITED;
    if (draw < 1 / 3) return -1;
    if (draw < 2 / 3) exported.push({ ...nodeAt(at, 0), op: 'Identity' });
    exported.push(draw < 1 && draw >= 2 / 3 ? nodeAt(at, 100) : { ...node });
    return exported.length - 1;
  });
  return { intended, exported, truth };
}

function nodeAt(at: number, channel: number): GraphNode {
  const op = at % 4 === 0 ? 'convolution' : OPERATORS[(at * 7 + (at >> 6)) % OPERATORS.length]!;
  return {
    op,
    inputs: [],
    outputs: [],
    attributes: new Map(),
    settings: { channel, kernel: [3, 3], stride: [1, 1] },
    parameters: new Map(),
    origin: [],
    applied: [],
    dropouts: [],
  };
}

function wholeRow(rounds: number): Record<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'matchdown-bench-'));
  try {
    const [intended, exported] = ['intended.onnx', 'exported.onnx'].map((name) => path.join(folder, name));
    writeOnnxFile(intended!, { blocks: 500, channels: 8 });
    writeOnnxFile(exported!, { blocks: 500, channels: 8, scope: 'module' });
    const cli = path.join(projectRoot, 'dist/cli.js');
    const match = (): number => timed([cli, 'match', intended!, exported!, '--no-numeric', '--format', 'json']);
    const first = match();
    const times: number[] = [];
    const starts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(match());
      starts.push(timed(['-e', '0']));
    }
    return shown(first, times, `Node alone: ${median(starts).toFixed(0)} ms`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timed(args: readonly string[]): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(stderr || stdout.slice(0, 2000));
  return elapsed;
}

function shown(first: number, times: number[], note: string): Record<string, string> {
  return { first: `${first.toFixed(0)} ms`, median: `${median(times).toFixed(0)} ms`, note };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

main();
