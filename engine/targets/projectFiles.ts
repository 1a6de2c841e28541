import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { t } from '../../core/l10n';
import { HashCache } from '../data/hashCache';
import type { UploadPreview } from '../runs/options';

/** A file as it is uploaded. */
export interface UploadFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** Where it is here, or what it holds. */
  readonly source: string | Uint8Array;
}

/** What of a folder goes to a target. */
export interface ProjectFiles {
  readonly files: readonly UploadFile[];
  readonly ignored: readonly string[];
  readonly warnings: readonly string[];
}

/** What never belongs to a program: repositories, environments, caches. */
const alwaysIgnored = [
  '.git/',
  '.hg/',
  '.svn/',
  '.vscode/',
  '.idea/',
  'node_modules/',
  '__pycache__/',
  '*.pyc',
  '.ipynb_checkpoints/',
  '.venv/',
  'venv/',
  '.mypy_cache/',
  '.pytest_cache/',
  '.ruff_cache/',
  '.DS_Store',
];

/**
 * The files below a folder, without what `.gitignore` and `.matchdownignore` (which may also take something back with `!`)
 * leave out. Links are followed when they lead to a file in the folder; all others are left out, and told.
 */
export async function projectFiles(folder: string, leftOut: readonly string[] = []): Promise<ProjectFiles> {
  const top = path.resolve(folder);
  const collection: Collection = {
    top,
    files: [],
    ignored: [],
    warnings: [],
    leftOut: new Set(leftOut.map((each) => path.resolve(each))),
  };
  await collect(collection, '', [{ prefix: '', rules: ignore().add(alwaysIgnored) }]);
  const { files, ignored } = collection;
  return { files, ignored, warnings: [...collection.warnings, ...sizeWarnings(files)] };
}

/** All files below a folder, or a single file, as they are: data. */
export async function allFiles(source: string): Promise<UploadFile[]> {
  const info = await stat(source);
  if (info.isFile()) return [{ path: path.basename(source), bytes: info.size, executable: false, source }];
  const names = await readdir(source, { withFileTypes: true });
  const found = await Promise.all(
    names
      .filter(({ name }) => !name.startsWith('.'))
      .map(async ({ name }) => {
        const below = await allFiles(path.join(source, name)).catch(() => []);
        const isFile = below.length === 1 && below[0]!.source === path.join(source, name);
        return isFile ? below : below.map((file) => ({ ...file, path: `${name}/${file.path}` }));
      }),
  );
  return found.flat();
}

/** `sha256` for every file; the same files of the same content make the same `id`. */
export interface Manifest {
  readonly id: string;
  readonly entries: readonly ManifestEntry[];
}

export interface ManifestEntry extends UploadFile {
  readonly sha256: string;
}

/** Hashes of unchanged files are remembered, in the cache of the folder `owner`. Throws when a file cannot be read. */
export async function makeManifest(files: readonly UploadFile[], owner: string): Promise<Manifest> {
  const cache = await HashCache.open(owner);
  const entries: ManifestEntry[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (typeof file.source === 'string') {
      const { sha256, size } = await cache.hash(file.source);
      entries.push({ ...file, bytes: size, sha256 });
    } else entries.push({ ...file, sha256: createHash('sha256').update(file.source).digest('hex') });
  }
  await cache.save();
  const hash = createHash('sha256');
  for (const { path: name, sha256, executable } of entries)
    hash.update(`${sha256} ${executable ? 'x' : '-'} ${name}\0`);
  return { id: hash.digest('hex'), entries };
}

/** What a person sees before an upload. */
export function previewOf(project: ProjectFiles, others: readonly UploadFile[] = []): UploadPreview {
  const files = [...project.files, ...others].map(({ path: name, bytes }) => ({ path: name, bytes }));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { files, bytes, ignored: project.ignored, warnings: project.warnings };
}

interface Collection {
  readonly top: string;
  readonly files: UploadFile[];
  readonly ignored: string[];
  readonly warnings: string[];
  readonly leftOut: ReadonlySet<string>;
}

/** Rules count for what is below the folder that they stand in. */
interface Rules {
  readonly prefix: string;
  readonly rules: Ignore;
}

async function collect(collection: Collection, prefix: string, above: readonly Rules[]): Promise<void> {
  const folder = path.join(collection.top, ...prefix.split('/'));
  const rules = [...above, ...(await rulesOf(folder, prefix))];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = prefix + entry.name;
    const file = path.join(folder, entry.name);
    if (collection.leftOut.has(file) || isIgnored(rules, entry.isDirectory() ? `${name}/` : name)) {
      collection.ignored.push(entry.isDirectory() ? `${name}/` : name);
    } else if (entry.isDirectory()) await collect(collection, `${name}/`, rules);
    else if (entry.isSymbolicLink()) await collectLink(collection, name, file);
    else if (entry.isFile()) await add(collection, name, file);
  }
}

async function rulesOf(folder: string, prefix: string): Promise<Rules[]> {
  const texts = await Promise.all(
    ['.gitignore', '.matchdownignore'].map((name) => readFile(path.join(folder, name), 'utf8').catch(() => '')),
  );
  return texts.filter((text) => text !== '').map((text) => ({ prefix, rules: ignore().add(text) }));
}

/** The last rule that says something decides. */
function isIgnored(rules: readonly Rules[], name: string): boolean {
  let ignored = false;
  for (const { prefix, rules: each } of rules) {
    const verdict = each.test(name.slice(prefix.length));
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

async function collectLink(collection: Collection, name: string, file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  const target = path.resolve(path.dirname(file), await readlink(file));
  const isInside = target.startsWith(collection.top + path.sep);
  if (info?.isFile() && isInside) return add(collection, name, file);
  collection.warnings.push(t('{0} is a link that leads out of the folder or to a folder; it is left out.', name));
}

async function add({ files }: Collection, name: string, source: string): Promise<void> {
  const { size, mode } = await stat(source);
  files.push({ path: name, bytes: size, executable: (mode & 0o100) !== 0, source });
}

const largeFile = 50e6;
const largeFolder = 500e6;

function sizeWarnings(files: readonly UploadFile[]): string[] {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const large = files.filter(({ bytes }) => bytes > largeFile);
  const warnings = large.map(({ path: name, bytes }) =>
    t('{0} has {1} MB. If the program does not need it, name it in .matchdownignore.', name, Math.round(bytes / 1e6)),
  );
  if (total > largeFolder && large.length === 0)
    warnings.push(
      t('The folder has {0} MB. Name in .matchdownignore what the program does not need.', Math.round(total / 1e6)),
    );
  return warnings;
}
