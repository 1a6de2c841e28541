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
    yield new Uint8Array(padding(bytes));
  }
  yield new Uint8Array(2 * block);
}

const block = 512;

/** A folder, or another name of a file that is there already: of what a tree is made without copying. */
export type TarLink = { readonly name: string; readonly target?: string };

/** An archive of folders (`target` undefined) and hard links; names may be of any length (GNU's `L` entries). */
export async function* linkArchive(links: Iterable<TarLink>): AsyncGenerator<Uint8Array> {
  for (const { name, target } of links) {
    const bytes = Buffer.from(name);
    if (bytes.length > 99) yield* longName(bytes);
    yield header(bytes.subarray(0, 99), 0, target === undefined ? '5' : '1', target);
  }
  yield new Uint8Array(2 * block);
}

function* longName(name: Buffer): Generator<Uint8Array> {
  yield header('././@LongLink', name.length + 1, 'L');
  yield name;
  yield new Uint8Array(1 + padding(name.length + 1));
}

const padding = (bytes: number): number => (block - (bytes % block)) % block;

function header(name: string | Uint8Array, bytes: number, type = '0', target = ''): Uint8Array {
  const buffer = Buffer.alloc(block);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  buffer.set(typeof name === 'string' ? Buffer.from(name) : name);
  buffer.write(octal(type === '5' ? 0o700 : 0o600, 8), 100);
  buffer.write(octal(0, 8), 108);
  buffer.write(octal(0, 8), 116);
  buffer.write(octal(bytes, 12), 124);
  buffer.write(octal(Math.floor(Date.now() / 1000), 12), 136);
  buffer.write('        ', 148);
  buffer.write(type, 156);
  buffer.write(target, 157);
  buffer.write('ustar\x0000', 257);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return buffer;
}
