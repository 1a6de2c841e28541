import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Runs `test/unit/events/<script>` and parses the JSON it prints. */
export function askPython(script: string, ...args: string[]): unknown {
  const file = path.resolve('test/unit/events', script);
  const output = execFileSync(python(), [file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output);
}

/** Skips a test where there is no Python with TensorBoard; in continuous integration that is a failure. */
export function needsPython(test: Mocha.Context): void {
  test.timeout(60_000);
  if (process.env.MATCHDOWN_TEST_PYTHON) return;
  if (process.env.CI === 'true') throw new Error('MATCHDOWN_TEST_PYTHON is not set');
  test.skip();
}

const python = (): string => process.env.MATCHDOWN_TEST_PYTHON ?? 'python3';
