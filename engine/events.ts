import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { EventFileReader } from '../core/events/eventFile';
import { type LoggedTag, RunLog, scalars } from '../core/events/run';
import { sampleSeries } from '../core/events/sampling';
import type { Series } from '../core/protocol/runs';
import { errorCode } from './errors';

/**
 * The TensorBoard log of one run: the event files directly in a folder, read incrementally. It reads a megabyte at a time
 * and yields in between, so that the process it runs in stays responsive, and verifies every checksum.
 */
export class EventFolder {
  private log = new RunLog();
  private files: OpenedFile[] = [];
  private refreshing: Promise<boolean> = Promise.resolve(false);

  constructor(readonly folder: string) {}

  /**
   * Reads what was written since the last call; true when there was something. A file that was cut, replaced, taken away or
   * put before others starts everything anew. A folder that is not there has no files; other errors of the operating system
   * reject.
   */
  refresh(): Promise<boolean> {
    const next = this.refreshing.catch(() => false).then(() => this.readOn());
    this.refreshing = next;
    return next;
  }

  /** In the order in which they first appeared. */
  tags(): LoggedTag[] {
    return this.log.tags();
  }

  /** The asked scalars that are there, each with at most `maxPoints` points. */
  read(tags: readonly string[], maxPoints: number): Series[] {
    const asked = new Set(tags);
    return this.tags()
      .filter(({ tag, kind }) => kind === scalars && asked.has(tag))
      .map(({ tag, columns }) => sampleSeries(tag, columns, maxPoints));
  }

  /** What could not be read, by file. */
  problems(): EventFileProblem[] {
    return this.files.flatMap(({ name, reader }) => problemsOf(path.join(this.folder, name), reader));
  }

  private async readOn(): Promise<boolean> {
    const present = await eventFilesIn(this.folder);
    const anew = !(await this.goesOn(present));
    if (anew) this.forget();
    let changed = anew;
    for (const [at, file] of present.entries()) {
      this.files[at] ??= {
        name: file.name,
        inode: file.inode,
        size: 0,
        head: noBytes,
        reader: new EventFileReader(this.log),
      };
      if (file.size !== this.files[at].size) changed = (await this.readFile(this.files[at], file.size)) || changed;
    }
    return changed;
  }

  private forget(): void {
    this.log = new RunLog();
    this.files = [];
  }

  /** Whether the files read so far are still the first ones, with what was read of them. */
  private async goesOn(present: readonly PresentFile[]): Promise<boolean> {
    for (const [at, file] of this.files.entries()) {
      const now = present[at];
      if (now?.name !== file.name || now.inode !== file.inode || now.size < file.reader.offset) return false;
      if (now.size !== file.size && !(await this.startsWith(file.name, file.head))) return false;
    }
    return true;
  }

  private startsWith(name: string, head: Uint8Array): Promise<boolean> {
    return this.withFile(name, async (handle) => {
      const bytes = await readBytes(handle, new Uint8Array(head.length), 0);
      return bytes.length === head.length && bytes.every((byte, at) => byte === head[at]);
    });
  }

  private readFile(file: OpenedFile, size: number): Promise<boolean> {
    return this.withFile(file.name, async (handle) => {
      if (file.head.length < headLength) file.head = await readBytes(handle, new Uint8Array(headLength), 0);
      file.size = size;
      return readRecords(handle, file.reader, size);
    });
  }

  private async withFile<T>(name: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
    const handle = await open(path.join(this.folder, name), 'r');
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  }
}

export interface EventFileProblem {
  readonly file: string;
  /** Byte offset of the first damage. */
  readonly offset: number;
  /** Records left out; the rest of the file is lost when `stopped`. */
  readonly damagedRecords: number;
  readonly stopped: boolean;
}

/** TensorBoard's own test for an event file; `.profile-empty` files hold nothing. */
export function isEventFile(name: string): boolean {
  return name.includes('tfevents') && !name.endsWith('.profile-empty');
}

interface PresentFile {
  readonly name: string;
  readonly inode: number;
  readonly size: number;
}

interface OpenedFile {
  readonly name: string;
  readonly inode: number;
  readonly reader: EventFileReader;
  /** When it was read last. */
  size: number;
  /** The first bytes, which hold the time of writing: they tell a file from another one written in its place. */
  head: Uint8Array;
}

const noBytes = new Uint8Array(0);
const headLength = 64;
const windowLength = 1 << 20;

async function eventFilesIn(folder: string): Promise<PresentFile[]> {
  const names = await ifThere(readdir(folder));
  const files = (names ?? [])
    .filter(isEventFile)
    .sort()
    .map(async (name) => {
      const stats = await ifThere(stat(path.join(folder, name)));
      return stats?.isFile() ? [{ name, inode: stats.ino, size: stats.size }] : [];
    });
  return (await Promise.all(files)).flat();
}

/** Undefined when the file or folder is not there (any more). */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Feeds the reader up to `size` bytes of the file; true when it got any further. */
async function readRecords(handle: FileHandle, reader: EventFileReader, size: number): Promise<boolean> {
  const start = reader.offset;
  let buffer = new Uint8Array(Math.min(windowLength, size - start));
  for (;;) {
    const wanted = Math.min(Math.max(windowLength, reader.needed), size - reader.offset);
    if (wanted > buffer.length) buffer = new Uint8Array(wanted);
    const window = await readBytes(handle, buffer.subarray(0, wanted), reader.offset);
    reader.read(window);
    const atEnd = window.length < wanted || reader.offset + reader.needed > size;
    if (atEnd || reader.stoppedAt !== undefined) break;
  }
  return reader.offset > start;
}

/** Fills `target` from `offset` on; shorter at the file's end. */
async function readBytes(handle: FileHandle, target: Uint8Array, offset: number): Promise<Uint8Array> {
  let length = 0;
  while (length < target.length) {
    const { bytesRead } = await handle.read(target, length, target.length - length, offset + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return target.subarray(0, length);
}

function problemsOf(file: string, reader: EventFileReader): EventFileProblem[] {
  const offset = reader.firstDamage ?? reader.stoppedAt;
  if (offset === undefined) return [];
  return [{ file, offset, damagedRecords: reader.damagedRecords, stopped: reader.stoppedAt !== undefined }];
}
