import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** A table for people: columns padded by what they take on the screen (a Korean letter takes two cells). */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, i) => lines.reduce((width, cells) => Math.max(width, stringWidth(cells[i])), 0));
  return lines
    .map((cells) => cells.map((cell, i) => pad(cell, widths[i], columns[i])).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A table in Markdown. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}

/** Comma-separated values as RFC 4180 has them. */
export function csv(rows: readonly (readonly string[])[]): string {
  const field = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function pad(cell: string, width: number, { align }: Column): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return align === 'right' ? space + cell : cell + space;
}
