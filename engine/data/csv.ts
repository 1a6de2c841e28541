import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import { type CsvRecord, csvRecords } from './csvRecords';
import { formatShape, product, type RawData, type RawLabels } from './dataSet';
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
        'Columns beside the label: {0}; the scheme needs {1} ({2}).',
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
