/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) as event files use it: every length and every record carries the masked
 * checksum of TFRecord, `((crc >> 15) | (crc << 17)) + 0xa282ead8`.
 */

/** The masked checksum of `bytes[start, end)`, an unsigned 32-bit number. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const crc = crc32c(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The plain checksum of `bytes[start, end)`, an unsigned 32-bit number. Sixteen bytes per round: about 1 GB/s. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      tables[0xf00 + (crc & 255)]! ^
      tables[0xe00 + ((crc >>> 8) & 255)]! ^
      tables[0xd00 + ((crc >>> 16) & 255)]! ^
      tables[0xc00 + (crc >>> 24)]! ^
      tables[0xb00 + bytes[at + 4]!]! ^
      tables[0xa00 + bytes[at + 5]!]! ^
      tables[0x900 + bytes[at + 6]!]! ^
      tables[0x800 + bytes[at + 7]!]! ^
      tables[0x700 + bytes[at + 8]!]! ^
      tables[0x600 + bytes[at + 9]!]! ^
      tables[0x500 + bytes[at + 10]!]! ^
      tables[0x400 + bytes[at + 11]!]! ^
      tables[0x300 + bytes[at + 12]!]! ^
      tables[0x200 + bytes[at + 13]!]! ^
      tables[0x100 + bytes[at + 14]!]! ^
      tables[bytes[at + 15]!]!;
  }
  for (; at < end; at++) crc = tables[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** `tables[256 * k + b]` is the checksum's change by byte `b` followed by `k` zero bytes. */
const tables = makeTables(0x82f63b78);

function makeTables(reversedPolynomial: number): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ reversedPolynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const shorter = made[at - 256]!;
    made[at] = (shorter >>> 8) ^ made[shorter & 255]!;
  }
  return made;
}
