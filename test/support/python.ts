import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { installedPython } from './python.mjs';

/**
 * A mocha suite that asks PyTorch, onnx or TensorBoard. Where they are not installed it is skipped by name, except in
 * continuous integration (`CI=true`), where it fails.
 */
export function describeWithPython(title: string, body: (python: string) => void): void {
  const python = installedPython();
  if (python) {
    describe(title, () => body(python));
  } else if (process.env.CI) {
    it(`${title} (needs Python)`, () => assert.fail('node test/support/python.mjs says why there is no Python'));
  } else {
    describe.skip(`${title} (needs Python: node test/support/python.mjs)`, () => body('python3'));
  }
}

/** Runs a Python program given as text; its standard output. The test fails with the program's last words when it fails. */
export function runPython(python: string, program: string, args: readonly string[] = [], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', program, ...args], {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
    timeout: 280_000,
  });
  assert.equal(status, 0, error?.message ?? stderr);
  return stdout;
}
