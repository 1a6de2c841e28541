import type { MatchNode } from '../../core/match/report';
import { commonSubsequence } from './words';

export type NodePair = readonly [intended: MatchNode | undefined, exported: MatchNode | undefined];

/** Of more than this many pairs nobody sees the order. */
const mostCompared = 4_000_000;

/** The nodes of both sides as rows: those of the same operator stand beside each other, as far as their order allows. */
export function pairNodes(intended: readonly MatchNode[], exported: readonly MatchNode[]): NodePair[] {
  const isLong = intended.length * exported.length > mostCompared;
  const common = isLong ? [] : commonSubsequence(intended.map(operator), exported.map(operator));
  const pairs: NodePair[] = [];
  let [left, right] = [0, 0];
  for (const [toLeft, toRight] of [...common, [intended.length, exported.length]] as const) {
    for (; left < toLeft || right < toRight; left++, right++)
      pairs.push([left < toLeft ? intended[left] : undefined, right < toRight ? exported[right] : undefined]);
    [left, right] = [toLeft + 1, toRight + 1];
    if (toLeft < intended.length) pairs.push([intended[toLeft], exported[toRight]]);
  }
  return pairs;
}

const operator = ({ opType }: MatchNode): string => opType;
