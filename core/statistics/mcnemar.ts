/** The outcome of two classifiers on the same samples. */
export interface PairedOutcome {
  /** Samples that only the first one has right. */
  readonly onlyFirst: number;
  /** Samples that only the second one has right. */
  readonly onlySecond: number;
  /** Two-sided p-value. */
  readonly pValue: number;
}

/**
 * McNemar's exact test (McNemar 1947; exact form: a two-sided binomial test with probability 1/2 on the samples on which
 * the two disagree).
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): PairedOutcome {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i] && !second[i]) onlyFirst++;
    if (!first[i] && second[i]) onlySecond++;
  }
  return { onlyFirst, onlySecond, pValue: binomialTwoSided(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond) };
}

/** `min(1, 2 P(X <= k))` for X ~ Binomial(n, 1/2), summed in logarithms so that a large n does not underflow. */
function binomialTwoSided(k: number, n: number): number {
  let logTerm = -n * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, 2 * sum);
}
