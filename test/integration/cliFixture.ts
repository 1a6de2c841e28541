import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Ajv from 'ajv/dist/2020';
import { projectRoot } from '../support/projectRoot';

const program = path.join(projectRoot, 'dist', 'cli.js');
const environment = { ...process.env, LC_ALL: 'C', NO_COLOR: undefined };
const ajv = new Ajv({ strict: false });
ajv.addSchema(readSchema('run'), 'run.schema.json');

export interface Ended {
  /** `null`: a signal ended it. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** One command line that was started, as a shell would start it. */
export class CommandLine {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out = '';
  err = '';

  constructor(folder: string, argv: readonly string[]) {
    this.child = spawn(process.execPath, [program, ...argv], { cwd: folder, env: environment });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (status) => resolve({ status, out: this.out, err: this.err }));
    });
  }

  /** The first line of what it says, as soon as it is said. */
  async firstLine(): Promise<string> {
    await this.says('\n');
    return this.out.split('\n')[0]!;
  }

  /** As soon as a text is among what it says; fails when it ends without it. */
  async says(text: string): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => {
      hasEnded = true;
    });
    while (!this.out.includes(text)) {
      assert.ok(!hasEnded, `It ended without ${JSON.stringify(text)}: ${this.out}${this.err}`);
      await sleep(20);
    }
  }
}

/** Runs `matchdown` in a folder to its end. No command may show a stack trace or call something its own fault. */
export async function matchdown(folder: string, ...argv: string[]): Promise<Ended> {
  const ended = await new CommandLine(folder, argv).ended;
  assert.doesNotMatch(ended.out + ended.err, /\n\s+at |fault of Match Down/);
  return ended;
}

/** What a command prints with `--format json`, which has to be as its JSON Schema says. */
export async function json<T>(schema: string, folder: string, ...argv: string[]): Promise<T> {
  const { out, err } = await matchdown(folder, ...argv, '--format', 'json');
  assert.notEqual(out, '', err);
  const value: unknown = JSON.parse(out);
  const validate = ajv.getSchema(schema) ?? ajv.addSchema(readSchema(schema), schema).getSchema(schema);
  assert.ok(validate?.(value), JSON.stringify(validate?.errors));
  return value as T;
}

function readSchema(name: string): object {
  return JSON.parse(readFileSync(path.join(projectRoot, 'schemas', `${name}.schema.json`), 'utf8'));
}
