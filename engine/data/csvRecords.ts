import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { t } from '../../core/l10n';
import { InputError } from '../errors';
import { gzipError } from './gzip';

export interface CsvRecord {
  readonly fields: readonly string[];
  /** The line that it starts on, counted from 1. */
  readonly line: number;
}

/** The rows of a CSV file, compressed or not, the header first. Throws `InputError` for damaged compression and open quotes. */
export async function* csvRecords(file: string): AsyncGenerator<CsvRecord> {
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
