import { t } from '../l10n';
import type { Interval } from '../statistics/interval';

/** The pieces that notes are put together from: Markdown in which no text from a file is taken for markup. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export function interval({ low, high }: Interval): string {
  return t('{0} to {1}', percent(low), percent(high));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

export function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

export function codeValue(value: unknown): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Inline code, fenced by more backticks than the text has in a row; table bars survive too. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const [fence, space] = ['`'.repeat(longest + 1), longest > 0 ? ' ' : ''];
  return `${fence}${space}${text.replaceAll('|', '\\|').replaceAll('\n', ' ')}${space}${fence}`;
}

/** Text from a file, with nothing left that Markdown or HTML would take for its own; an underscore inside a word is no markup. */
export function plain(text: string): string {
  const line = text.replaceAll('\n', ' ').replace(/[\\`*[\]<>|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
  return line.replace(/^(\s*)([#+-]|\d+(?=[.)]\s))(?=[#\s.)])/, (_, space, mark) =>
    /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
  );
}

export function seconds(count: number): string {
  if (count < 60) return t('{0} s', count.toFixed(1));
  if (count < 3600) return t('{0} min {1} s', Math.floor(count / 60), Math.round(count % 60));
  return t('{0} h {1} min', Math.floor(count / 3600), Math.round((count % 3600) / 60));
}
