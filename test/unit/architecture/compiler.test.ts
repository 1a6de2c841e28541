import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';

describe('the compiler enforces the dependency rule', () => {
  it('core compiles with what every host of JavaScript has', () => {
    const program = `import { t } from '../../core/l10n'; export const greeting = [t('Hello'), new TextDecoder()];`;
    assert.equal(compileIn('core', [program]), '');
  });

  const editor = `import { window } from 'vscode'; export const editor = window;`;
  const files = `import fs from 'node:fs'; export const files = fs;`;
  const page = `export const title = document.title;`;
  const neighbour = `import { InputError } from '../../engine/errors'; export const kind = InputError;`;

  refuses('core', {
    files,
    page,
    editor,
    neighbour,
    bytes: `export const bytes = Buffer.from('a');`,
    output: `console.log('a');`,
  });
  refuses('engine', { editor, page });
  refuses('cli', { editor, page });
  refuses('server', { editor, page });
  refuses('client', { page });
  refuses('webviews', { editor, files, neighbour });
});

/** One program per thing that the folder must not know: none of them may compile there. */
function refuses(folder: string, programs: Record<string, string>): void {
  it(`${folder} compiles with none of: ${Object.keys(programs).join(', ')}`, () => {
    const complaints = compileIn(folder, Object.values(programs));
    const compiled = Object.keys(programs).filter((_, index) => !complaints.includes(`${fileName(index)}(1,`));
    assert.deepEqual(compiled, []);
  });
}

const fileName = (index: number) => `program${index}.ts`;

/**
 * Compiles programs of one line as if they stood in a folder, with that folder's own `tsconfig.json`.
 *
 * @returns what the compiler complains about
 */
function compileIn(folder: string, programs: readonly string[]): string {
  const place = mkdtempSync(path.join(made(path.join(projectRoot, 'out')), 'compiled-'));
  try {
    programs.forEach((program, index) => {
      writeFileSync(path.join(place, fileName(index)), program);
    });
    writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(configuration(folder)));
    const tsc = path.join(projectRoot, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '-p', '.'], { encoding: 'utf8', cwd: place }).stdout;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A composite project refuses every file that it does not list, as the folder's own does. */
const configuration = (folder: string) => ({
  extends: `../../${folder}/tsconfig.json`,
  compilerOptions: { rootDir: projectRoot, outDir: 'types', tsBuildInfoFile: 'types/info' },
  include: ['*.ts', '../../core/globals.d.ts', '../../core/l10n.ts'],
  references: [],
});
