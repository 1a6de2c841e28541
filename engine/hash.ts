import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of bytes, or of a text's UTF-8, as 64 lower-case hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of a file's content, read in pieces. Rejects with the operating system's error. */
export function sha256File(file: string): Promise<string> {
  return hashFile(file, 'sha256');
}

/** MD5 of a file's content: what DVC records. */
export function md5File(file: string): Promise<string> {
  return hashFile(file, 'md5');
}

async function hashFile(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece);
  return hash.digest('hex');
}
