import type { TensorFigures } from '../protocol/onnx';

const BARS = 40;

/**
 * Figures of a tensor whose values come in pieces, in two passes: first all of them to `add`, then all of them again to
 * `count`. Only what is finite counts for range, mean and deviation.
 */
export class Statistics {
  private total = 0;
  private finite = 0;
  private zeros = 0;
  private notNumbers = 0;
  private minimum = Number.POSITIVE_INFINITY;
  private maximum = Number.NEGATIVE_INFINITY;
  private mean = 0;
  /** Sum of squared distances from the mean, kept as Chan, Golub and LeVeque do for pieces (1983). */
  private squares = 0;
  private readonly bars = new Array<number>(BARS).fill(0);

  add(values: ArrayLike<number>): void {
    let finite = 0;
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value === 0) this.zeros++;
      if (Number.isFinite(value)) {
        finite++;
        sum += value;
        if (value < this.minimum) this.minimum = value;
        if (value > this.maximum) this.maximum = value;
      } else if (Number.isNaN(value)) this.notNumbers++;
    }
    this.total += values.length;
    if (finite > 0) this.merge(finite, sum / finite, squaresAround(values, sum / finite));
  }

  count(values: ArrayLike<number>): void {
    const { minimum, maximum, bars } = this;
    // Halves: the range of all doubles is not one.
    const range = maximum / 2 - minimum / 2;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      const place = range > 0 ? Math.floor(((value / 2 - minimum / 2) / range) * BARS) : 0;
      bars[Math.min(BARS - 1, place)]!++;
    }
  }

  figures(): TensorFigures {
    const known = (value: number) => (this.finite > 0 && Number.isFinite(value) ? value : null);
    return {
      count: this.total,
      zeros: this.zeros,
      notNumbers: this.notNumbers,
      infinite: this.total - this.finite - this.notNumbers,
      minimum: known(this.minimum),
      maximum: known(this.maximum),
      mean: known(this.mean),
      deviation: known(Math.sqrt(this.squares / this.finite)),
      histogram: this.finite > 0 ? this.bars : [],
    };
  }

  private merge(count: number, mean: number, squares: number): void {
    const all = this.finite + count;
    const distance = mean - this.mean;
    this.mean += (distance * count) / all;
    this.squares += squares + (distance * distance * this.finite * count) / all;
    this.finite = all;
  }
}

function squaresAround(values: ArrayLike<number>, mean: number): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - mean;
    if (Number.isFinite(values[i]!)) squares += distance * distance;
  }
  return squares;
}
