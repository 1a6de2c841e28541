/**
 * The structure of an ONNX file: our reader beside Netron's parser and Python's `onnx.load`, each cold in a process of its
 * own, in turns. Netron's JavaScript is taken from PyPI into the cache of the tests; both need MATCHDOWN_TEST_PYTHON.
 * Netron gets its own file stream and schema; looking for other formats, which it does first, is left out of its time.
 *
 *   node esbuild.mjs --only onnx.bench && node out/test/benchmark/onnx.bench.js [ROUNDS [FILE...]]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
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
};

interface Reading {
  /** Milliseconds, and megabytes of memory at the most over what the process had before. */
  readonly time: number;
  readonly memory: number;
  readonly nodes: number;
}

const pythonProgram = `
import json, re, sys, time
import onnx
def memory(what): return int(re.search(what + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1000
base = memory("VmRSS")
start = time.perf_counter()
model = onnx.load(sys.argv[1])
taken = (time.perf_counter() - start) * 1000
print(json.dumps({"time": taken, "memory": memory("VmHWM") - base, "nodes": len(model.graph.node)}))
`;

const netronProgram = `
import { readFileSync, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import './base.js';
import { FileStream } from './node.js';
import { ModelFactory } from './onnx.js';
import * as protobuf from './protobuf.js';
import * as schema from './onnx-proto.js';
const memory = (what) => Number(new RegExp(what + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1000;
const [file, metadata] = [process.argv[2], readFileSync(new URL('onnx-metadata.json', import.meta.url), 'utf8')];
const base = memory('VmRSS');
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
console.log(JSON.stringify({ time, memory: memory('VmHWM') - base, nodes: model.modules[0].nodes.length }));
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
function readOnce(file: string): Reading {
  const base = memory('VmRSS');
  const start = performance.now();
  const source = new FileSource(file);
  const result = readModel(source);
  source.close();
  const time = performance.now() - start;
  if (!result.ok) throw new Error(`byte ${result.offset}: ${result.reason}`);
  return { time, memory: memory('VmHWM') - base, nodes: result.model.graph.nodes.length };
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
    const readings = alternate(
      { ours: [process.execPath, __filename, '--read'], ...theirs },
      file,
      rounds,
      kind.blocks * 4,
    );
    const [ours, netron, load] = [readings.ours!, readings.Netron!, readings['onnx.load']!];
    return {
      file: name,
      MB: Math.round(statSync(file).size / 1e5) / 10,
      ours: shown(ours),
      Netron: shown(netron),
      'onnx.load': shown(load),
      'times Netron': rounded(netron.time / ours.time),
      'times onnx.load': rounded(load.time / ours.time),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The medians of each program's readings. */
function alternate(
  programs: Readonly<Record<string, Command>>,
  file: string,
  rounds: number,
  nodes: number,
): Record<string, Reading> {
  const readings = Object.keys(programs).map((name): [string, Reading[]] => [name, []]);
  for (let round = 0; round < rounds; round++) {
    for (const [name, each] of readings) {
      const [program, ...args] = programs[name]!;
      const { status, stdout, stderr } = spawnSync(program, [...args, file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      const reading = JSON.parse(stdout) as Reading;
      if (reading.nodes !== nodes) throw new Error(`${name} read ${reading.nodes} of ${nodes} nodes`);
      each.push(reading);
    }
  }
  const medians = readings.map(([name, each]): [string, Reading] => {
    return [name, { time: median(each.map(({ time }) => time)), memory: median(each.map((r) => r.memory)), nodes }];
  });
  return Object.fromEntries(medians);
}

function shown({ time, memory }: Reading): string {
  return `${rounded(time)} ms, ${Math.round(memory)} MB`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

void main();
