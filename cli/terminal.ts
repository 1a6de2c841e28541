import { stripVTControlCharacters } from 'node:util';

/** Where a command writes: results to `out`, errors and progress to `err`, nothing else to either. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Shows one changing line on standard error, when that is a terminal; an empty text takes it away. */
  progress(text: string): void;
  paint(style: Style, text: string): string;
}

/** Select Graphic Rendition parameters (ECMA-48): on, off. */
const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof styles;

/** The process's own streams. Colour only on a terminal and without `NO_COLOR` (https://no-color.org). */
export function processTerminal(): Terminal {
  const colour = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;
  const live = Boolean(process.stderr.isTTY);
  const clear = () => (live ? process.stderr.write('\r\u001b[2K') : undefined);
  return {
    out: (text) => {
      clear();
      process.stdout.write(endLine(process.stdout.isTTY ? harmless(text) : text));
    },
    err: (text) => {
      clear();
      process.stderr.write(endLine(live ? harmless(text) : stripVTControlCharacters(text)));
    },
    progress: (text) => {
      clear();
      if (live) process.stderr.write(harmless(text));
    },
    paint: (style, text) => (colour ? `\u001b[${styles[style][0]}m${text}\u001b[${styles[style][1]}m` : text),
  };
}

/** Names from files must not move a terminal's cursor or change its title: of control sequences only colours pass. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}(\[\d{1,2}m)?/gu, (sequence, colour?: string) =>
    '\t\n\r'.includes(sequence[0]!) || (colour && sequence.startsWith('\u001b')) ? sequence : '\ufffd',
  );
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
