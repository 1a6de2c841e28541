import { maskedCrc32c } from './crc32c';

/**
 * TFRecord, the framing of event files: length (uint64), its masked checksum (uint32), the data, its masked checksum
 * (uint32); all little-endian.
 *
 * What was found says what the caller can do: with a `record` and a `damaged record` (its length can be trusted, its data
 * cannot) go on at `next`; `incomplete` means to call again with at least `needed` bytes, now or when the file has grown;
 * after a `damaged length` nobody knows where the next record starts.
 */
export type Found = 'record' | 'damaged record' | 'damaged length' | 'incomplete';

/** Finds one record after the other in a window of a file. Its fields are those of the last `find`: nothing is allocated. */
export class RecordFinder {
  /** The record's data is `window[start, end)`. */
  start = 0;
  end = 0;
  /** Where the next record starts. */
  next = 0;
  /** How many bytes from the asked position on the window must hold. */
  needed = 0;

  find(window: Uint8Array, view: DataView, position: number): Found {
    this.needed = headerLength;
    if (position + headerLength > window.length) return 'incomplete';
    if (maskedCrc32c(window, position, position + 8) !== view.getUint32(position + 8, true)) return 'damaged length';
    const length = view.getUint32(position, true) + view.getUint32(position + 4, true) * 2 ** 32;
    this.start = position + headerLength;
    this.end = this.start + length;
    this.next = this.end + footerLength;
    this.needed = this.next - position;
    if (this.next > window.length) return 'incomplete';
    const intact = maskedCrc32c(window, this.start, this.end) === view.getUint32(this.end, true);
    return intact ? 'record' : 'damaged record';
  }
}

const headerLength = 12;
const footerLength = 4;
