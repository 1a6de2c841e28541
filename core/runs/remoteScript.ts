/**
 * A script for `sh` as one command line that every login shell passes on as it is: POSIX shells, csh, fish. Whatever one of
 * them could take for its own is written as `\0ooo`, which `printf %b` (POSIX) turns back into the byte.
 */
export function loginShellCommand(script: string): string {
  return `exec sh -c 'eval "$(printf %b "$0")"' '${encode(script)}'`;
}

/** Letters, digits and a few signs stand for themselves. */
function encode(script: string): string {
  let encoded = '';
  for (const byte of new TextEncoder().encode(script))
    encoded += plain.has(byte) ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`;
  return encoded;
}

const plain = new Set(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _./:,=+-'].map((sign) => sign.charCodeAt(0)),
);
