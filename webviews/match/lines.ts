import type { LayerStatus, LayerVerdict, MatchNode, Reason } from '../../core/match/report';

/** A line of the comparison; every line belongs to a layer, a fold to the first of those it hides. `key` is its own. */
export type Line = { readonly key: string; readonly layer: LayerVerdict } & (
  | { readonly kind: 'layer'; readonly isExpanded: boolean; readonly isExpandable: boolean }
  | { readonly kind: 'reason'; readonly reason: Reason }
  | { readonly kind: 'nodes'; readonly intended: MatchNode | undefined; readonly exported: MatchNode | undefined }
  | { readonly kind: 'fold'; readonly hidden: readonly LayerVerdict[] }
);

export interface LineOptions {
  /** Names of layers whose nodes and reasons are shown. */
  readonly expanded: ReadonlySet<string>;
  /** First hidden layers of folds that were opened. */
  readonly unfolded: ReadonlySet<string>;
  readonly foldsAlike: boolean;
  /** Only layers in which all of these words occur; nothing is folded then. */
  readonly search: string;
}

/**
 * The lines to show. A difference always shows its reasons. Where there are differences, long runs of layers that are alike
 * are folded, but for one layer on either side of a difference.
 */
export function makeLines(layers: readonly LayerVerdict[], options: LineOptions): Line[] {
  const found = layers.filter((layer) => matchesSearch(layer, options.search));
  const folds = options.foldsAlike && options.search.trim() === '' && found.some(isDifference);
  return (folds ? foldRuns(found) : [found]).flatMap((run) => {
    const [first] = run;
    const isFolded = folds && run.length >= shortestFold && run.every((layer) => !isDifference(layer));
    if (isFolded && !options.unfolded.has(first!.name)) return [foldOf(first!, run)];
    return run.flatMap((layer) => linesOf(layer, options.expanded));
  });
}

/** What makes a graph another one. What cannot be told is no difference. */
export function isDifference({ status }: LayerVerdict): boolean {
  return status === 'different' || status === 'missing' || status === 'extra' || status === 'moved';
}

/** How many layers have each status, for those that some have. */
export function countStatuses(layers: readonly LayerVerdict[]): [LayerStatus, number][] {
  return statuses
    .map((status): [LayerStatus, number] => [status, layers.filter((layer) => layer.status === status).length])
    .filter(([, count]) => count > 0);
}

const statuses: readonly LayerStatus[] = [
  'different',
  'missing',
  'extra',
  'moved',
  'cannot be told',
  'equivalent',
  'same',
];

/** The index of the next line of a layer that differs, in either direction, round the end; -1 when there is none. */
export function nextDifference(lines: readonly Line[], from: number, direction: 1 | -1): number {
  for (let distance = 1; distance <= lines.length; distance++) {
    const at = (from + direction * distance + lines.length * 2) % lines.length;
    const line = lines[at]!;
    if (line.kind === 'layer' && isDifference(line.layer)) return at;
  }
  return -1;
}

const shortestFold = 4;

/** Splits the layers into runs to be hidden and runs to be shown: differences with one neighbour on either side. */
function foldRuns(layers: readonly LayerVerdict[]): LayerVerdict[][] {
  const isShown = layers.map((_, at) =>
    [at - 1, at, at + 1].some((near) => layers[near] && isDifference(layers[near])),
  );
  const runs: LayerVerdict[][] = [];
  for (const [at, layer] of layers.entries()) {
    if (at > 0 && isShown[at] === isShown[at - 1]) runs.at(-1)!.push(layer);
    else runs.push([layer]);
  }
  return runs;
}

function foldOf(first: LayerVerdict, hidden: readonly LayerVerdict[]): Line {
  return { key: `fold ${first.name}`, kind: 'fold', layer: first, hidden };
}

function linesOf(layer: LayerVerdict, expanded: ReadonlySet<string>): Line[] {
  const intended = layer.intended?.nodes ?? [];
  const exported = layer.exported?.nodes ?? [];
  const reasonsStand = isDifference(layer);
  const isExpandable = intended.length + exported.length > 0 || (!reasonsStand && layer.reasons.length > 0);
  const isExpanded = isExpandable && expanded.has(layer.name);
  const key = (kind: string, at = 0) => `${kind} ${at} ${layer.name}`;
  const reasons = layer.reasons.map((reason, at): Line => ({ key: key('reason', at), kind: 'reason', layer, reason }));
  const nodes = Array.from(
    { length: Math.max(intended.length, exported.length) },
    (_, at): Line => ({
      key: key('nodes', at),
      kind: 'nodes',
      layer,
      intended: intended[at],
      exported: exported[at],
    }),
  );
  return [
    { key: key('layer'), kind: 'layer', layer, isExpanded, isExpandable },
    ...(reasonsStand || isExpanded ? reasons : []),
    ...(isExpanded ? nodes : []),
  ];
}

function matchesSearch(layer: LayerVerdict, search: string): boolean {
  const sides = [layer.intended, layer.exported].flatMap((side) =>
    side ? [side.type, side.summary, ...side.nodes.flatMap(({ name, opType }) => [name, opType])] : [],
  );
  const text = [layer.name, layer.status, ...layer.reasons.map(({ message }) => message), ...sides]
    .join('\n')
    .toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
