import { open } from 'node:fs/promises';

/** The last line of a text file that is not empty, without control characters; undefined where there is none. */
export async function lastLineOf(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailLength);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer
      .toString('utf8')
      .split(/[\r\n]+/)
      .map(plain);
    return lines.findLast((line) => line !== '')?.slice(0, longestLine);
  } finally {
    await handle.close();
  }
}

const tailLength = 4096;
const longestLine = 300;

/** Control sequences of a terminal begin with a control character. */
const plain = (line: string): string => line.replace(/\p{Cc}(\[[\d;]*m)?/gu, '').trim();
