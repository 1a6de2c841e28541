import { t } from '../../l10n';
import type { Operation } from '../../shape/network';
import type { PreparedSide } from '../canonical/side';
import type { DropoutTrace } from '../graph/graph';
import { sayValue } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import { different, equalSettings, type Sides } from './comparePair';

/** What can be said about one dropout; `layer` when the intended side is a scheme, `node` the place it stands behind. */
export interface DropoutVerdict {
  readonly layer?: string;
  /** Place in the intended order; -1: on the graph's input. */
  readonly place: number;
  readonly reason: Reason;
}

interface Wanted {
  readonly layer?: string;
  readonly rate?: number;
}

/** Compares where values are dropped, and how many. An inference export shows neither. */
export function compareDropouts(sides: Sides, pairs: Alignment): DropoutVerdict[] {
  const { intended, exported } = sides;
  const exportedTraces = tracesByPlace(exported);
  const verdicts: DropoutVerdict[] = [];
  const intendedTraces = wantedByPlace(intended);
  for (let place = -1; place < intended.order.length; place++) {
    const partner = place < 0 ? -1 : pairs[place]!;
    const found = place >= 0 && partner < 0 ? [] : (exportedTraces.get(partner) ?? []);
    verdicts.push(...comparePlace(place, intendedTraces.get(place) ?? [], found, sides));
  }
  return verdicts;
}

function comparePlace(
  place: number,
  wanted: readonly Wanted[],
  found: readonly Wanted[],
  sides: Sides,
): DropoutVerdict[] {
  const verdicts: DropoutVerdict[] = [];
  for (let i = 0; i < Math.max(wanted.length, found.length); i++) {
    const reason = compareRates(wanted[i], found[i], sides);
    const layer = wanted[i]?.layer ?? found[i]?.layer;
    if (reason) verdicts.push({ place, reason, ...(layer ? { layer } : {}) });
  }
  return verdicts;
}

function compareRates(
  wanted: (Wanted & Partial<DropoutTrace>) | undefined,
  found: (Wanted & Partial<DropoutTrace>) | undefined,
  { intended }: Sides,
): Reason | undefined {
  if (found?.active && !wanted?.active) {
    const message = t(
      'dropout: exported in training mode, it drops values when it is run (rate {0})',
      sayValue(found.rate),
    );
    return different('dropout', wanted?.rate, found.rate, message);
  }
  if (wanted && found) {
    if (wanted.rate === undefined || found.rate === undefined) return cannotBeTold(wanted.rate ?? found.rate);
    return equalSettings(wanted.rate, found.rate) ? undefined : different('dropout', wanted.rate, found.rate);
  }
  if (wanted) return cannotBeTold(wanted.rate);
  return intended.network ? different('dropout', undefined, found?.rate) : cannotBeTold(found?.rate);
}

function cannotBeTold(rate: number | undefined): Reason {
  const message =
    rate === undefined
      ? t('dropout: an inference export does not show it')
      : t('dropout {0}: an inference export shows neither it nor its rate', sayValue(rate));
  return { kind: 'cannot be told', key: 'dropout', message };
}

function wantedByPlace(side: PreparedSide): Map<number, Wanted[]> {
  return side.network ? schemeDropouts(side) : tracesByPlace(side);
}

function tracesByPlace(side: PreparedSide): Map<number, Wanted[]> {
  if (side.network) return schemeDropouts(side);
  const result = new Map<number, Wanted[]>();
  const { inputDropouts } = side.canonical.graph;
  if (inputDropouts.length > 0) result.set(-1, [...inputDropouts]);
  side.order.forEach((node, place) => {
    if (node.dropouts.length > 0) result.set(place, [...node.dropouts]);
  });
  return result;
}

/** A scheme's dropouts are not in its compiled graph: they stand behind the node of the operation that they follow. */
function schemeDropouts(side: PreparedSide): Map<number, Wanted[]> {
  const places = new Map<string, number>();
  side.order.forEach((node, place) => {
    for (const part of node.origin) places.set(part.name, place);
  });
  const operations = new Map(side.network!.operations.map((operation) => [operation.id, operation]));
  const result = new Map<number, Wanted[]>();
  for (const operation of side.network!.operations) {
    if (operation.kind !== 'dropout') continue;
    const place = placeBefore(operation, operations, places);
    result.set(place, [...(result.get(place) ?? []), { layer: operation.layer, rate: operation.rate }]);
  }
  return result;
}

/** Up from an operation through those that have no node: dropouts, a flatten that does nothing. */
function placeBefore(
  operation: Operation,
  operations: ReadonlyMap<string, Operation>,
  places: ReadonlyMap<string, number>,
): number {
  let input = operations.get(operation.inputs[0] ?? '');
  while (input && !places.has(input.id)) input = operations.get(input.inputs[0] ?? '');
  return input ? places.get(input.id)! : -1;
}
