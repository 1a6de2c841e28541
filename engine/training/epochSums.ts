import type { MetricOutput } from '../../core/compile/training';
import type { BatchResult } from './learner';

export type PartName = 'train' | 'validation';

/** Sums over the batches of an epoch; the epoch's value is the mean over its samples. */
export class EpochSums {
  private readonly sums: Record<string, number>;

  /** `sums`: of an epoch that was interrupted. */
  constructor(
    private readonly metrics: readonly MetricOutput[],
    sums: Readonly<Record<string, number>> = {},
  ) {
    this.sums = { ...sums };
  }

  add(count: number, { loss, metrics }: BatchResult): void {
    this.addTo(samples, count);
    this.addTo('loss', loss * count);
    for (const [name, value] of metrics) this.addTo(`metric ${name}`, value);
  }

  /** TensorBoard tag to value; empty when there were no samples. */
  values(part: PartName): Record<string, number> {
    const count = this.sums[samples] ?? 0;
    if (count === 0) return {};
    const values: Record<string, number> = { [`loss/${part}`]: this.sums.loss! / count };
    for (const { name, tag, perSample } of this.metrics)
      values[`${tag}/${part}`] = this.sums[`metric ${name}`]! / (count * perSample);
    return values;
  }

  toJson(): Readonly<Record<string, number>> {
    return { ...this.sums };
  }

  private addTo(key: string, value: number): void {
    this.sums[key] = (this.sums[key] ?? 0) + value;
  }
}

const samples = 'samples';

export const tagsOf = (metrics: readonly MetricOutput[], parts: readonly PartName[]): string[] =>
  parts.flatMap((part) => ['loss', ...metrics.map(({ tag }) => tag)].map((name) => `${name}/${part}`));

/** An accuracy is better the higher it is, everything else (losses, errors) the lower. */
export const isBetter = (tag: string, value: number, known: number): boolean =>
  tag.startsWith('accuracy/') ? value > known : value < known;

/** The best values so far with those of an epoch. Learning rate and speed are not what a run is judged by. */
export function bestValues(best: Values, values: Values): Values {
  const measured = Object.entries(values).filter(([tag]) => /\/(train|validation)$/.test(tag));
  const better = measured.filter(([tag, value]) => best[tag] === undefined || isBetter(tag, value, best[tag]));
  return { ...best, ...Object.fromEntries(better) };
}

type Values = Readonly<Record<string, number>>;
