import { isCommutative, labelOf } from '../canonical/order';
import type { GraphNode } from '../graph/graph';
import type { Alignment } from './align';
import type { Sides } from './comparePair';

/** A repair may make the next one possible; branches are seldom deeper in one another than this. */
const ROUNDS = 4;

/** Of so many branches that are alike in everything, each is as good as another. */
const MOST_CANDIDATES = 32;

/**
 * Alignment goes by two lists and may mix up branches that stand in another order there. A node whose partner does not take
 * the inputs that it should gets the one that does, if that one is alike in everything and nobody has a better claim.
 */
export function repairBranches(sides: Sides, pairs: Alignment): void {
  const repair = new Repair(sides, pairs);
  for (let round = 0; round < ROUNDS && repair.round(); round++);
}

class Repair {
  private readonly places = new Map<GraphNode, number>();
  private readonly partners = new Map<GraphNode, number>();
  private readonly owners: Int32Array;
  /** By value of the exported graph, as far as it was asked for. */
  private readonly usersByLabel = new Map<string, ReadonlyMap<number, readonly number[]>>();

  constructor(
    private readonly sides: Sides,
    private readonly pairs: Alignment,
  ) {
    for (const [place, node] of sides.intended.order.entries()) this.places.set(node, place);
    for (const [place, node] of sides.exported.order.entries()) this.partners.set(node, place);
    this.owners = new Int32Array(sides.exported.order.length).fill(-1);
    for (const [place, partner] of pairs.entries()) if (partner >= 0) this.owners[partner] = place;
  }

  /** Whether anything was changed. */
  round(): boolean {
    let changed = false;
    for (const [place, node] of this.sides.intended.order.entries()) {
      if (this.isConsistent(place)) continue;
      const better = this.betterPartner(node);
      if (better === undefined || better === this.pairs[place]) continue;
      this.assign(place, better);
      changed = true;
    }
    return changed;
  }

  private assign(place: number, partner: number): void {
    const before = this.pairs[place]!;
    const owner = this.owners[partner]!;
    if (before >= 0) this.owners[before] = -1;
    if (owner >= 0) this.pairs[owner] = -1;
    this.pairs[place] = partner;
    this.owners[partner] = place;
  }

  private isConsistent(place: number): boolean {
    const partner = this.sides.exported.order[this.pairs[place]!];
    const wanted = this.mappedInputs(this.sides.intended.order[place]!);
    return partner !== undefined && wanted !== undefined && sameInputs(wanted, partner);
  }

  private betterPartner(node: GraphNode): number | undefined {
    const wanted = this.mappedInputs(node);
    if (!wanted?.[0]) return undefined;
    for (const place of this.candidates(wanted[0], labelOf(node))) {
      if (!sameInputs(wanted, this.sides.exported.order[place]!)) continue;
      const owner = this.owners[place]!;
      if (owner < 0 || !this.isConsistent(owner)) return place;
    }
    return undefined;
  }

  /** Places of exported nodes that have the label and use the value. */
  private candidates(value: string, label: number): readonly number[] {
    let byLabel = this.usersByLabel.get(value);
    if (!byLabel) {
      byLabel = this.labelledUsers(value);
      this.usersByLabel.set(value, byLabel);
    }
    return byLabel.get(label) ?? [];
  }

  private labelledUsers(value: string): Map<number, number[]> {
    const byLabel = new Map<number, number[]>();
    for (const user of this.sides.exported.canonical.graph.users(value)) {
      const place = this.partners.get(user);
      if (place === undefined) continue;
      const label = labelOf(user);
      const places = byLabel.get(label);
      if (!places) byLabel.set(label, [place]);
      else if (places.length < MOST_CANDIDATES) places.push(place);
    }
    return byLabel;
  }

  /** The exported values that stand for the node's inputs; `undefined` when one has no counterpart. */
  private mappedInputs(node: GraphNode): string[] | undefined {
    const { intended, exported } = this.sides;
    const mapped = node.inputs.flatMap((input) => {
      const producer = intended.canonical.graph.producer(input);
      if (!producer) {
        const place = intended.canonical.graph.inputs.findIndex(({ name }) => name === input);
        return exported.canonical.graph.inputs[place]?.name ?? [];
      }
      const partner = exported.order[this.pairs[this.places.get(producer) ?? -1] ?? -1];
      return partner?.outputs[producer.outputs.indexOf(input)] ?? [];
    });
    return mapped.length === node.inputs.length ? mapped : undefined;
  }
}

function sameInputs(wanted: readonly string[], node: GraphNode): boolean {
  if (wanted.length !== node.inputs.length) return false;
  if (!isCommutative(node)) return wanted.every((value, index) => value === node.inputs[index]);
  const [a, b] = [[...wanted].sort(), [...node.inputs].sort()];
  return a.every((value, index) => value === b[index]);
}
