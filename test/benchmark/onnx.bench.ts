/**
 * The structure of an ONNX file: our reader beside Netron's parser and Python's `onnx.load`, each cold in a process of its
 * own, in turns. Netron's JavaScript is taken from PyPI into the cache of the tests; both need MATCHDOWN_TEST_PYTHON.
 * Netron gets its own file stream and schema; looking for other formats, which it does first, is left out of its time;
 * of external data, `onnx.load` leaves out the values. Two times are given, the fastest of all rounds, since whatever else the
 * machine does only adds to them: to read the file, and until every node, attribute and initializer was looked at. Netron makes all
 * of its objects when it reads. Beside them the processor time of all threads, to the end, as a median, and the most memory that
 * the process held over what it held before. Loading the programs is left out of these; a third time is that of the whole process,
 * as whoever opens a file waits for it: Node's start or Python's with its imports, until everything was looked at.
 *
 *   node esbuild.mjs --only onnx.bench && node out/test/benchmark/onnx.bench.js [ROUNDS [FILE...]]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { OnnxModel } from '../../core/onnx/model';
import { readModel } from '../../core/onnx/read';
import { FileSource } from '../../engine/matchSource';
import { cachedFolder } from '../support/cache.mjs';
import { mustRun } from '../support/processes.mjs';
import { installedPython } from '../support/python.mjs';
import { type FileKind, writeOnnxFile } from './onnxFiles';

const NETRON = '9.3.3';

const kinds: Readonly<Record<string, FileKind>> = {
  '1 MB': { blocks: 50, channels: 23 },
  '100 MB': { blocks: 150, channels: 136 },
  '2 GB': { blocks: 170, channels: 560 },
  '20,000 nodes': { blocks: 5000, channels: 2 },
  '2 GB beside': { blocks: 170, channels: 560, external: true },
};

interface Reading {
  /** Milliseconds until the file was read, and until everything was looked at. */
  readonly time: number;
  readonly visited: number;
  /** Of the whole process. */
  readonly whole: number;
  /** Milliseconds of all processors. */
  readonly processor: number;
  /** Megabytes. */
  readonly memory: number;
  /** Names, inputs, outputs and attributes of nodes, and dimensions of initializers. */
  readonly parts: number;
}

const pythonProgram = `
import json, os, re, sys, time
import onnx
def memory(what): return int(re.search(what + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1000
base = memory("VmRSS")
processor = time.process_time()
start = time.perf_counter()
model = onnx.load(sys.argv[1], load_external_data=not os.path.exists(sys.argv[1] + ".data"))
read = time.perf_counter()
parts = sum(len(node.input) + len(node.output) + sum(1 for each in node.attribute if each.name) for node in model.graph.node)
parts += sum(1 for node in model.graph.node if node.name) + sum(len(tensor.dims) for tensor in model.graph.initializer)
visited = time.perf_counter()
times = {"time": (read - start) * 1000, "visited": (visited - start) * 1000, "processor": (time.process_time() - processor) * 1000}
print(json.dumps({**times, "memory": memory("VmHWM") - base, "parts": parts}))
`;

const netronProgram = `
import { readFileSync, statSync } from 'node:fs';
import './base.js';
import { FileStream } from './node.js';
import { ModelFactory } from './onnx.js';
import * as protobuf from './protobuf.js';
import * as schema from './onnx-proto.js';
const memory = (what) => Number(new RegExp(what + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1000;
const [file, metadata] = [process.argv[2], readFileSync(new URL('onnx-metadata.json', import.meta.url), 'utf8')];
const base = memory('VmRSS');
const before = process.cpuUsage();
const start = performance.now();
const { size, mtimeMs } = statSync(file);
const stream = new FileStream(file, 0, size, mtimeMs);
const context = {
  identifier: 'model.onnx', stream,
  tags: async () => protobuf.BinaryReader.open(stream).signature(),
  peek: async () => undefined, read: async () => protobuf.BinaryReader.open(stream),
  require: async () => schema, asset: async () => metadata, error: (error) => { throw error; },
  set(type, value) { this.value = value; return type; },
};
const factory = new ModelFactory();
if (await factory.match(context) !== 'onnx.proto') throw new Error('not taken for an ONNX file');
const model = await factory.open(context);
const time = performance.now() - start;
let parts = 0;
const initializers = new Set();
for (const node of model.modules[0].nodes) {
  parts += 1 + node.outputs.reduce((sum, { value }) => sum + value.length, 0) + node.attributes.length;
  for (const { value } of node.inputs) {
    parts += value.length;
    for (const each of value) if (each.initializer) initializers.add(each);
  }
}
for (const { initializer } of initializers) parts += initializer.type.shape.dimensions.length;
const visited = performance.now() - start;
const { user, system } = process.cpuUsage(before);
const processor = (user + system) / 1000;
console.log(JSON.stringify({ time, visited, processor, memory: memory('VmHWM') - base, parts }));
`;

async function main(): Promise<void> {
  const [rounds = '7', ...names] = process.argv.slice(2);
  if (rounds === '--read') return console.log(JSON.stringify(readOnce(names[0]!)));
  const programs = await theirPrograms();
  const table: Record<string, unknown>[] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    if (names.length === 0 || names.includes(name)) table.push(compare(name, kind, Number(rounds), programs));
  }
  console.table(table);
}

/** In a process that has read nothing before. */
function readOnce(file: string): Omit<Reading, 'whole'> {
  const base = memory('VmRSS');
  const before = process.cpuUsage();
  const start = performance.now();
  const source = new FileSource(file);
  const result = readModel(source);
  source.close();
  const time = performance.now() - start;
  if (!result.ok) throw new Error(`byte ${result.offset}: ${result.reason}`);
  const parts = countParts(result.model);
  const visited = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { time, visited, processor: (user + system) / 1000, memory: memory('VmHWM') - base, parts };
}

function countParts({ graph }: OnnxModel): number {
  let parts = 0;
  for (const node of graph.nodes) {
    parts += node.inputs.length + node.outputs.length + (node.name ? 1 : 0);
    for (const [name, attribute] of node.attributes) if (name && attribute.type) parts++;
  }
  for (const { dims } of graph.initializers) parts += dims.length;
  return parts;
}

/** Megabytes: `VmRSS` now, `VmHWM` at the most so far. */
function memory(what: string): number {
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1000;
}

type Command = readonly [string, ...string[]];

/** Programs that are given a file and print a `Reading`. */
async function theirPrograms(): Promise<Record<'Netron' | 'onnx.load', Command>> {
  const python = installedPython();
  if (!python) throw new Error('There is no Python with onnx: set MATCHDOWN_TEST_PYTHON.');
  const folder = await cachedFolder(`netron-${NETRON}`, async (unfinished) => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'];
    await mustRun([python, ...pip, '--target', unfinished, `netron==${NETRON}`]);
    writeFileSync(path.join(unfinished, 'netron/package.json'), '{ "type": "module" }');
  });
  const program = path.join(folder, 'netron/benchmark.js');
  writeFileSync(program, netronProgram);
  return { Netron: [process.execPath, program], 'onnx.load': [python, '-c', pythonProgram] };
}

function compare(
  name: string,
  kind: FileKind,
  rounds: number,
  theirs: Record<'Netron' | 'onnx.load', Command>,
): Record<string, unknown> {
  const folder = mkdtempSync(path.join(tmpdir(), 'matchdown-bench-'));
  try {
    const file = path.join(folder, 'model.onnx');
    writeOnnxFile(file, kind);
    const readings = alternate({ ours: [process.execPath, __filename, '--read'], ...theirs }, file, rounds);
    const [ours, netron, load] = [readings.ours!, readings.Netron!, readings['onnx.load']!];
    return {
      file: name,
      MB: Math.round((statSync(file).size + weightsBeside(file)) / 1e5) / 10,
      ours: shown(ours),
      Netron: shown(netron),
      'onnx.load': shown(load),
      'times Netron': ratios(netron, ours),
      'times onnx.load': ratios(load, ours),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function weightsBeside(file: string): number {
  return statSync(`${file}.data`, { throwIfNoEntry: false })?.size ?? 0;
}

/** The medians of each program's readings, which must have found the same. */
function alternate(programs: Readonly<Record<string, Command>>, file: string, rounds: number): Record<string, Reading> {
  const readings = Object.keys(programs).map((name): [string, Reading[]] => [name, []]);
  for (let round = 0; round < rounds; round++) {
    for (const [name, each] of readings) {
      const [program, ...args] = programs[name]!;
      const start = performance.now();
      const { status, stdout, stderr } = spawnSync(program, [...args, file], { encoding: 'utf8' });
      const whole = performance.now() - start;
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      each.push({ ...(JSON.parse(stdout) as Omit<Reading, 'whole'>), whole });
    }
  }
  const found = readings.map(([name, [first]]) => `${name}: ${first?.parts}`);
  if (new Set(readings.map(([, [first]]) => first?.parts)).size !== 1)
    throw new Error(`not the same: ${found.join(', ')}`);
  return Object.fromEntries(readings.map(([name, each]) => [name, summary(each)]));
}

function summary(readings: readonly Reading[]): Reading {
  const of = (what: keyof Reading): number[] => readings.map((reading) => reading[what]);
  return {
    time: Math.min(...of('time')),
    visited: Math.min(...of('visited')),
    whole: Math.min(...of('whole')),
    processor: median(of('processor')),
    memory: median(of('memory')),
    parts: readings[0]!.parts,
  };
}

function shown({ time, visited, whole, processor, memory }: Reading): string {
  return `${rounded(time)}, ${rounded(visited)}, ${Math.round(whole)} ms (${rounded(processor)}), ${Math.round(memory)} MB`;
}

/** To have read, to have looked at everything, of the whole process, and in processor time. */
function ratios(theirs: Reading, ours: Reading): string {
  const times = (['time', 'visited', 'whole'] as const).map((what) => rounded(theirs[what] / ours[what]));
  return `${times.join(', ')} (${rounded(theirs.processor / ours.processor)})`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

void main();
