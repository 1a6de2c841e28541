/** A confidence interval for a proportion, both ends in [0, 1]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0.95 for a 95 % interval. */
  readonly confidence: number;
}

/**
 * Wilson's score interval for `successes` out of `trials` (Wilson 1927; Newcombe 1998, method 3): unlike the textbook's
 * normal interval it stays inside [0, 1] and keeps its coverage near the ends.
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): Interval {
  if (trials === 0) return { low: 0, high: 1, confidence };
  const z = normalQuantile((1 + confidence) / 2);
  const proportion = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (proportion + z ** 2 / (2 * trials)) / scale;
  const margin = (z / scale) * Math.sqrt((proportion * (1 - proportion)) / trials + z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, centre - margin), high: Math.min(1, centre + margin), confidence };
}

/**
 * The standard normal distribution's quantile for a probability in (0, 1), by Acklam's rational approximation
 * (relative error below 1.15e-9).
 */
export function normalQuantile(probability: number): number {
  if (probability < 0.02425) return tailQuantile(probability);
  if (probability > 1 - 0.02425) return -tailQuantile(1 - probability);
  const q = probability - 0.5;
  const r = q * q;
  return (polynomial(centralNumerator, r) * q) / polynomial(centralDenominator, r);
}

function tailQuantile(probability: number): number {
  const q = Math.sqrt(-2 * Math.log(probability));
  return polynomial(tailNumerator, q) / polynomial(tailDenominator, q);
}

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

const centralNumerator = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const centralDenominator = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const tailNumerator = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailDenominator = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
