/**
 * How a test layer in another process tells what it has done: one JSON object per line, in the order of the tests' ends.
 *
 * @typedef {{ kind: 'test', suites: string[], title: string, state: 'passed' | 'failed' | 'skipped', milliseconds: number,
 *   error?: string, failedBefore?: string }} TestRecord  `failedBefore`: how a test failed that was tried again
 * @typedef {TestRecord | { kind: 'end', tests: number }} RecordLine  without an `end` the process died in between
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * @param {string} file
 * @param {RecordLine} line
 */
export function appendRecord(file, line) {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/**
 * Reads a record while it is written.
 *
 * @param {string} file
 * @returns {() => RecordLine[]} the lines that came since the last call
 */
export function recordReader(file) {
  let seen = 0;
  return () => {
    if (!existsSync(file)) return [];
    const complete = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const lines = complete.slice(seen).map((line) => JSON.parse(line));
    seen = complete.length;
    return lines;
  };
}
