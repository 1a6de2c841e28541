import { t } from '../../l10n';
import type { Constant } from '../graph/constants';
import { Fingerprint } from '../graph/fingerprint';
import type { GraphNode } from '../graph/graph';
import { nodeName } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import { different, type Sides } from './comparePair';

/**
 * Layers that have the same weights on one side only, by place in the intended order. Of layers of one kind it cannot be told
 * whether they share them: exporters store equal values once, and some libraries copy a layer to begin with. But an
 * embedding whose numbers are those of a dense layer shares them.
 *
 * @param values whether weights are compared by their values, too, and not only by where they are stored
 */
export function sharedWeights(sides: Sides, pairs: Alignment, values: boolean): ReadonlyMap<number, readonly Reason[]> {
  const found = new Map<number, readonly Reason[]>();
  const intended = new Weights(values && !sides.intended.network);
  const exported = new Weights(values && !sides.exported.network);
  for (const [place, node] of sides.intended.order.entries()) {
    const partner = sides.exported.order[pairs[place]!];
    const [own, other] = [node, partner].map((each) => each?.parameters.get('weight'));
    if (!partner || !own || !other) continue;
    const [before, otherBefore] = [intended.firstWith(own, place), exported.firstWith(other, place)];
    if (before === otherBefore) continue;
    const nodeBefore = (at: number): GraphNode => sides.exported.order[pairs[at]!]!;
    if (otherBefore < place) found.set(place, [onlyExported(nodeBefore(otherBefore))]);
    // What is folded into the weights makes them others.
    else if (values && !sides.intended.network && ![node, partner, sides.intended.order[before]!].some(isNormalized))
      found.set(place, [onlyIntended(node, nodeBefore(before))]);
  }
  return found;
}

function isNormalized({ normalization }: GraphNode): boolean {
  return normalization !== undefined;
}

function onlyExported(before: GraphNode): Reason {
  const message = t(
    'weights: they are those of {0}, too; shared or copied, an export does not show it',
    nodeName(before),
  );
  return { kind: 'cannot be told', key: 'weight', message };
}

function onlyIntended(node: GraphNode, before: GraphNode): Reason {
  const name = nodeName(before);
  const message = t('weights: those of {0} in the intended graph, their own in the exported one', name);
  if (node.op !== before.op) return different('weight', name, undefined, message);
  return { kind: 'cannot be told', key: 'weight', message };
}

/** Weights of one side, by what they are. */
class Weights {
  private readonly places = new Map<string, number>();
  private readonly tensors = new Map<object, number>();

  constructor(private readonly byValues: boolean) {}

  /** The first place whose weights are these; `place` itself when they are new, or say nothing. */
  firstWith(weight: Constant, place: number): number {
    const key = this.keyOf(weight);
    const first = key === undefined ? undefined : this.places.get(key);
    if (first !== undefined) return isUniform(weight) ? place : first;
    if (key !== undefined) this.places.set(key, place);
    return place;
  }

  private keyOf(weight: Constant): string | undefined {
    const values = this.byValues ? weight.values() : undefined;
    if (!values) return this.viewOf(weight);
    const digest = new Fingerprint();
    for (const value of values) digest.number(value);
    return `${weight.shape} ${digest.value}`;
  }

  /** Which part of which tensor a constant shows. */
  private viewOf({ source }: Constant): string | undefined {
    if (!source) return undefined;
    if (!this.tensors.has(source.tensor)) this.tensors.set(source.tensor, this.tensors.size);
    return `${this.tensors.get(source.tensor)} ${JSON.stringify(source.steps)}`;
  }
}

/** All of one value, as some begin: nothing was learned that could be shared. */
function isUniform(weight: Constant): boolean {
  const values = weight.values();
  return values?.every((value) => value === values[0]) ?? true;
}
