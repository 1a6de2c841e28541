/**
 * Runs one layer of tests in a process of its own, which is killed with everything it started when its time is over.
 *
 * @typedef {import('./testRecord.mjs').TestRecord} TestRecord
 * @typedef {object} Layer
 * @property {string} name for tests also the folder below `test/`
 * @property {string[]} command
 * @property {number} limitSeconds
 * @property {boolean} [everyTest] shows a line per test and not only per suite
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, startGuarded } from './processes.mjs';
import { counts, duration, progress } from './progress.mjs';
import { recordReader } from './testRecord.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A layer that is one program: it counts as one test.
 *
 * @param {Layer} layer
 * @returns {Promise<TestRecord[]>}
 */
export async function runProgram({ name, command, limitSeconds }) {
  const started = Date.now();
  const { code, output, timedOut } = await capture(command, { cwd: root, limitSeconds });
  const milliseconds = Date.now() - started;
  const state = code === 0 && !timedOut ? 'passed' : 'failed';
  console.log(`${state === 'passed' ? '✓' : '✗'} ${name} (${duration(milliseconds)})`);
  const error = timedOut ? `${output}\n${name} did not end within ${limitSeconds} s` : output;
  return [{ kind: 'test', suites: [], title: name, state, milliseconds, ...(state === 'failed' && { error }) }];
}

/**
 * A layer of mocha tests, shown as they end.
 *
 * @param {Layer} layer
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<TestRecord[]>}
 */
export async function runTests({ name, command, limitSeconds, everyTest = false }, env) {
  const started = Date.now();
  const file = path.join(root, 'out/records', `${name}-${process.pid}.jsonl`);
  mkdirSync(path.dirname(file), { recursive: true });
  console.log(`\n${name}`);
  const { child, exited, stop } = startGuarded(command, { cwd: root, env: { ...env, MATCHDOWN_TEST_RECORD: file } });
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(process.stdout, { end: false });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    void stop();
  }, limitSeconds * 1000);
  const tests = await followRecord(file, exited, progress(everyTest));
  clearTimeout(limit);
  const code = await exited;
  rmSync(file, { force: true });
  const broken = brokenness(tests, code, late ? limitSeconds : undefined);
  const all = [...tests.tests, ...(broken ? [brokenLayer(name, broken)] : [])];
  console.log(`  ${counts(all)} (${duration(Date.now() - started)})`);
  return all;
}

/**
 * @param {string} file
 * @param {Promise<number>} exited
 * @param {ReturnType<typeof progress>} display
 * @returns {Promise<{ tests: TestRecord[], ended: boolean }>}
 */
async function followRecord(file, exited, display) {
  const read = recordReader(file);
  /** @type {TestRecord[]} */
  const tests = [];
  let ended = false;
  const take = () => {
    for (const line of read()) {
      if (line.kind === 'end') ended = true;
      else {
        tests.push(line);
        display.add(line);
      }
    }
  };
  const watch = setInterval(take, 200);
  await exited;
  clearInterval(watch);
  take();
  display.end();
  return { tests, ended };
}

/**
 * Why a layer failed beyond what its tests say. A layer that ran no test at all is broken too.
 *
 * @param {{ tests: readonly TestRecord[], ended: boolean }} record
 * @param {number} code
 * @param {number | undefined} exceededSeconds
 */
function brokenness({ tests, ended }, code, exceededSeconds) {
  const last = tests.at(-1)?.title;
  const where = last ? `after "${last}"` : 'before the first test';
  if (exceededSeconds !== undefined) return `was killed after ${exceededSeconds} s, ${where}`;
  if (!ended) return `ended with exit code ${code} ${where}`;
  if (tests.length === 0) return 'has no tests';
  if (code !== 0 && tests.every((test) => test.state !== 'failed'))
    return `ended with exit code ${code} though no test failed`;
  return undefined;
}

/**
 * @param {string} name
 * @param {string} error
 * @returns {TestRecord}
 */
function brokenLayer(name, error) {
  console.log(`  ✗ ${name} ${error}`);
  return {
    kind: 'test',
    suites: [name],
    title: 'the layer as a whole',
    state: 'failed',
    milliseconds: 0,
    error: `${name} ${error}`,
  };
}
