import assert from 'node:assert/strict';
import { runProgram, runTests } from '../../support/layers.mjs';
import { counts } from '../../support/progress.mjs';
import type { RecordLine } from '../../support/testRecord.mjs';

const test: RecordLine = { kind: 'test', suites: ['suite'], title: 'a test', state: 'passed', milliseconds: 1 };
const end: RecordLine = { kind: 'end', tests: 1 };

describe('a layer of tests', () => {
  it('passes when its tests pass', async () => {
    assert.equal(await outcome([test, end]), '1 passed, 0 failed');
  });

  it('fails when one of its tests fails', async () => {
    assert.equal(await outcome([test, { ...test, state: 'failed' }, end], 1), '1 passed, 1 failed');
  });

  it('fails when its process dies between two tests, even with exit code 0', async () => {
    assert.equal(await outcome([test]), '1 passed, 1 failed');
  });

  it('fails when it dies before its first test', async () => {
    assert.equal(await outcome([], 1), '0 passed, 1 failed');
  });

  it('fails when it has no tests', async () => {
    assert.equal(await outcome([end]), '0 passed, 1 failed');
  });

  it('fails when its process fails though its tests pass', async () => {
    assert.equal(await outcome([test, end], 1), '1 passed, 1 failed');
  });

  it('fails when it does not end in time', async () => {
    const [result] = await quietly(() => runTests(layer('setInterval(() => {}, 1000)', 1), {}));
    assert.equal(result.state, 'failed');
    assert.match(result.error ?? '', /was killed after 1 s/);
  });

  it('counts what it skips', async () => {
    assert.equal(await outcome([test, { ...test, state: 'skipped' }, end]), '1 passed, 0 failed, 1 skipped');
  });
});

describe('a layer that is one program', () => {
  it('counts as one test', async () => {
    assert.equal(counts(await quietly(() => runProgram(layer('process.exit(0)')))), '1 passed, 0 failed');
  });

  it('fails with its output', async () => {
    const [result] = await quietly(() => runProgram(layer('console.log("the reason"); process.exit(1)')));
    assert.equal(result.state, 'failed');
    assert.match(result.error ?? '', /the reason/);
  });
});

/** What is counted of a process that records some lines and then exits. */
async function outcome(lines: readonly RecordLine[], exit = 0): Promise<string> {
  const program = `
    const { appendFileSync } = require('node:fs');
    for (const line of ${JSON.stringify(lines)}) appendFileSync(process.env.MATCHDOWN_TEST_RECORD, JSON.stringify(line) + '\\n');
    process.exit(${exit})`;
  return counts(await quietly(() => runTests(layer(program), {})));
}

const layer = (program: string, limitSeconds = 60) => ({
  name: `fake${layers++}`,
  command: [process.execPath, '-e', program],
  limitSeconds,
});

let layers = 0;

/** Without the progress that is shown to a person. */
async function quietly<Result>(action: () => Promise<Result>): Promise<Result> {
  const { log } = console;
  console.log = () => {};
  try {
    return await action();
  } finally {
    console.log = log;
  }
}
