import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import { commandText, quote, quotePath } from '../../core/runs/shell';
import type { LaunchProgress } from '../runs/options';
import { ConnectionError } from './connectionError';
import type { ManifestEntry } from './projectFiles';
import { runScript, type ScriptOptions, type Shell } from './shell';
import { linkArchive, tarArchive } from './tar';
import { TargetError } from './targetError';

/**
 * A folder to be made on the target. `shared`: below `trees/`, named by its content, made once, for reading; else a folder of the
 * run's own, which a program may change.
 */
export interface Tree {
  readonly destination: string;
  readonly shared: boolean;
  readonly entries: readonly ManifestEntry[];
}

export interface Upload {
  readonly shell: Shell;
  /** As in the settings: `~/matchdown`. */
  readonly folder: string;
  /** Tells uploads of several runs apart; the same for an upload that is tried again. */
  readonly id: string;
  readonly onProgress?: (progress: LaunchProgress) => void;
  readonly signal?: AbortSignal;
}

export interface PreparedFolder {
  /** Absolute. */
  readonly folder: string;
}

/** Bytes that are sent again at most when a connection is cut. */
export const chunkBytes = 8 << 20;

/** Makes our folder on the target. Throws `ConnectionError`, or `TargetError` when the target does not let us. */
export async function prepareFolder({ shell, folder, id, signal }: Upload): Promise<PreparedFolder> {
  const { output } = await mustRun(shell, prepareScript(folder, id), { signal });
  return { folder: output.trim().split('\n').at(-1)! };
}

/**
 * Brings trees to the target: only content that is not there yet is sent, in pieces; after a cut only pieces that are missing.
 * Every file is checked by its hash before it counts. Throws `ConnectionError` or `TargetError`.
 */
export async function uploadTrees(upload: Upload, trees: readonly Tree[]): Promise<void> {
  const files = new Map(trees.flatMap(({ entries }) => entries).map((entry) => [entry.sha256, entry]));
  await withRetries(upload, () => sendMissing(upload, files));
  await withRetries(upload, () => materialize(upload, trees));
}

/** Tries again after the connection was cut, for as long as a laptop may be without its network. */
export async function withRetries<T>({ onProgress, signal }: Upload, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionError) || !error.mends || attempt === pauses.length) throw error;
      onProgress?.({ message: t('{0} Trying again ...', error.message) });
      await sleep(pauses[attempt], undefined, { ...(signal && { signal }) });
    }
  }
}

/** Milliseconds. */
const pauses = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];

async function sendMissing(upload: Upload, files: ReadonlyMap<string, ManifestEntry>): Promise<void> {
  const list = [...files.values()].map(({ sha256, bytes }) => `${sha256} ${bytes}\n`).join('');
  const options = { input: list, signal: upload.signal };
  const { output } = await mustRun(upload.shell, missingScript(upload), options);
  const missing = output.split('\n').filter((line) => /^[0-9a-f]{64} \d+$/.test(line));
  if (missing.length > 0) await send(upload, files, missing);
  await mustRun(upload.shell, assembleScript(upload), options);
}

async function send(
  upload: Upload,
  files: ReadonlyMap<string, ManifestEntry>,
  missing: readonly string[],
): Promise<void> {
  const chunks = missing.map((line) => {
    const [sha256, index] = line.split(' ') as [string, string];
    return chunkOf(files.get(sha256)!, Number(index));
  });
  const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const input = counted(tarArchive(chunks), (done) =>
    upload.onProgress?.({ message: t('Uploading to {0}', upload.shell.host), done: Math.min(done, total), total }),
  );
  await mustRun(upload.shell, receiveScript(upload), { input, signal: upload.signal });
}

function chunkOf({ sha256, bytes, source }: ManifestEntry, index: number) {
  const start = index * chunkBytes;
  const length = Math.min(chunkBytes, bytes - start);
  const content =
    typeof source === 'string' ? fileContent(source, start, length) : memoryContent(source, start, length);
  // A file that is one piece has its final name.
  return { name: bytes > chunkBytes ? `${sha256}.${index}` : sha256, bytes: length, content };
}

async function* fileContent(file: string, start: number, length: number): AsyncGenerator<Uint8Array> {
  if (length > 0) yield* createReadStream(file, { start, end: start + length - 1, highWaterMark: 1 << 18 });
}

async function* memoryContent(bytes: Uint8Array, start: number, length: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(start, start + length);
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of pieces) {
    done += piece.length;
    yield piece;
    onBytes(done);
  }
}

/** Trees of few files are made by a script, file by file; others by one program from a list of links. */
async function materialize(upload: Upload, trees: readonly Tree[]): Promise<void> {
  const few = trees.filter(({ entries }) => entries.length <= fewFiles);
  for (const tree of trees) if (!few.includes(tree)) await materializeMany(upload, tree);
  await runTreeScript(upload, [...few.flatMap((tree) => treeScript(upload, tree)), `rm -rf incoming/${upload.id}`]);
}

const fewFiles = 40;

/** Where there are no hard links the files are copied one by one. */
async function materializeMany(upload: Upload, tree: Tree): Promise<void> {
  const { destination, entries, shared } = tree;
  const place = `trees/.making-${upload.id}`;
  const { shell, signal } = upload;
  const there = await runScript(shell, `cd ${quotePath(upload.folder)} && [ -d ${quote(destination)} ]`, { signal });
  if (shared && there.status === 0) return;
  const input = linkArchive([
    ...foldersOfAll(entries).map((folder) => ({ name: `${place}/${folder}/` })),
    ...entries.map(({ path, sha256 }) => ({ name: `${place}/${path}`, target: `files/${sha256}` })),
  ]);
  const unpack = `cd ${quotePath(upload.folder)} && rm -rf ${place} && mkdir ${place} && tar -xof -`;
  const linked = await runScript(shell, unpack, { input, signal });
  if (linked.status !== 0) return runTreeScript(upload, treeScript(upload, tree));
  await runTreeScript(upload, [`here=${quote(destination)}`, ...finishScript(place, tree)]);
}

/** Links share their content with the store, which nobody may change: what a run may change, or execute, is a copy. */
function finishScript(place: string, { shared, entries }: Tree): string[] {
  const executables = entries.filter(({ executable }) => executable);
  const copies = executables.map(({ sha256, path }) => commandText(['x', sha256, path]));
  const make = shared
    ? `[ -d "$here" ] || mv ${place} "$here" || exit 1`
    : `mkdir -p "$here" && cp -R ${place}/. "$here"/ && chmod -R u+w "$here" || exit 1`;
  return [make, ...copies, `rm -rf ${place}`];
}

async function runTreeScript(upload: Upload, lines: readonly string[]): Promise<void> {
  const input = `${[`cd ${quotePath(upload.folder)} || exit 1`, treeFunctions, ...lines].join('\n')}\n`;
  await mustRun(upload.shell, 'sh -s', { input, signal: upload.signal });
}

/** Runs a script that has to succeed. */
export async function mustRun(shell: Shell, script: string, options: ScriptOptions): Promise<{ output: string }> {
  const result = await runScript(shell, script, options);
  if (result.status !== 0) throw new TargetError(shell.host, result.errors || result.output);
  return result;
}

export function prepareScript(folder: string, id: string): string {
  return [
    'umask 077',
    `mkdir -p ${quotePath(folder)} && cd ${quotePath(folder)} || exit 1`,
    // What uploads that were never gone on with have left.
    'find incoming -mindepth 1 -maxdepth 1 -type d -mtime +6 -exec rm -rf {} + 2>/dev/null',
    `mkdir -p files trees runs incoming/${quote(id)} || exit 1`,
    'pwd',
  ].join('\n');
}

/** Reads `SHA256 BYTES` lines, prints `SHA256 INDEX` for every piece that is not there whole. */
const missingScript = ({ folder, id }: Upload) => `cd ${quotePath(folder)} || exit 1
mkdir -p incoming/${id} || exit 1
while read -r sha bytes; do
  [ -e "files/$sha" ] && continue
  index=0
  at=0
  while [ "$index" -eq 0 ] || [ "$at" -lt "$bytes" ]; do
    want=$((bytes - at))
    [ "$want" -gt ${chunkBytes} ] && want=${chunkBytes}
    have=-1
    part=incoming/${id}/$sha
    [ "$bytes" -gt ${chunkBytes} ] && part=$part.$index
    [ -e "$part" ] && have=$(wc -c <"$part")
    [ "$have" -eq "$want" ] || echo "$sha $index"
    index=$((index + 1))
    at=$((at + ${chunkBytes}))
  done
done`;

const receiveScript = ({ folder, id }: Upload) => `cd ${quotePath(folder)}/incoming/${id} && exec tar -xof -`;

/**
 * Puts the pieces of large files together, checks all files and takes them over, many with one program: there may be ten
 * thousands. A file that is not what it should be is thrown away.
 */
const assembleScript = ({ folder, id }: Upload) => `cd ${quotePath(folder)}/incoming/${id} || exit 1
large=$(while read -r sha bytes; do
  [ "$bytes" -gt ${chunkBytes} ] && [ -e "$sha.0" ] && echo "$sha $bytes"
done)
printf '%s\\n' "$large" | while read -r sha bytes; do
  [ -n "$sha" ] || continue
  index=1
  at=${chunkBytes}
  while [ "$at" -lt "$bytes" ]; do
    cat "$sha.$index" >>"$sha.0" && rm -f "$sha.$index" || exit 1
    index=$((index + 1))
    at=$((at + ${chunkBytes}))
  done
  mv -f "$sha.0" "$sha" || exit 1
done || exit 1
sum=
if command -v sha256sum >/dev/null 2>&1; then sum=sha256sum; elif command -v shasum >/dev/null 2>&1; then sum='shasum -a 256'; fi
wrong=
[ -z "$sum" ] || wrong=$(find . -type f ! -name '*.*' -exec $sum {} + | sed 's|^\\([0-9a-f]*\\) .*/\\([0-9a-f]*\\)$|\\1 \\2|' | awk '$1 != $2 { print $2 }')
if [ -n "$wrong" ]; then
  rm -f $wrong
  echo "a file has changed while it was uploaded; start again" >&2
  exit 1
fi
find . -type f ! -name '*.*' -exec chmod 444 {} + && find . -type f ! -name '*.*' -exec sh -c 'mv -f "$@" ../../files/' sh {} +`;

/** \`d\`: a folder; \`l\`: a file that shares its content; \`c\`: a file of its own; \`x\`: one that can be executed. */
const treeFunctions = `d() { mkdir -p "$here/$1" || exit 1; }
l() { ln "files/$1" "$here/$2" 2>/dev/null || c "$1" "$2"; }
c() { rm -f "$here/$2" && cp "files/$1" "$here/$2" && chmod u+w "$here/$2" || exit 1; }
x() { c "$1" "$2" && chmod u+x "$here/$2" || exit 1; }`;

function treeScript({ id }: Upload, { destination, shared, entries }: Tree): string[] {
  const lines = [
    ...foldersOfAll(entries).map((folder) => commandText(['d', folder])),
    ...entries.map(({ path, sha256, executable }) =>
      commandText([executable ? 'x' : shared ? 'l' : 'c', sha256, path]),
    ),
  ];
  const to = quote(destination);
  if (!shared) return [`here=${to}`, 'mkdir -p "$here" || exit 1', ...lines];
  const made = quote(`trees/.making-${id}`);
  return [
    `if [ ! -d ${to} ]; then`,
    `here=${made}`,
    'rm -rf "$here" && mkdir "$here" || exit 1',
    ...lines,
    // Somebody else may have made the same one meanwhile.
    `[ -d ${to} ] || mv "$here" ${to} || exit 1`,
    'rm -rf "$here"',
    'fi',
  ];
}

const foldersOfAll = (entries: readonly ManifestEntry[]): string[] => [
  ...new Set(entries.flatMap(({ path }) => foldersOf(path))),
];

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
