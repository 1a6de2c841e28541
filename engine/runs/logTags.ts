import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { EventFileReader } from '../../core/events/eventFile';
import { RunLog, scalars } from '../../core/events/run';
import { isEventFile } from '../events';

/** Bytes of each file; a training logs its tags within its first epochs. */
const headLength = 1 << 18;

/** The scalar tags at the beginning of a folder's event files: enough for a list, however large the files are. */
export async function tagsOfLogs(folder: string): Promise<string[]> {
  const log = new RunLog();
  for (const name of (await readdir(folder)).filter(isEventFile).sort()) {
    new EventFileReader(log).read(await readHead(path.join(folder, name)));
  }
  return log
    .tags()
    .filter(({ kind }) => kind === scalars)
    .map(({ tag }) => tag);
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
