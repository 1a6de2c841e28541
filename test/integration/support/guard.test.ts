import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture, mustRun, startGuarded } from '../../support/processes.mjs';
import { projectRoot } from '../../support/projectRoot';

describe('guarded processes', () => {
  const processes = pathToFileURL(path.join(projectRoot, 'test/support/processes.mjs')).href;

  it('end with everything they started when they are stopped', async () => {
    const { child, stop } = startGuarded([process.execPath, '-e', startsAnother]);
    const ids = await firstLine(child.stdout!);
    await stop();
    await allGone(ids);
  });

  it('end when the process that started them is killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', startsGuarded(processes)]);
    const ids = await firstLine(parent.stdout);
    parent.kill('SIGKILL');
    await allGone(ids);
  });

  it('end when what started them was guarded itself and is stopped', async () => {
    const { child, stop } = startGuarded([process.execPath, '--input-type=module', '-e', startsGuarded(processes)]);
    const ids = await firstLine(child.stdout!);
    await stop();
    await allGone(ids);
  });

  it('are killed when their time is over', async () => {
    const { code, timedOut } = await capture([process.execPath, '-e', 'setInterval(() => {}, 1000)'], {
      limitSeconds: 0.3,
    });
    assert.equal(timedOut, true);
    assert.notEqual(code, 0);
  });

  it('say what could not be started', async () => {
    await assert.rejects(mustRun(['no-such-program-anywhere']), /no-such-program-anywhere could not be started/);
  });

  it('say what a failing program said', async () => {
    await assert.rejects(
      mustRun([process.execPath, '-e', 'console.error("the reason"); process.exit(3)']),
      /ended with 3:\nthe reason/,
    );
  });
});

/** A program that starts another one, prints both process ids and goes on for ever. */
const startsAnother = `
  const other = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log(process.pid, other.pid);
  setInterval(() => {}, 1000);`;

const startsGuarded = (module: string) => `
  import { startGuarded } from ${JSON.stringify(module)};
  startGuarded([process.execPath, '-e', ${JSON.stringify(startsAnother)}], { output: 'inherit' });`;

async function firstLine(stream: NodeJS.ReadableStream): Promise<number[]> {
  const [line] = await once(stream, 'data');
  const ids = String(line).trim().split(' ').map(Number);
  assert.equal(ids.filter(isAlive).length, 2);
  return ids;
}

async function allGone(ids: readonly number[]): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20)))
    if (!ids.some(isAlive)) return;
  assert.fail(`still running: ${ids.filter(isAlive).join(', ')}`);
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
