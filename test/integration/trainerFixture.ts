import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { trainerPackage } from '../../engine/entryPoint';
import { projectRoot } from '../support/projectRoot';

/** The environment in which a Python finds the trainer. */
export function trainerEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PYTHONPATH: _, ...inherited } = process.env;
  const ours = { PYTHONPATH: trainerPackage(), PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C' };
  return { ...inherited, OMP_NUM_THREADS: '1', ...ours, ...more };
}

export interface EndedProcess {
  readonly code: number | null;
  readonly output: string;
}

/** A Python process that knows the trainer, and its output as it comes. */
export class PythonProcess {
  readonly child;
  readonly ended: Promise<EndedProcess>;
  output = '';

  constructor(python: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(python, argv, { env: trainerEnvironment(environment), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, output: this.output }));
    });
  }
}

/** Runs one of the programs of `test/python` that use the trainer, to its end; its output. */
export async function runTrainerProgram(python: string, name: string, ...argv: readonly string[]): Promise<string> {
  const program = path.join(projectRoot, 'test', 'python', name);
  const { code, output } = await new PythonProcess(python, [program, ...argv]).ended;
  assert.equal(code, 0, output);
  return output;
}

export function emptyFolder(...parts: readonly string[]): string {
  const folder = path.join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
