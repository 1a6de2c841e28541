import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataFingerprint } from '../../core/runs/record';
import { sha256Hex } from '../hash';
import { dvcState } from './dvc';
import { filesBelow } from './folder';
import { HashCache } from './hashCache';

/**
 * Identifies data by its content. A file: its SHA-256. A folder: the SHA-256 of the list that `sha256sum` prints for its files
 * in the order of their names' bytes, one line `<sha256>  <path>` each, hidden files left out. Hashes of unchanged files (same
 * size and time) are remembered. Rejects with the operating system's error.
 */
export async function fingerprint(target: string, written = target): Promise<DataFingerprint> {
  const info = await stat(target);
  const names = info.isDirectory() ? await filesBelow(target) : [''];
  const cache = await HashCache.open(target);
  const lines: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const file = name === '' ? target : path.join(target, ...name.split('/'));
    const { size, sha256 } = await cache.hash(file);
    lines.push(`${sha256}  ${name}\n`);
    bytes += size;
  }
  await cache.save();
  const sha256 = info.isDirectory() ? sha256Hex(lines.join('')) : lines[0]!.slice(0, 64);
  const dvc = await dvcState(target);
  return { path: written, sha256, files: names.length, bytes, ...(dvc && { dvc }) };
}
