/**
 * Alignment of 20,000 nodes with 5 % edits, comparison of graphs that are hard to align, and the whole
 * `matchdown match --no-numeric` of exports whose names all differ, start included, beside the start of Node alone.
 *
 * Times are of the first time, cold as a user's is, and medians; processor time of all threads, which hardly depends on what
 * else the machine does, with the time on the clock beside it.
 *
 *   node esbuild.mjs && node out/test/benchmark/match.bench.js [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { randomNumbers } from '../../core/compile/weights';
import type { MatchSide } from '../../core/match/canonical/side';
import { type Alignment, align } from '../../core/match/compare/align';
import { compareSides } from '../../core/match/compare/compare';
import type { GraphNode } from '../../core/match/graph/graph';
import { type Attribute, DataType } from '../../core/onnx/model';
import { parseModel } from '../../core/onnx/parseText';
import { projectRoot } from '../support/projectRoot';
import { writeOnnxFile } from './onnxFiles';

const NODES = 20_000;
const EDITED = 0.05;
const OPERATORS = ['convolution', 'Relu', 'add', 'norm', 'max_pooling', 'Concat', 'multiply', 'Sigmoid'];

interface Time {
  /** Milliseconds. */
  readonly processor: number;
  readonly clock: number;
}

function main(): void {
  const rounds = Number(process.argv[2] ?? 7);
  console.table({
    [`alignment of ${NODES} nodes`]: alignmentRow(rounds),
    ...Object.fromEntries(Object.entries(hardGraphs()).map(([name, graphs]) => [name, comparisonRow(...graphs)])),
    'whole match of 2,000 nodes': wholeRow(500, rounds),
    'whole match of 20,000 nodes': wholeRow(5000, Math.ceil(rounds / 3)),
  });
}

/** Labels are made anew in each round. */
function alignmentRow(rounds: number): Record<string, string> {
  const times: Time[] = [];
  let right = 0;
  let possible = 0;
  for (let round = 0; round < rounds; round++) {
    const { intended, exported, truth } = edited(randomNumbers(`${round}`));
    let pairs: Alignment = new Int32Array(0);
    times.push(
      timed(() => {
        pairs = align(intended, exported);
      }),
    );
    for (const [at, place] of truth.entries()) {
      if (place < 0) continue;
      possible++;
      if (pairs[at] === place) right++;
    }
  }
  return row(times, `${((100 * right) / possible).toFixed(2)} % right`);
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

const MANY = 50_000;

/** Where algorithms that are quick on real networks are slow. */
function hardGraphs(): Record<string, [MatchSide, MatchSide]> {
  const leaky = (alpha: (at: number) => number) =>
    chain((at) => ['LeakyRelu', new Map([['alpha', { type: 'float', value: alpha(at) }]])]);
  const fan = chain((at) => ['Tanh', new Map(), at === MANY - 1 ? undefined : 'x']);
  const forwards = leaky((at) => at / MANY);
  return {
    [`${MANY} times the same in a row`]: [chain(() => ['Tanh']), chain(() => ['Tanh'])],
    [`${MANY} in reversed order`]: [forwards, leaky((at) => 1 - at / MANY)],
    [`${MANY} with nothing in common`]: [chain((at) => [`A${at}`]), chain((at) => [`B${at}`])],
    [`${MANY} users of one value`]: [fan, fan],
  };
}

type ChainNode = [op: string, attributes?: ReadonlyMap<string, Attribute>, input?: string];

/** Each node has the output of the one before, unless it says another; what nobody uses is an output. */
function chain(nodeOf: (at: number) => ChainNode): MatchSide {
  const value = (name: string) => ({ name, dataType: DataType.float, shape: ['batch', 8] });
  const used = new Set<string>();
  const nodes = Array.from({ length: MANY }, (_, at) => {
    const [opType, attributes = new Map(), input = at === 0 ? 'x' : `v${at - 1}`] = nodeOf(at);
    used.add(input);
    return { name: '', opType, domain: '', inputs: [input], outputs: [`v${at}`], attributes };
  });
  const outputs = nodes.flatMap((node) => node.outputs.filter((name) => !used.has(name)));
  const graph = { name: '', nodes, initializers: [], inputs: [value('x')], outputs: outputs.map(value), valueInfo: [] };
  const model = parseModel('g (float[1] x) => (float[1] y) { y = Relu(x) }');
  return { file: 'model.onnx', model: { ...model, graph }, source: {} };
}

function comparisonRow(intended: MatchSide, exported: MatchSide): Record<string, string> {
  let rows = 0;
  const time = timed(() => {
    rows = compareSides(intended, exported).rows.length;
  });
  return row([time], `${rows} rows`);
}

function wholeRow(blocks: number, rounds: number): Record<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'matchdown-bench-'));
  try {
    const [intended, exported] = ['intended.onnx', 'exported.onnx'].map((name) => path.join(folder, name));
    writeOnnxFile(intended!, { blocks, channels: 8 });
    writeOnnxFile(exported!, { blocks, channels: 8, scope: 'module' });
    const report = path.join(folder, 'report.cjs');
    writeFileSync(report, `process.on('exit', () => require('fs').writeSync(3, JSON.stringify(process.cpuUsage())));`);
    const node = ['--require', report];
    const match = [...node, path.join(projectRoot, 'dist/cli.js'), 'match', '--no-numeric', '--format', 'json'];
    const times: Time[] = [];
    const starts: Time[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(timedProcess([...match, intended!, exported!]));
      starts.push(timedProcess([...node, '-e', '0']));
    }
    return row(times, `Node alone: ${shown(median(starts))}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timed(work: () => void): Time {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { processor: (user + system) / 1000, clock };
}

/** A process of Node, which says at its end how much processor time it took. */
function timedProcess(args: readonly string[]): Time {
  const start = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const clock = performance.now() - start;
  if (status !== 0) throw new Error(stderr);
  const { user, system } = JSON.parse(output[3]!) as NodeJS.CpuUsage;
  return { processor: (user + system) / 1000, clock };
}

function row(times: readonly Time[], note: string): Record<string, string> {
  return { first: shown(times[0]!), median: shown(median(times)), note };
}

function shown({ processor, clock }: Time): string {
  return `${processor.toFixed(0)} ms (${clock.toFixed(0)})`;
}

function median(times: readonly Time[]): Time {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
  return { processor: middle(times.map(({ processor }) => processor)), clock: middle(times.map(({ clock }) => clock)) };
}

main();
