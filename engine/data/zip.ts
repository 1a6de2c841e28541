import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { t } from '../../core/l10n';
import { errorCode, InputError } from '../errors';

/** One file of a ZIP archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/**
 * Reads an archive's members one by one, checking each one's CRC-32 (PKWARE APPNOTE 6.3.10, with ZIP64, which numpy writes).
 * Throws `InputError` for anything that is damaged.
 */
export class ZipArchive {
  static async open(file: string): Promise<ZipArchive> {
    const handle = await open(file, 'r');
    try {
      return new ZipArchive(file, handle, await readDirectory(file, handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    readonly entries: readonly ZipEntry[],
  ) {}

  close(): Promise<void> {
    return this.handle.close();
  }

  async read(entry: ZipEntry): Promise<Uint8Array> {
    if (Math.max(entry.size, entry.compressedSize) > largestMember) throw tooLarge(this.file, entry.name);
    const header = await readAt(this.file, this.handle, entry.headerOffset, 30);
    if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(this.file, entry.headerOffset);
    const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const stored = await readAt(this.file, this.handle, start, entry.compressedSize);
    const data = await this.decompress(entry, stored, start);
    if (data.length !== entry.size || crc32(data) !== entry.crc) throw damaged(this.file, start);
    return data;
  }

  private async decompress(entry: ZipEntry, stored: Buffer, start: number): Promise<Buffer> {
    if (entry.method === 0) return stored;
    if (entry.method !== 8) throw damaged(this.file, entry.headerOffset);
    try {
      return await promisify(inflateRaw)(stored, { maxOutputLength: Math.max(entry.size, 1) });
    } catch (error) {
      if (errorCode(error)?.startsWith('Z_') || errorCode(error) === 'ERR_BUFFER_TOO_LARGE')
        throw damaged(this.file, start);
      throw error;
    }
  }
}

/** What one buffer of Node can hold. */
const largestMember = 2 ** 32 - 1;

/** The end record stands in the last 64 KB; its comment may be that long. */
async function readDirectory(file: string, handle: FileHandle): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tailStart = Math.max(0, size - 65_557);
  const tail = await readAt(file, handle, tailStart, size - tailStart);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > tail.length) throw damaged(file, size);
  let count = tail.readUInt16LE(end + 10);
  let length = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  if (end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50) {
    const record = await readAt(file, handle, Number(tail.readBigUInt64LE(end - 12)), 56);
    count = Number(record.readBigUInt64LE(32));
    length = Number(record.readBigUInt64LE(40));
    offset = Number(record.readBigUInt64LE(48));
  }
  if (offset + length > size) throw damaged(file, size);
  return parseDirectory(file, await readAt(file, handle, offset, length), count, offset);
}

function parseDirectory(file: string, directory: Buffer, count: number, start: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw damaged(file, start + at);
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const [size, compressedSize, headerOffset] = withZip64(extra, [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      size: size!,
      compressedSize: compressedSize!,
      headerOffset: headerOffset!,
    });
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Sizes that do not fit 32 bits stand, in this order, in extra field 1. */
function withZip64(extra: Buffer, values: readonly number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return values.map((value) => {
    if (value !== 0xffffffff || at + 8 > extra.length) return value;
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  });
}

async function readAt(file: string, handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, Math.min(length - done, 2 ** 30), offset + done);
    if (bytesRead === 0) throw damaged(file, offset + done);
    done += bytesRead;
  }
  return buffer;
}

const damaged = (file: string, offset: number): InputError =>
  new InputError({
    file,
    place: t('byte {0}', offset),
    problem: t('The archive is damaged or truncated.'),
    nextStep: t('Write or copy the file again.'),
  });

const tooLarge = (file: string, name: string): InputError =>
  new InputError({
    file,
    place: name,
    problem: t('The array is larger than 4 GB.'),
    nextStep: t('Save it with a smaller type, uint8 or float32 for example, or train on a part of it.'),
  });
