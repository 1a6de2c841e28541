import { isCommutative } from '../canonical/order';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { nodeName } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import { different, type Sides } from './comparePair';

/**
 * Whether aligned nodes take their inputs from aligned nodes: without this, alignment would compare lists, not graphs. An
 * input that comes through nodes without a partner is followed up to one that has a partner: what is missing or surplus is
 * told where it is, not at everything behind it.
 */
export function compareEdges({ intended, exported }: Sides, pairs: Alignment): Reason[][] {
  const a = new Ancestry(intended.canonical.graph, intended.order);
  const b = new Ancestry(exported.canonical.graph, exported.order);
  const partner = (place: number): number => pairs[place]!;
  const taken = new Set(pairs);
  return intended.order.map((node, place) => {
    const other = exported.order[pairs[place]!];
    if (!other) return [];
    const wanted = node.inputs.map((input) => a.find(input, (at) => partner(at) >= 0));
    const found = other.inputs.map((input) => b.find(input, (at) => taken.has(at)));
    const mapped = wanted.map((from) => (from.place >= 0 ? partner(from.place) : from.input));
    const actual = found.map((from) => (from.place >= 0 ? from.place : from.input));
    if (isCommutative(node)) {
      mapped.sort(bySource);
      actual.sort(bySource);
    }
    if (mapped.length === actual.length && mapped.every((from, index) => from === actual[index])) return [];
    return [
      different(
        'input',
        wanted.map((from) => from.name),
        found.map((from) => from.name),
      ),
    ];
  });
}

function bySource(x: number | string, y: number | string): number {
  return String(x) < String(y) ? -1 : 1;
}

interface Source {
  /** Place in the order, or -1 for an input of the graph. */
  readonly place: number;
  /** `input 0`, when it is an input of the graph: by place, since names mean nothing. */
  readonly input: string;
  readonly name: string;
}

class Ancestry {
  private readonly places = new Map<GraphNode, number>();

  constructor(
    private readonly graph: MatchGraph,
    order: readonly GraphNode[],
  ) {
    for (const [place, node] of order.entries()) this.places.set(node, place);
  }

  /** The nearest node up from a value that `counts`; through others it goes by their first input. */
  find(value: string, counts: (place: number) => boolean): Source {
    const passed = new Set<GraphNode>();
    let at: string | undefined = value;
    for (;;) {
      const node = this.graph.producer(at);
      if (!node || passed.has(node)) return this.inputNamed(at);
      const place = this.places.get(node) ?? -1;
      // Several outputs of one node are different values.
      const output = node.outputs.indexOf(at!);
      if (place >= 0 && counts(place)) {
        return output <= 0
          ? { place, input: '', name: nodeName(node) }
          : { place: -1, input: `${place}:${output}`, name: nodeName(node) };
      }
      passed.add(node);
      at = node.inputs[0];
    }
  }

  private inputNamed(value: string | undefined): Source {
    const place = this.graph.inputs.findIndex((input) => input.name === value);
    return { place: -1, input: `input ${place}`, name: value ?? '' };
  }
}
