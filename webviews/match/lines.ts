import { findRepeats } from '../../core/inspect/repeats';
import type { LayerSide, LayerStatus, LayerVerdict, MatchNode, Reason } from '../../core/match/report';
import { pairNodes } from './nodePairs';

/** A line of the comparison; every line belongs to a layer, a fold to the first of those it hides. `key` is its own. */
export type Line = { readonly key: string; readonly layer: LayerVerdict } & (
  | { readonly kind: 'layer'; readonly isExpanded: boolean; readonly isExpandable: boolean }
  | { readonly kind: 'reason'; readonly reason: Reason }
  | { readonly kind: 'nodes'; readonly intended: MatchNode | undefined; readonly exported: MatchNode | undefined }
  | { readonly kind: 'fold'; readonly hidden: readonly LayerVerdict[] }
  /** The layers before it come again, `times` times, without a difference between the repetitions. */
  | { readonly kind: 'repeat'; readonly hidden: readonly LayerVerdict[]; readonly times: number }
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
 * The lines to show. A difference always shows its reasons. Of layers that come again and again in the same way only the
 * first are shown. Where there are differences, long runs of layers that are alike are folded, but for one layer on either
 * side of a difference.
 */
export function makeLines(layers: readonly LayerVerdict[], options: LineOptions): Line[] {
  const found = layers.filter((layer) => matchesSearch(layer, options.search));
  const folds = options.foldsAlike && options.search.trim() === '';
  if (!folds) return found.flatMap((layer) => linesOf(layer, options.expanded));
  return parts(found, options.unfolded).flatMap((part) =>
    part.repeat ? [part.repeat] : foldedLines(part.shown, found.some(isDifference), options),
  );
}

/** A run of layers to show, or a line for those that only repeat what is above. */
interface Part {
  readonly shown: readonly LayerVerdict[];
  readonly repeat?: Line;
}

/** Pairs of layers that come three times are the least that is folded. */
const repeatOptions = { shortest: 1, fewest: 3, hides: 4 };

function parts(layers: readonly LayerVerdict[], unfolded: ReadonlySet<string>): Part[] {
  const result: Part[] = [];
  let from = 0;
  for (const { start, length, count } of findRepeats(kinds(layers), repeatOptions)) {
    const hidden = layers.slice(start + length, start + length * count);
    const [first] = hidden;
    if (unfolded.has(first!.name)) continue;
    const repeat: Line = { key: `repeat ${first!.name}`, kind: 'repeat', layer: first!, hidden, times: count - 1 };
    result.push({ shown: layers.slice(from, start + length) }, { shown: [], repeat });
    from = start + length * count;
  }
  return [...result, { shown: layers.slice(from) }];
}

/** A number for each layer, the same for those of which everything is said in the same words but the name. */
function kinds(layers: readonly LayerVerdict[]): Int32Array {
  const known = new Map<string, number>();
  const side = (of: LayerSide | undefined) => of && [of.type, of.summary, of.outputShape, of.parameters];
  return Int32Array.from(layers, ({ status, reasons, intended, exported }) => {
    const text = JSON.stringify([status, reasons.map(({ message }) => message), side(intended), side(exported)]);
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  });
}

function foldedLines(layers: readonly LayerVerdict[], someDiffer: boolean, options: LineOptions): Line[] {
  if (!someDiffer) return layers.flatMap((layer) => linesOf(layer, options.expanded));
  return foldRuns(layers).flatMap((run) => {
    const [first] = run;
    const isFolded = run.length >= shortestFold && run.every((layer) => !isDifference(layer));
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

/** Whether a line stands for a difference: a layer that differs, or folded ones that do. */
function showsDifference(line: Line): boolean {
  if (line.kind === 'layer') return isDifference(line.layer);
  return line.kind === 'repeat' && line.hidden.some(isDifference);
}

/** The index of the next line that stands for a difference, in either direction, round the end; -1 when there is none. */
export function nextDifference(lines: readonly Line[], from: number, direction: 1 | -1): number {
  for (let distance = 1; distance <= lines.length; distance++) {
    const at = (from + direction * distance + lines.length * 2) % lines.length;
    if (showsDifference(lines[at]!)) return at;
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
  const nodes = (isExpanded ? pairNodes(intended, exported) : []).map(
    ([left, right], at): Line => ({ key: key('nodes', at), kind: 'nodes', layer, intended: left, exported: right }),
  );
  return [
    { key: key('layer'), kind: 'layer', layer, isExpanded, isExpandable },
    ...(reasonsStand || isExpanded ? reasons : []),
    ...nodes,
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
