/** One file of an archive. Names are made by us: letters, digits and dots, shorter than 100 bytes. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A tar archive in the ustar format of POSIX.1-1988, which every tar reads, in pieces. */
export async function* tarArchive(entries: AsyncIterable<TarEntry> | Iterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for await (const { name, bytes, content } of entries) {
    yield header(name, bytes);
    let written = 0;
    for await (const piece of content) {
      const wanted = piece.subarray(0, bytes - written);
      written += wanted.length;
      yield wanted;
    }
    // A file that has shrunk since it was hashed is noticed by its hash on the target.
    if (written < bytes) yield new Uint8Array(bytes - written);
    yield new Uint8Array((block - (bytes % block)) % block);
  }
  yield new Uint8Array(2 * block);
}

const block = 512;

function header(name: string, bytes: number): Uint8Array {
  const buffer = Buffer.alloc(block);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  buffer.write(name, 0);
  buffer.write(octal(0o600, 8), 100);
  buffer.write(octal(0, 8), 108);
  buffer.write(octal(0, 8), 116);
  buffer.write(octal(bytes, 12), 124);
  buffer.write(octal(Math.floor(Date.now() / 1000), 12), 136);
  buffer.write('        ', 148);
  buffer.write('0', 156);
  buffer.write('ustar\x0000', 257);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return buffer;
}
