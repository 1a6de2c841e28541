import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder.mjs';

/** What the operating system answers to whoever opens a file with one of these flags. */
export interface Refusal {
  readonly code: 'ENOSPC' | 'EACCES';
  readonly flags: readonly string[];
}

/**
 * Starts a trainer or a supervisor whose folder can be made to refuse. Whoever runs the tests may be allowed everything: the
 * system's refusal is made up, as soon as a file in the folder asks for it.
 */
export async function refusable<Outcome>(launch: () => Promise<Outcome>): Promise<Outcome> {
  const program = path.join(temporaryFolder(), 'refuse.cjs');
  writeFileSync(program, refuseProgram);
  process.env.NODE_OPTIONS = `--require=${JSON.stringify(program)}`;
  try {
    return await launch();
  } finally {
    delete process.env.NODE_OPTIONS;
  }
}

export function refuse(folder: string, refusal: Refusal): void {
  writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(refusal));
  renameSync(`${fileIn(folder)}.new`, fileIn(folder));
}

export const allow = (folder: string): void => rmSync(fileIn(folder));

const fileIn = (folder: string): string => path.join(folder, 'refusal');

const refuseProgram = `
const fs = require('node:fs');
const refuse = (file, flags) => {
  const asked = process.argv[2] + '/refusal';
  if (!fs.existsSync(asked)) return;
  const refusal = JSON.parse(fs.readFileSync(asked, 'utf8'));
  if (!refusal.flags.includes(flags)) return;
  throw Object.assign(new Error(refusal.code + ": refused, open '" + file + "'"), { code: refusal.code, path: file });
};
for (const [owner, name] of [[fs, 'openSync'], [fs.promises, 'open']]) {
  const original = owner[name];
  owner[name] = (...args) => (refuse(...args), original(...args));
}
`;
