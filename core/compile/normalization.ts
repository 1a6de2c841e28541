/** What the training part of the data says about its values; compiled into the front of every graph. */
export type NormalizationStatistics =
  | { readonly kind: 'none' }
  /** `(x - minimum) / (maximum - minimum)`, over all values; a constant data set becomes 0. */
  | { readonly kind: 'min_max'; readonly minimum: number; readonly maximum: number }
  /** `(x - mean) / deviation`, one entry per channel (per feature in tabular data); a deviation of 0 counts as 1. */
  | { readonly kind: 'z_score'; readonly mean: readonly number[]; readonly deviation: readonly number[] };
