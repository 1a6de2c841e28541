import type { GraphNode, MatchGraph } from '../graph/graph';

/**
 * One equivalence: how an exporter writes what another writes differently. It looks at one node and what stands before it,
 * rewrites the graph if the pattern is there *and computes the same*, and says whether it did. A pattern that nearly fits
 * is left alone: a wrong rewrite would make a wrong match.
 */
export interface Rule {
  /** Stable; stands in reports as `rule`. */
  readonly name: string;
  /** Operators of nodes that it is tried at. */
  readonly operators: readonly string[];
  /** It moves nodes past each other; tried only where the graphs do not agree as they stand. */
  readonly commutes?: boolean;
  apply(node: GraphNode, graph: MatchGraph): boolean;
}
