/** A stretch of a text, and whether the other text lacks it. */
export interface Stretch {
  readonly text: string;
  readonly isChanged: boolean;
}

/**
 * Where two short texts differ, word by word: both texts in stretches, by their longest common subsequence of words.
 *
 * @param settled a part of a text that is never marked, whether the other text has it or not
 */
export function compareWords(left: string, right: string, settled = ''): [left: Stretch[], right: Stretch[]] {
  const a = words(left, settled);
  const b = words(right, settled);
  const common = commonSubsequence(a, b);
  const ofA = new Set(common.map(([at]) => at));
  const ofB = new Set(common.map(([, at]) => at));
  return [
    stretches(a, (word, at) => ofA.has(at) || word === settled),
    stretches(b, (word, at) => ofB.has(at) || word === settled),
  ];
}

/** Words and what stands between them; a value with a unit or a sign stays in one piece, and so does what is settled. */
function words(text: string, settled: string): string[] {
  const [first = '', ...others] = settled === '' ? [text] : text.split(settled);
  return [...plainWords(first), ...others.flatMap((part) => [settled, ...plainWords(part)])];
}

function plainWords(text: string): string[] {
  return text.match(/[\p{L}\p{N}_.]+|\s+|[^\p{L}\p{N}_.\s]/gu) ?? [];
}

/** The places, in both lists, of their longest common subsequence. Takes time and memory of the product of their lengths. */
export function commonSubsequence(a: readonly string[], b: readonly string[]): [inA: number, inB: number][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const common: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) common.push([i++, j++]);
    else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else j++;
  }
  return common;
}

function stretches(text: readonly string[], isKept: (word: string, at: number) => boolean): Stretch[] {
  const made: { text: string; isChanged: boolean }[] = [];
  for (const [at, word] of text.entries()) {
    const isChanged = !isKept(word, at);
    const last = made.at(-1);
    if (last?.isChanged === isChanged) last.text += word;
    else made.push({ text: word, isChanged });
  }
  return made;
}
