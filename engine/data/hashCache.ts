import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeFolders, writeFileAtomically } from '../files';
import { sha256File, sha256Hex } from '../hash';

interface Entry {
  readonly size: number;
  readonly time: number;
  readonly sha256: string;
}

/**
 * Remembers the hashes of a data folder's files between runs, in the user's cache folder. A hash counts as long as size and
 * modification time are the same; of a file that was written just before it was hashed nothing is remembered, because a later
 * write in the same tick would go unnoticed. The cache is only ever an acceleration: losing it, or not being able to write it,
 * changes nothing.
 */
export class HashCache {
  private readonly next = new Map<string, Entry>();
  private bytes = 0;

  static async open(target: string): Promise<HashCache> {
    const file = path.join(cacheFolder(), `${sha256Hex(path.resolve(target)).slice(0, 32)}.json`);
    return new HashCache(file, await readEntries(file));
  }

  private constructor(
    private readonly file: string,
    private readonly known: ReadonlyMap<string, Entry>,
  ) {}

  async hash(file: string): Promise<Entry> {
    const before = await stat(file);
    const known = this.known.get(file);
    const isKnown = known && known.size === before.size && known.time === before.mtimeMs;
    const entry = isKnown ? known : { size: before.size, time: before.mtimeMs, sha256: await sha256File(file) };
    if (isKnown || Date.now() - before.mtimeMs > settledAfter) this.next.set(file, entry);
    this.bytes += entry.size;
    return entry;
  }

  async save(): Promise<void> {
    if (this.bytes < worthRemembering) return;
    try {
      await makeFolders(path.dirname(this.file));
      await writeFileAtomically(this.file, JSON.stringify([...this.next]));
    } catch {
      // Without a cache the next run hashes again.
    }
  }
}

/** Milliseconds; the coarsest clock of a file system in use (FAT) ticks every two seconds. */
const settledAfter = 3000;

/** Bytes that take about a tenth of a second to hash. */
const worthRemembering = 64 << 20;

async function readEntries(file: string): Promise<Map<string, Entry>> {
  try {
    const entries: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(entries) ? new Map(entries.filter(isEntry)) : new Map();
  } catch {
    return new Map();
  }
}

function isEntry(value: unknown): value is [string, Entry] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const entry = value[1] as Partial<Entry> | null;
  return typeof entry?.size === 'number' && typeof entry.time === 'number' && /^[0-9a-f]{64}$/.test(entry.sha256 ?? '');
}

function cacheFolder(): string {
  const home = os.homedir();
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : (process.env.XDG_CACHE_HOME ?? path.join(home, '.cache'));
  return path.join(base, 'matchdown', 'hashes');
}
