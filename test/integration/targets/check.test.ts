import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalTarget } from '../../../core/runs/target';
import { checkTarget } from '../../../engine/targets/check';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

/** A program that answers as a Python of these versions does. */
function pythonOf(version: string, torch: string): string {
  const file = path.join(temporaryFolder(), 'python');
  const lines = [`matchdown python ${version} ${file}`, `matchdown torch ${torch} 12.1`];
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' '${lines.join("' '")}'\n`, { mode: 0o755 });
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
});
