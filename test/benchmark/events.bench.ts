/**
 * Our reader of TensorBoard logs beside TensorBoard's EventAccumulator (which needs MATCHDOWN_TEST_PYTHON; without it only
 * ours is timed). Both read everything and verify every checksum.
 *
 *   node esbuild.mjs --only events.bench && node out/test/benchmark/events.bench.js [SCALARS...]
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { EventFileEncoder } from '../../core/events/write';
import { EventFolder } from '../../engine/events';
import { runPython } from '../support/python';
import { installedPython } from '../support/python.mjs';

const accumulatorProgram = `
import sys, time
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
start = time.perf_counter()
accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
accumulator.Reload()
whole = time.perf_counter() - start
print(sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"]), whole * 1000)
`;

async function main(): Promise<void> {
  const asked = process.argv.slice(2).map(Number);
  for (const scalars of asked.length > 0 ? asked : [10_000, 1_000_000]) await compare(scalars);
}

async function compare(scalars: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'matchdown-bench-'));
  try {
    const file = path.join(folder, 'events.out.tfevents.1700000000.host');
    writeLog(file, scalars);
    const megabytes = (statSync(file).size / 1e6).toFixed(1);
    const ours = await timeOurs(folder, scalars);
    const tail = await timeTail(folder, file);
    const theirs = timeAccumulator(folder, scalars);
    const ratio =
      theirs === undefined ? '' : `, EventAccumulator ${theirs.toFixed(0)} ms, ratio ${(theirs / ours).toFixed(0)}`;
    console.log(
      `${scalars} scalars, ${megabytes} MB: ours ${ours.toFixed(1)} ms (then 100 more: ${tail.toFixed(2)} ms)${ratio}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Four tags in turn, as a training loop writes them. */
function writeLog(file: string, scalars: number): void {
  const encoder = new EventFileEncoder();
  const handle = openSync(file, 'w');
  writeSync(handle, encoder.start(1.7e9));
  for (let at = 0; at < scalars; ) {
    const records: Uint8Array[] = [];
    for (const end = Math.min(scalars, at + 10_000); at < end; at++) records.push(scalarRecord(encoder, at));
    writeSync(handle, Buffer.concat(records));
  }
  closeSync(handle);
}

const tags = ['loss/train', 'loss/validation', 'accuracy/train', 'accuracy/validation'];

function scalarRecord(encoder: EventFileEncoder, at: number): Uint8Array {
  return encoder.scalars(1.7e9 + at / 100, Math.floor(at / 4), [[tags[at % 4]!, Math.sin(at)]]);
}

/** In a process that has not read before, as the accumulator: the first reading counts. */
async function timeOurs(folder: string, scalars: number): Promise<number> {
  const log = new EventFolder(folder);
  const start = performance.now();
  await log.refresh();
  const elapsed = performance.now() - start;
  const read = log.tags().reduce((sum, { columns }) => sum + columns.count, 0);
  if (read !== scalars) throw new Error(`${read} of ${scalars} scalars were read`);
  return elapsed;
}

async function timeTail(folder: string, file: string): Promise<number> {
  const log = new EventFolder(folder);
  await log.refresh();
  const encoder = new EventFileEncoder();
  const handle = openSync(file, 'a');
  for (let at = 0; at < 100; at++) writeSync(handle, scalarRecord(encoder, at));
  closeSync(handle);
  const start = performance.now();
  await log.refresh();
  return performance.now() - start;
}

function timeAccumulator(folder: string, scalars: number): number | undefined {
  const python = installedPython();
  if (!python) return undefined;
  const [read, elapsed] = runPython(python, accumulatorProgram, [folder]).trim().split(' ').map(Number);
  if (read !== scalars + 100) throw new Error(`${read} of ${scalars + 100} scalars were read by EventAccumulator`);
  return elapsed;
}

void main();
