import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import type { ClassLabels, Labels, RawData, RawLabels, ValueLabels } from './dataSet';
import { compareNames } from './folder';

/**
 * What the labels of a file mean by the scheme's `label_type`. `classNames` are the training data's, for a validation set of
 * its own. Throws `InputError`.
 */
export function interpretLabels(
  file: string,
  data: RawData,
  section: DataSection,
  classNames?: readonly string[],
): Labels {
  const reader = new LabelReader(file, data, section);
  if (section.labelType !== 'classification') return reader.values();
  return data.labels.kind === 'text'
    ? reader.textClasses(data.labels.values, classNames)
    : reader.numberClasses(data.labels, classNames);
}

class LabelReader {
  constructor(
    private readonly file: string,
    private readonly data: RawData,
    private readonly section: DataSection,
  ) {}

  textClasses(values: readonly string[], known?: readonly string[]): ClassLabels {
    const names = known ?? [...new Set(values)].sort(compareNames);
    this.checkClassCount(names);
    const numbers = new Map(names.map((name, index) => [name, index]));
    const classes = Int32Array.from(
      values,
      (name, sample) => numbers.get(name) ?? this.unknownClass(sample, name, names),
    );
    return { kind: 'classes', names, classes };
  }

  /** One-hot rows; numbers from 0; or, where they are exactly `label_dim` other numbers, these in ascending order. */
  numberClasses(labels: RawLabels & { kind: 'numbers' }, known?: readonly string[]): ClassLabels {
    const numbers = labels.columns === 1 ? labels.values : this.fromOneHot(labels.values, labels.columns);
    const broken = numbers.findIndex((value) => !Number.isInteger(value));
    if (broken >= 0)
      throw this.error(
        broken,
        t('The label {0} is no whole number.', numbers[broken]!),
        t('For other values set data.label_type to "regression".'),
      );
    const { labelDim } = this.section;
    const isPlain = numbers.every((value) => value >= 0 && value < labelDim);
    const plain = Array.from({ length: labelDim }, (_, index) => String(index));
    const distinct = isPlain ? plain : [...new Set(numbers)].sort((a, b) => a - b).map(String);
    if (known === undefined && distinct.length !== labelDim) throw this.outOfRange(numbers);
    return this.textClasses(Array.from(numbers, String), known ?? distinct);
  }

  values(): ValueLabels {
    const { labels } = this.data;
    const { labelDim, labelType } = this.section;
    if (labels.kind === 'text')
      throw this.error(
        undefined,
        t('The labels are text.'),
        t('Set data.label_type to "classification", or save numbers.'),
      );
    if (labels.columns !== labelDim) {
      throw this.error(
        undefined,
        t('Labels per sample: {0}; data.label_dim is {1}.', labels.columns, labelDim),
        t('Change data.label_dim.'),
      );
    }
    const bad = labels.values.findIndex((value) =>
      labelType === 'multi_label' ? value !== 0 && value !== 1 : !Number.isFinite(value),
    );
    if (bad >= 0) {
      const expected =
        labelType === 'multi_label'
          ? t('Every label of a multi-label task is 0 or 1.')
          : t('Every target has to be a finite number.');
      throw this.error(Math.floor(bad / labelDim), t('The label is {0}.', labels.values[bad]!), expected);
    }
    return { kind: 'values', values: Float32Array.from(labels.values), columns: labelDim };
  }

  private fromOneHot(values: Float64Array, columns: number): Float64Array {
    if (columns !== this.section.labelDim) {
      throw this.error(
        undefined,
        t('Labels per sample: {0}; data.label_dim is {1}.', columns, this.section.labelDim),
        t('Change data.label_dim.'),
      );
    }
    return Float64Array.from({ length: this.data.count }, (_, sample) => {
      const row = values.subarray(sample * columns, (sample + 1) * columns);
      const sum = row.reduce((total, value) => total + (value === 0 || value === 1 ? value : Number.NaN), 0);
      if (sum === 1) return row.indexOf(1);
      throw this.error(
        sample,
        t('The label row has not exactly one 1.'),
        t('For several labels per sample set data.label_type to "multi_label".'),
      );
    });
  }

  private checkClassCount(names: readonly string[]): void {
    if (names.length === this.section.labelDim) return;
    throw this.error(
      undefined,
      t('Classes in the data: {0} ({1}); data.label_dim is {2}.', names.length, preview(names), this.section.labelDim),
      t('Set data.label_dim to {0}, or check the labels.', names.length),
    );
  }

  private outOfRange(numbers: Float64Array): InputError {
    const { labelDim } = this.section;
    const sample = numbers.findIndex((value) => value < 0 || value >= labelDim);
    return this.error(
      sample,
      t('The label is {0}; with data.label_dim {1} the labels are 0 to {2}.', numbers[sample]!, labelDim, labelDim - 1),
      t('Change data.label_dim, or check the labels.'),
    );
  }

  private unknownClass(sample: number, name: string, names: readonly string[]): never {
    throw this.error(
      sample,
      t('The class "{0}" is not one of the training data ({1}).', name, preview(names)),
      t('Check the labels of the validation data.'),
    );
  }

  private error(sample: number | undefined, problem: string, nextStep: string): InputError {
    return new InputError({
      file: this.file,
      ...(sample !== undefined && { place: this.data.place(sample) }),
      problem,
      nextStep,
    });
  }
}

const preview = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')}, ...` : names.join(', ');
