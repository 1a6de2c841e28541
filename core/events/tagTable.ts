/**
 * Numbers the tags of a log by their bytes. Logs repeat their tags in much the same order, so the tag that came after this
 * one the last time is tried first: most look-ups are one comparison of bytes, without a string.
 */
export class TagTable {
  readonly names: string[] = [];
  private readonly encoded: Uint8Array[] = [];
  private readonly successor: number[] = [];
  private readonly byHash = new Map<number, number[]>();
  private last = -1;

  /** The number of the tag `bytes[start, end)`; numbers are counted from 0. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const guess = this.last < 0 ? undefined : this.successor[this.last];
    const found = guess !== undefined && this.equals(guess, bytes, start, end) ? guess : this.search(bytes, start, end);
    if (this.last >= 0) this.successor[this.last] = found;
    this.last = found;
    return found;
  }

  private search(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const candidates = this.byHash.get(hash) ?? [];
    const known = candidates.find((tag) => this.equals(tag, bytes, start, end));
    if (known !== undefined) return known;
    const added = this.names.length;
    this.encoded.push(bytes.slice(start, end));
    this.names.push(utf8.decode(this.encoded[added]));
    this.byHash.set(hash, [...candidates, added]);
    return added;
  }

  private equals(tag: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.encoded[tag]!;
    if (known.length !== end - start) return false;
    for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
    return true;
  }
}

const utf8 = new TextDecoder();

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}
