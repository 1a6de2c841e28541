/**
 * Runs test files with mocha and records every test the moment it has ended. The same code runs in Node and in VS Code's
 * extension host, and what was recorded survives a crash of either.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { appendRecord } from './testRecord.mjs';

/**
 * For one test, so that one which hangs is told. What a test waits for has limits of its own, below this one; a slow or busy
 * machine is no reason to fail.
 */
const mostMilliseconds = 300_000;

/**
 * Obeys MATCHDOWN_TEST_TIMEOUT (milliseconds for one test), MATCHDOWN_TEST_GREP, MATCHDOWN_TEST_RETRIES (how often a test that
 * fails is tried again) and MATCHDOWN_TEST_RECORD (a file).
 *
 * @param {string} folder its `*.test.js` files are run, in the order of their names
 * @param {string} [except] a folder below it that is left out
 * @returns {Promise<number>} how many tests failed
 */
export async function runMocha(folder, except) {
  const { MATCHDOWN_TEST_TIMEOUT, MATCHDOWN_TEST_GREP, MATCHDOWN_TEST_RETRIES, CI } = process.env;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: Number(MATCHDOWN_TEST_TIMEOUT ?? mostMilliseconds),
    grep: MATCHDOWN_TEST_GREP || undefined,
    retries: Number(MATCHDOWN_TEST_RETRIES ?? 0),
    forbidOnly: Boolean(CI),
    reporter: /** @type {Mocha.ReporterConstructor} */ (/** @type {unknown} */ (RecordingReporter)),
  });
  for (const file of testFiles(folder, except)) mocha.addFile(file);
  await mocha.loadFilesAsync();
  return new Promise((resolve) => void mocha.run(resolve));
}

/**
 * @param {string} folder
 * @param {string} [except]
 */
function testFiles(folder, except) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.js') && file.split(path.sep)[0] !== except)
    .sort()
    .map((file) => path.join(folder, file));
}

class RecordingReporter {
  /** @param {Mocha.Runner} runner */
  constructor(runner) {
    let tests = 0;
    /** @type {string | undefined} why the test that is tried again failed before */
    let failedBefore;
    /** @type {(state: import('./testRecord.mjs').TestRecord['state']) => (test: Mocha.Runnable, error?: unknown) => void} */
    const note = (state) => (test, error) => {
      tests++;
      record({
        kind: 'test',
        suites: test.titlePath().slice(0, -1),
        title: test.title,
        state,
        milliseconds: test.duration ?? 0,
        ...(state === 'failed' && { error: describeError(error) }),
        ...(failedBefore && { failedBefore }),
      });
      failedBefore = undefined;
    };
    runner.on('retry', (_test, error) => {
      failedBefore = describeError(error);
    });
    runner.on('pass', note('passed'));
    runner.on('fail', note('failed'));
    runner.on('pending', note('skipped'));
    runner.on('end', () => record({ kind: 'end', tests }));
  }
}

/** @param {import('./testRecord.mjs').RecordLine} line */
function record(line) {
  const file = process.env.MATCHDOWN_TEST_RECORD;
  if (!file) return;
  try {
    appendRecord(file, line);
  } catch (error) {
    // On a full disk, for example. An exception of a reporter would leave mocha waiting for ever.
    console.error(error);
    process.exit(1);
  }
}

/** @param {unknown} error */
function describeError(error) {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message).split('\n');
  return lines.filter((line) => !/node_modules|node:internal/.test(line)).join('\n');
}
