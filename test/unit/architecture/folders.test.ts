import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';

/**
 * What each folder may import of the others, beside itself and packages: the table of ARCHITECTURE.md. `core` alone stands
 * for the files directly in it. Anybody may know `core/protocol`, which is nothing but types.
 */
const mayKnow: Record<string, readonly string[]> = {
  core: [],
  'core/scheme': ['core', 'schemas'],
  'core/shape': ['core', 'core/scheme'],
  'core/language': ['core', 'core/scheme', 'core/shape'],
  'core/onnx': ['core'],
  'core/compile': ['core', 'core/scheme', 'core/shape', 'core/onnx'],
  'core/match': ['core', 'core/scheme', 'core/shape', 'core/onnx', 'schemas'],
  'core/inspect': ['core', 'core/onnx', 'core/match'],
  'core/events': ['core'],
  'core/runs': ['core', 'core/scheme', 'core/compile', 'schemas'],
  'core/statistics': ['core'],
  'core/sweep': ['core', 'core/runs', 'core/scheme', 'schemas'],
  'core/protocol': ['core/match', 'core/runs', 'core/sweep'],
  'core/report': ['core', 'core/scheme', 'core/events', 'core/match', 'core/runs', 'core/statistics'],
  engine: ['core'],
  cli: ['core', 'engine', 'server', 'schemas', 'package.json'],
  server: ['core', 'engine', 'package.json'],
  client: ['core', 'engine'],
  // Messages carry the records of runs and the reports of matches.
  webviews: ['core', 'core/inspect', 'core/match', 'core/runs', 'core/sweep'],
};

/** Folders whose permission for `core` means all of it. */
const wholeCore = ['engine', 'cli', 'server', 'client'];

describe('the folders know only what they may', () => {
  for (const folder of Object.keys(mayKnow))
    it(folder, () => {
      const forbidden = importsOf(folder).filter(({ to }) => to !== folder && !isAllowed(folder, to));
      assert.deepEqual(
        forbidden.map(({ file, to }) => `${file} imports from ${to}`),
        [],
      );
    });

  it('every folder of sources has its line', () => {
    const folders = sourceFiles().map(folderOf);
    assert.deepEqual(
      [...new Set(folders)].filter((folder) => !(folder in mayKnow)),
      [],
    );
  });
});

describe('the folders of a match', () => {
  const order = ['graph', 'prepare', 'rules', 'canonical', 'compare', 'proof', 'formats'];
  const placeOf = (file: string) => order.indexOf(/^core\/match\/(\w+)\//.exec(file)?.[1] ?? '');

  it('know only those that come before them', () => {
    const files = sourceFiles().filter((file) => placeOf(file) >= 0);
    const backwards = files.flatMap((file) => relativeImports(file).filter((to) => placeOf(to) > placeOf(file)));
    assert.deepEqual(backwards, []);
    assert.deepEqual([...new Set(files.map(placeOf))].sort(), [...order.keys()]);
  });
});

function isAllowed(folder: string, to: string): boolean {
  const allowed = mayKnow[folder];
  return to === 'core/protocol' || allowed.includes(to) || (wholeCore.includes(folder) && to.startsWith('core/'));
}

function importsOf(folder: string): { file: string; to: string }[] {
  const files = sourceFiles().filter((file) => folderOf(file) === folder);
  return files.flatMap((file) => relativeImports(file).map((target) => ({ file, to: folderOf(target) })));
}

/** Also `import type`, `export ... from` and `import()`. */
function relativeImports(file: string): string[] {
  const text = readFileSync(path.join(projectRoot, file), 'utf8');
  const targets = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map((found) => found[1]);
  return targets.map((target) => path.posix.join(path.posix.dirname(file), target));
}

/** `core/scheme`, or `engine`: the part of the architecture that a file belongs to. */
function folderOf(file: string): string {
  const [first, second, third] = file.split('/');
  return first === 'core' && third !== undefined ? `core/${second}` : first;
}

const sourceFiles = () =>
  ['core', 'engine', 'cli', 'server', 'client', 'webviews'].flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.split(path.sep).join('/')}`),
  );
