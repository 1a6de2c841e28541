import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../../core/runs/record';
import { isActive } from '../../../core/runs/states';
import type { Target } from '../../../core/runs/target';
import { attach } from '../../../engine/runs/attach';
import { launchRun } from '../../../engine/runs/launch';
import type { RunOptions } from '../../../engine/runs/options';
import { readRecord } from '../../../engine/runs/store';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

export { patience } from '../trainingFixture';

// Supervisors speak the language of whoever starts them; the tests read English.
process.env.LC_ALL = 'C';
delete process.env.VSCODE_NLS_CONFIG;
process.env.XDG_RUNTIME_DIR = mkdtempSync(path.join(tmpdir(), 'a b'));

/** What every path of these tests has to bear. */
export const awkward = `it's "한글" $(touch x) -rf`;

let count = 0;
const root = temporaryFolder();

/** A project with a scheme and a program, at a path with everything in it that a shell could take for its own. */
export class Project {
  readonly folder = path.join(root, String(count++), awkward);
  readonly schemeFile = path.join(this.folder, 'model_scheme.json');
  readonly runsFolder = path.join(this.folder, 'runs');

  /** `program`: of Node, which is there wherever these tests are. */
  constructor(program: string) {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.schemeFile, JSON.stringify(scheme));
    this.write('train.cjs', program);
  }

  write(name: string, content: string | Uint8Array): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  async launch(target: Target, args: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<string> {
    const outcome = await this.tryToLaunch(target, args, options);
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
    return outcome.folder;
  }

  tryToLaunch(target: Target, args: readonly string[] = [], options: Partial<RunOptions> = {}) {
    return launchRun({
      schemeFile: this.schemeFile,
      runsFolder: this.runsFolder,
      target: target.name,
      targets: [target],
      command: [process.execPath, 'train.cjs', ...args],
      ...options,
    });
  }

  /** A run on a target, mirrored to its end. */
  async run(
    target: Target,
    args: readonly string[] = [],
    options: Partial<RunOptions> = {},
  ): Promise<{ folder: string; record: RunRecord }> {
    const folder = await this.launch(target, args, options);
    return { folder, record: await ended(folder) };
  }
}

/** Mirrors a run, if it is elsewhere, until it has ended. */
export async function ended(folder: string): Promise<RunRecord> {
  const signal = AbortSignal.timeout(180_000);
  const record = await attach(folder, { signal });
  return isActive(record) ? waitFor(folder, (each) => !isActive(each)) : record;
}

/** The record as soon as it is as wanted. */
export async function waitFor(folder: string, isAsWanted: (record: RunRecord) => boolean): Promise<RunRecord> {
  let record = await readRecord(folder);
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(50)) {
    record = await readRecord(folder);
    if (isAsWanted(record)) return record;
  }
  return assert.fail(`The run did not come so far: ${JSON.stringify(record, null, 2)}`);
}

/** Waits for something that is no record. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(50)) if (await isSo()) return;
  assert.fail(`It did not come to pass: ${what}`);
}

export const outputOf = (folder: string): string =>
  existsSync(path.join(folder, 'output.log')) ? readFileSync(path.join(folder, 'output.log'), 'utf8') : '';

/** The processes whose command line has a text in it, zombies left out. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => commandLine(name))
    .filter((line) => line.includes(text));
}

/** No process with a text in its command line is left, once those that were about to end have ended. */
export async function allGone(text: string, what = 'what is left'): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end && processesWith(text).length > 0; ) await sleep(50);
  assert.deepEqual(processesWith(text), [], what);
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Ends of stories that all targets share. */
export const programs = {
  /** Tells its environment and arguments. */
  tell: `
    const { MATCHDOWN_SCHEME, MATCHDOWN_RUN_DIR, MATCHDOWN_RUN_ID } = process.env;
    console.log(JSON.stringify({ MATCHDOWN_SCHEME, MATCHDOWN_RUN_DIR, MATCHDOWN_RUN_ID, cwd: process.cwd(), args: process.argv.slice(2) }));
    require('fs').readFileSync(MATCHDOWN_SCHEME);`,
  /** Counts for ever, with a helper that it leaves behind. */
  count: `
    require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', process.env.MATCHDOWN_RUN_ID], { stdio: 'ignore' });
    let at = 0;
    setInterval(() => console.log('line', at++), 20);`,
  /** Makes a checkpoint and wants to be started again, twice; then it is finished. */
  preempted: `
    const fs = require('fs');
    const file = process.env.MATCHDOWN_RUN_DIR + '/checkpoints/last.txt';
    const done = fs.existsSync(file) ? Number(fs.readFileSync(file)) : 0;
    console.log('part', done);
    fs.mkdirSync(process.env.MATCHDOWN_RUN_DIR + '/checkpoints', { recursive: true });
    fs.writeFileSync(file, String(done + 1));
    process.exit(done < 1 ? 75 : 0);`,
};

const scheme = {
  data: { batch_size: 4, image_size: [8, 8, 1], label_dim: 2 },
  model: { learning_rate: 0.01, iteration: 2, network: [{ type: 'dense_set', unit: 2 }] },
};
