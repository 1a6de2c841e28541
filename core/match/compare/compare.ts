import { t } from '../../l10n';
import { isStandardOperator } from '../../onnx/operators';
import { labelOf } from '../canonical/order';
import { type MatchSide, prepareSides, quantizationOfSide } from '../canonical/side';
import type { GraphNode } from '../graph/graph';
import { sameShape } from '../graph/graph';
import { holdsComplement, holdsWordedPads } from '../prepare/runnable';
import type { LayerVerdict, Reason } from '../report';
import { type Alignment, align } from './align';
import { compareDropouts, type DropoutVerdict } from './compareDropouts';
import { compareEdges } from './compareEdges';
import { compareInputs, compareOutputs } from './compareEnds';
import { comparePair, isConsequence, type Sides } from './comparePair';
import { type OwnValues, ownValues } from './ownValues';
import { repairBranches } from './repairBranches';
import { buildRows } from './rows';
import { sharedWeights } from './sharedWeights';

/** Everything that the structure of both sides says; the numeric proof comes on top. */
export interface Comparison extends Sides {
  readonly pairs: Alignment;
  readonly rows: readonly LayerVerdict[];
  readonly cannotBeTold: readonly string[];
  readonly undecided: readonly string[];
  readonly notes: readonly string[];
}

/** What was found about the nodes of both sides, before it is told layer by layer. */
export interface Findings extends Sides {
  readonly pairs: Alignment;
  /** By place in the intended order: how the pair differs, or is alike. */
  readonly reasons: readonly Reason[][];
  /** Place in the intended order of a node that stands elsewhere in the exported order, and where. */
  readonly moved: ReadonlyMap<number, number>;
  readonly dropouts: readonly DropoutVerdict[];
  /** About the graphs' ends: the data that goes in, what comes out. */
  readonly ends: readonly Reason[];
}

/**
 * Compares two graphs node by node and tells the outcome layer by layer. Where they do not agree as they stand, rules that
 * move nodes past each other get their turn, and count if they help.
 *
 * @param values also of all weights that both files have
 */
export function compareSides(intended: MatchSide, exported: MatchSide, values = false): Comparison {
  const plain = compareOnce(intended, exported, values, false);
  if (isAlike(plain.rows)) return plain;
  const commuted = compareOnce(intended, exported, values, true);
  return differing(commuted.rows) < differing(plain.rows) ? commuted : plain;
}

function compareOnce(first: MatchSide, second: MatchSide, values: boolean, commute: boolean): Comparison {
  const [intended, exported] = prepareSides(first, second, commute);
  const sides: Sides = { intended, exported };
  const pairs = align(intended.order, exported.order);
  repairBranches(sides, pairs);
  const others = values ? ownValues(sides, pairs) : undefined;
  const findings = withoutConsequences({
    ...sides,
    pairs,
    reasons: pairReasons(sides, pairs, values, others?.reasons),
    moved: movedNodes(sides, pairs),
    dropouts: compareDropouts(sides, pairs),
    ends: [...compareInputs(sides), ...compareOutputs(sides, pairs)],
  });
  const rows = buildRows(findings);
  return {
    ...sides,
    pairs,
    rows,
    cannotBeTold: listed(rows, 'cannot be told'),
    undecided: [
      ...new Set([intended, exported].flatMap(({ canonical }) => canonical.graph.undecided)),
      ...(others?.undecided ?? []),
    ],
    notes: notesOf(findings),
  };
}

export function isAlike(rows: readonly LayerVerdict[]): boolean {
  return differing(rows) === 0;
}

function differing(rows: readonly LayerVerdict[]): number {
  return rows.filter(({ status }) => status !== 'same' && status !== 'equivalent' && status !== 'cannot be told')
    .length;
}

function pairReasons(sides: Sides, pairs: Alignment, values: boolean, others?: OwnValues['reasons']): Reason[][] {
  const edges = compareEdges(sides, pairs);
  const shared = sharedWeights(sides, pairs, values);
  return sides.intended.order.map((node, place) => {
    const partner = sides.exported.order[pairs[place]!];
    if (!partner) return [];
    const ofValues = [shared, others].flatMap((reasons) => reasons?.get(place) ?? []);
    return [...comparePair(node, partner, sides), ...edges[place]!, ...ofValues];
  });
}

/** A lost node and a surplus one that are the same in everything but their place. */
function movedNodes({ intended, exported }: Sides, pairs: Alignment): Map<number, number> {
  const taken = new Set(pairs);
  const surplus = new Map<number, number[]>();
  for (let place = exported.order.length - 1; place >= 0; place--) {
    if (taken.has(place)) continue;
    const label = labelOf(exported.order[place]!);
    const places = surplus.get(label);
    if (places) places.push(place);
    else surplus.set(label, [place]);
  }
  const moved = new Map<number, number>();
  intended.order.forEach((node, place) => {
    if (pairs[place]! >= 0) return;
    const target = surplus.get(labelOf(node))?.pop();
    if (target !== undefined) moved.set(place, target);
  });
  return moved;
}

/**
 * The shape of a layer's weights follows from what stands before it: where the inputs differ, it is no difference of its own.
 * Should nothing else be different, it is kept: no difference may get lost.
 */
function withoutConsequences(findings: Findings): Findings {
  const reasons = findings.reasons.map((list, place) =>
    list.filter(
      (reason) => !(reason.kind === 'different' && isConsequence(reason) && explained(findings, place, list)),
    ),
  );
  const lost =
    findings.reasons.some((list) => list.some(isDifferent)) && !reasons.some((list) => list.some(isDifferent));
  const others = findings.moved.size > 0 || findings.ends.some(isDifferent) || hasUnpaired(findings);
  return lost && !others ? findings : { ...findings, reasons };
}

function explained({ intended, exported, pairs }: Findings, place: number, reasons: readonly Reason[]): boolean {
  if (reasons.some((reason) => reason.kind === 'different' && !isConsequence(reason))) return true;
  const a: GraphNode = intended.order[place]!;
  const b: GraphNode = exported.order[pairs[place]!]!;
  return !sameShape(
    intended.canonical.graph.shape(a.inputs[0])?.slice(1),
    exported.canonical.graph.shape(b.inputs[0])?.slice(1),
  );
}

function hasUnpaired({ exported, pairs }: Findings): boolean {
  return pairs.includes(-1) || new Set(pairs).size !== exported.order.length;
}

function isDifferent(reason: Reason): boolean {
  return reason.kind === 'different';
}

function listed(rows: readonly LayerVerdict[], kind: Reason['kind']): string[] {
  return rows.flatMap((row) =>
    row.reasons.filter((reason) => reason.kind === kind).map((reason) => `${row.name}: ${reason.message}`),
  );
}

function notesOf({ intended, exported }: Findings): string[] {
  const notes: string[] = [];
  for (const side of [intended, exported]) {
    const { graph } = side.canonical;
    const traces = [...graph.inputDropouts, ...side.order.flatMap((node) => node.dropouts)];
    const training = side.order.some((node) => node.settings.training || node.normalization?.settings.training);
    if (training || traces.some((trace) => trace.active)) {
      notes.push(
        t('{0} was exported in training mode: it does not compute what the model computes in use.', side.file),
      );
    }
    if (side.model.hasTrainingInfo)
      notes.push(t('{0} carries training information, which is not compared.', side.file));
    if (holdsComplement(side.model)) notes.push(complementNote(side.file));
    for (const name of unknownOperators(side.model)) notes.push(unknownNote(side.file, name));
    if (holdsWordedPads(side.model)) notes.push(wordedPadsNote(side.file));
    const quantization = quantizationOfSide(side);
    if (quantization) notes.push(quantizationNote(side.file, quantization));
    const batch = graph.inputs[0]?.shape?.[0];
    if (typeof batch === 'number' && !side.network) {
      notes.push(t('{0} has its batch axis frozen to {1}: it takes batches of that size only.', side.file, batch));
    }
  }
  return notes;
}

function complementNote(file: string): string {
  return t(
    '{0} holds Erfc, which is no operator of ONNX: no runtime can load the file. The proof computes it as 1 - Erf.',
    file,
  );
}

/** Names in ONNX's own domain that it does not have, but for `Erfc`, which has a note of its own. */
function unknownOperators({ graph, functions }: MatchSide['model']): ReadonlySet<string> {
  const own = new Set(functions.flatMap(({ domain, name }) => (domain === '' ? [name] : [])));
  const names = graph.nodes.flatMap(({ domain, opType }) => (domain === '' ? [opType] : []));
  return new Set(names.filter((name) => name !== 'Erfc' && !own.has(name) && !isStandardOperator(name)));
}

function unknownNote(file: string, operator: string): string {
  return t('{0} holds {1}, which is no operator of ONNX: no runtime can load the file.', file, operator);
}

function wordedPadsNote(file: string): string {
  return t(
    '{0} holds a dilated convolution with auto_pad, which ONNX Runtime does not run. The proof has its padding in numbers.',
    file,
  );
}

function quantizationNote(file: string, quantization: 'fixed' | 'dynamic'): string {
  return quantization === 'fixed'
    ? t(
        '{0} is quantised: it rounds to 8 bits, within ranges that were measured; beyond them it computes something else.',
        file,
      )
    : t('{0} is quantised: it rounds to 8 bits.', file);
}
