/**
 * The candidate that was probably meant: nearest in Damerau-Levenshtein distance (a letter more, less, another one, or two
 * swapped), within a third of the word's length; or the shortest that begins with the word or that the word begins with.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let extension: string | undefined;
  for (const candidate of candidates) {
    const folded = fold(candidate);
    const distance = editDistance(wanted, folded, bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    if (extendsOther(wanted, folded) && (!extension || candidate.length < extension.length)) extension = candidate;
  }
  return best ?? extension;
}

/** `Conv2D-Set` and `conv2d_set` are the same word to a reader. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

function extendsOther(word: string, candidate: string): boolean {
  if (word.length < 3 || candidate.length < 3) return false;
  return candidate.startsWith(word) || word.startsWith(candidate);
}

/**
 * Damerau-Levenshtein distance (optimal string alignment), or `limit` as soon as it cannot be less.
 * Damerau 1964; the three rows hold the distances of the last three prefixes of `a` to every prefix of `b`.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    if (Math.min(...row, ...last) >= limit) return limit;
    [beforeLast, last] = [last, row];
  }
  return Math.min(last[b.length]!, limit);
}
