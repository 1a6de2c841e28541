import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import { formatShape, product, type RawData, type RawLabels } from './dataSet';
import { gzipError } from './gzip';
import { arrangeSamples, rowMajorStrides } from './layout';

/**
 * Reads a `.csv` or `.csv.gz` file: a header row, one sample per row, RFC 4180 quoting, any line end; the separator is a comma,
 * or a semicolon or tab when the header has no comma. All columns but the label's are the sample's values, in the scheme's
 * layout. Throws `InputError`.
 */
export async function readCsv(file: string, section: DataSection): Promise<RawData> {
  const table = new Table(file, section);
  for await (const record of csvRecords(file)) table.add(record);
  return table.finish();
}

interface CsvRecord {
  readonly fields: readonly string[];
  /** The line that it starts on, counted from 1. */
  readonly line: number;
}

class Table {
  private columns: Columns | undefined;
  private readonly values = new GrowingFloats();
  private readonly labelText: string[] = [];
  private readonly lines: number[] = [];

  constructor(
    private readonly file: string,
    private readonly section: DataSection,
  ) {}

  add({ fields, line }: CsvRecord): void {
    if (!this.columns) {
      this.columns = findColumns(this.file, fields, this.section);
      return;
    }
    const { names, features, labels } = this.columns;
    if (fields.length !== names.length) {
      throw this.error(
        line,
        t('The row has {0} fields; the header has {1}.', fields.length, names.length),
        t('Mend the row; a field with a separator in it needs quotes.'),
      );
    }
    for (const column of features) this.values.push(this.number(fields[column]!, line, names[column]!));
    for (const column of labels) this.labelText.push(fields[column]!.trim());
    this.lines.push(line);
  }

  finish(): RawData {
    const count = this.lines.length;
    if (!this.columns)
      throw new InputError({
        file: this.file,
        problem: t('The file is empty.'),
        nextStep: t('A header row and one row per sample are needed.'),
      });
    const flat = {
      values: this.values.finish(),
      dims: [count, this.columns.features.length],
      strides: rowMajorStrides([count, this.columns.features.length]),
    };
    return {
      count,
      values: arrangeSamples(flat, this.section.sampleShape)!,
      labels: this.labels(this.columns),
      ids: Array.from({ length: count }, (_, i) => String(i)),
      place: (i) => t('line {0}', this.lines[i]!),
    };
  }

  private labels({ names, labels }: Columns): RawLabels {
    const isNumber = this.labelText.every((text) => text !== '' && Number.isFinite(Number(text)));
    if (this.section.labelType === 'classification' && !isNumber) return { kind: 'text', values: this.labelText };
    const columns = labels.length;
    const values = Float64Array.from(this.labelText, (text, i) =>
      this.number(text, this.lines[Math.floor(i / columns)]!, names[labels[i % columns]!]!),
    );
    return { kind: 'numbers', values, columns };
  }

  private number(text: string, line: number, column: string): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    const problem =
      text.trim() === ''
        ? t('Column "{0}" is empty.', column)
        : t('"{0}" in column "{1}" is no finite number.', text.slice(0, 40), column);
    throw this.error(line, problem, t('Fill it in, remove the row, or encode the column as numbers.'));
  }

  private error(line: number, problem: string, nextStep: string): InputError {
    return new InputError({ file: this.file, place: t('line {0}', line), problem, nextStep });
  }
}

interface Columns {
  readonly names: readonly string[];
  readonly features: readonly number[];
  readonly labels: readonly number[];
}

/** One label column for classification; for other tasks as many as `label_dim`, ending with the last or starting with the named one. */
function findColumns(file: string, names: readonly string[], section: DataSection): Columns {
  const labelCount = section.labelType === 'classification' ? 1 : section.labelDim;
  const named = section.labelColumn === undefined ? names.length - labelCount : names.indexOf(section.labelColumn);
  if (named < 0 || named + labelCount > names.length) {
    throw new InputError({
      file,
      place: t('line {0}', 1),
      problem:
        section.labelColumn === undefined
          ? t('There are fewer columns than labels.')
          : t('There is no label column "{0}".', section.labelColumn),
      nextStep: t('The header has: {0}. Set data.label_column to one of them.', names.slice(0, 20).join(', ')),
    });
  }
  const labels = Array.from({ length: labelCount }, (_, i) => named + i);
  const features = [...names.keys()].filter((column) => !labels.includes(column));
  if (features.length !== product(section.sampleShape)) {
    throw new InputError({
      file,
      place: t('line {0}', 1),
      problem: t(
        'There are {0} columns beside the label; the scheme needs {1} ({2}).',
        features.length,
        product(section.sampleShape),
        formatShape(section.sampleShape),
      ),
      nextStep: t('Change data.input_size, or remove the columns that are no input.'),
    });
  }
  return { names, features, labels };
}

class GrowingFloats {
  private buffer = new Float32Array(1 << 14);
  private length = 0;

  push(value: number): void {
    if (this.length === this.buffer.length) {
      const larger = new Float32Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length++] = value;
  }

  finish(): Float32Array {
    return this.buffer.slice(0, this.length);
  }
}

async function* csvRecords(file: string): AsyncGenerator<CsvRecord> {
  const parser = new CsvParser(file);
  const decoder = new TextDecoder();
  try {
    for await (const piece of await openText(file))
      yield* parser.push(decoder.decode(piece as Buffer, { stream: true }));
  } catch (error) {
    throw gzipError(file, error) ?? error;
  }
  yield* parser.push(decoder.decode());
  yield* parser.finish();
}

async function openText(file: string): Promise<Readable> {
  const handle = await open(file, 'r');
  const start = Buffer.alloc(2);
  await handle.read(start, 0, 2, 0).finally(() => handle.close());
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  // The pipeline's error reaches the reader through the last stream.
  return start.equals(Buffer.from([0x1f, 0x8b])) ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

/** A push parser: RFC 4180, with `\n`, `\r\n` or `\r` as line ends; empty lines are skipped. */
class CsvParser {
  private separator: string | undefined;
  private records: CsvRecord[] = [];
  private fields: string[] = [];
  private field = '';
  private state: 'start' | 'plain' | 'quoted' | 'afterQuote' = 'start';
  private line = 1;
  private recordLine = 1;
  private rest = '';
  private skipLineFeed = false;

  constructor(private readonly file: string) {}

  push(text: string): readonly CsvRecord[] {
    const input = this.rest + text;
    this.rest = '';
    if (this.separator === undefined) {
      const header = /^[^\r\n]*(?=[\r\n])/.exec(input)?.[0];
      if (header === undefined) {
        this.rest = input;
        return [];
      }
      this.separator = separatorOf(header);
    }
    this.records = [];
    for (let at = 0; at < input.length; ) at = this.step(input, at);
    return this.records;
  }

  finish(): readonly CsvRecord[] {
    if (this.separator === undefined && this.rest !== '') return this.push('\n');
    if (this.state === 'quoted') {
      throw new InputError({
        file: this.file,
        place: t('line {0}', this.recordLine),
        problem: t('A quoted field is not closed.'),
        nextStep: t('Add the missing quotation mark.'),
      });
    }
    this.records = [];
    this.endRecord();
    return this.records;
  }

  /** Takes in one character, or as many plain ones as there are; returns the next position. */
  private step(input: string, at: number): number {
    const character = input[at]!;
    if (this.skipLineFeed) {
      this.skipLineFeed = false;
      if (character === '\n') return at + 1;
    }
    if (this.state === 'quoted') return this.quoted(input, at);
    if (character === this.separator) this.endField();
    else if (character === '\n' || character === '\r') {
      this.line++;
      this.skipLineFeed = character === '\r';
      this.endRecord();
    } else if (character === '"' && this.state === 'start') this.state = 'quoted';
    else if (character === '"' && this.state === 'afterQuote') {
      this.field += '"';
      this.state = 'quoted';
    } else return this.plain(input, at);
    return at + 1;
  }

  private plain(input: string, at: number): number {
    let end = at + 1;
    while (end < input.length && input[end] !== this.separator && input[end] !== '\n' && input[end] !== '\r') end++;
    this.field += input.slice(at, end);
    this.state = 'plain';
    return end;
  }

  private quoted(input: string, at: number): number {
    const close = input.indexOf('"', at);
    const end = close < 0 ? input.length : close;
    const piece = input.slice(at, end);
    this.line += piece.match(/\r\n|\n|\r/g)?.length ?? 0;
    this.field += piece;
    if (close < 0) return end;
    this.state = 'afterQuote';
    return end + 1;
  }

  private endField(): void {
    this.fields.push(this.field);
    this.field = '';
    this.state = 'start';
  }

  private endRecord(): void {
    const isEmpty = this.fields.length === 0 && this.field === '' && this.state === 'start';
    this.endField();
    const record = { fields: this.fields, line: this.recordLine };
    this.fields = [];
    this.recordLine = this.line;
    if (!isEmpty) this.records.push(record);
  }
}

function separatorOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  return [',', ';', '\t'].find((separator) => unquoted.includes(separator)) ?? ',';
}
