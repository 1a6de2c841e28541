import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalTarget } from '../../../core/runs/target';
import { checkTarget } from '../../../engine/targets/check';
import { LocalShell } from '../../../engine/targets/localShell';
import { runScript } from '../../../engine/targets/shell';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { until } from './fixture';

/** A program that answers as a Python of these versions does. */
function pythonOf(version: string, torch: string): string {
  return program(`printf '%s\\n' 'matchdown python ${version} here' 'matchdown torch ${torch} 12.1'`);
}

function program(line: string): string {
  const file = path.join(temporaryFolder(), 'python');
  writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return file;
}

async function errorsOf(change: Partial<LocalTarget>): Promise<string[]> {
  const python = pythonOf('3.8.18', '1.13.0+cu117');
  const { problems } = await checkTarget({ name: 'here', kind: 'local', gpus: 'none', python, ...change });
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

describe('what keeps runs from a target', () => {
  it('a Python or a PyTorch that is too old for our trainer, but not for a command', async () => {
    assert.deepEqual(await errorsOf({}), []);
    assert.deepEqual(await errorsOf({ python: pythonOf('3.10.0', '2.0.0') }), []);
    const old = pythonOf('2.7.18', '1.4.0');
    assert.deepEqual(await errorsOf({ python: old }), ['Python 2.7.18 is older than 3.8, which our trainer needs.']);
    assert.deepEqual(await errorsOf({ python: old, command: ['true'] }), []);
    assert.deepEqual(await errorsOf({ python: pythonOf('3.8.0', '1.9.1') }), ['PyTorch 1.9.1 is older than 1.13.']);
  });

  it('setup lines that fail, also those that end the shell', async () => {
    for (const setup of ['false', 'exit 3', 'no-such-program']) {
      assert.deepEqual(await errorsOf({ setup }), ['The setup lines fail.'], setup);
    }
    assert.deepEqual(await errorsOf({ setup: 'export A=1' }), []);
  });

  it('a Python that was ended because it hung', async () => {
    const errors = await errorsOf({ python: program('kill -ALRM $$') });
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /^Python ".*" does not answer within 60 s\.$/);
  });
});

describe('a script that hangs', () => {
  let pidFile: string;
  let script: string;

  beforeEach(() => {
    pidFile = path.join(temporaryFolder(), 'pid');
    // What it has started outlives it and holds its output.
    script = `sleep 900 & echo $! >'${pidFile}'; wait`;
  });

  afterEach(() => {
    const pid = existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8'));
    if (pid) process.kill(pid);
  });

  it('is given up after its silence', async () => {
    await assert.rejects(runScript(new LocalShell(), script, { silence: 2000 }), {
      message: 'What was asked of this machine did not come to its end (timed out).',
    });
  });

  it('is given up when nobody waits for it any more', async () => {
    const abort = new AbortController();
    const result = runScript(new LocalShell(), script, { signal: abort.signal });
    await until('the script to begin', () => existsSync(pidFile));
    abort.abort();
    await assert.rejects(result, { name: 'AbortError' });
  });
});
