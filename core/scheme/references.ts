import { dataName } from './layers';
import { nearest } from './nearest';

/** A layer as far as names go. */
export interface NamedLayer {
  readonly name: string;
  /** The names of its inputs, where some are written; otherwise the layer before is meant. */
  readonly written?: readonly { readonly name: string }[];
}

export type Source = number | typeof dataName | undefined;

/** An input that leads to no earlier layer. */
export interface Unresolved {
  readonly layer: number;
  /** Which of its inputs. */
  readonly input: number;
  readonly name: string;
  /** The layer that it names, which is the same or a later one; absent where there is none. */
  readonly source?: number;
}

/**
 * Which layers take their input from which: a function of the layers' names, so that it holds as long as these do. Every
 * source comes before its layer, so what resolves has no cycle.
 */
export class References {
  /** For each layer, the place of each input in the network, or `"data"`; `undefined` where it cannot be resolved. */
  readonly sources: readonly (readonly Source[])[];
  /** Places of the layers by their names; the first of those with the same name. */
  readonly places: ReadonlyMap<string, number>;
  /** Layers with a name that an earlier one has. */
  readonly repeated: readonly number[];
  /** Layers that are called like the network's input. */
  readonly reserved: readonly number[];
  readonly unresolved: readonly Unresolved[];
  #consumers?: readonly (readonly number[])[];
  #unused?: readonly number[];
  #fromData?: readonly number[];
  #dotted?: readonly number[];
  #meant?: ReadonlyMap<string, string | undefined>;
  #circles?: Circles;

  private readonly layers: readonly NamedLayer[];

  constructor(named: readonly NamedLayer[]) {
    // Names outlive the layers that had them when they were resolved.
    const layers = named.map(({ name, written }) => (written ? { name, written } : { name }));
    this.layers = layers;
    const places = new Map<string, number>();
    const repeated: number[] = [];
    const reserved: number[] = [];
    layers.forEach(({ name }, index) => {
      if (name === dataName) reserved.push(index);
      else if (places.has(name)) repeated.push(index);
      else places.set(name, index);
    });
    const unresolved: Unresolved[] = [];
    this.sources = layers.map(({ written }, index) => {
      if (!written) return [index === 0 || layers[index - 1]!.name === dataName ? dataName : index - 1];
      return written.map(({ name }, input): Source => {
        const source = name === dataName ? dataName : places.get(name);
        if (source === dataName || (source !== undefined && source < index)) return source;
        unresolved.push({ layer: index, input, name, source });
        return undefined;
      });
    });
    this.places = places;
    this.repeated = repeated;
    this.reserved = reserved;
    this.unresolved = unresolved;
  }

  /** For each layer, those that take its output, in the order of the network. */
  get consumers(): readonly (readonly number[])[] {
    this.#consumers ??= consumersOf(this.sources);
    return this.#consumers;
  }

  /** Layers but the last whose output nobody takes; none as long as an input may mean any layer. */
  get unused(): readonly number[] {
    this.#unused ??=
      this.unresolved.length > 0
        ? []
        : this.consumers.slice(0, -1).flatMap((consumers, index) => (consumers.length === 0 ? [index] : []));
    return this.#unused;
  }

  /** Layers that take the network's input. */
  get fromData(): readonly number[] {
    this.#fromData ??= this.sources.flatMap((own, index) => (own.includes(dataName) ? [index] : []));
    return this.#fromData;
  }

  /** Layers with a dot in their name. */
  get dotted(): readonly number[] {
    this.#dotted ??= this.layers.flatMap(({ name }, index) => (name.includes('.') ? [index] : []));
    return this.#dotted;
  }

  /** The earlier layer that was probably meant by an unknown name. */
  meant({ layer, name }: Unresolved): string | undefined {
    this.#meant ??= meantNames(this.layers, this.unresolved);
    return this.#meant.get(`${layer} ${name}`);
  }

  /** The layers from one to itself, by their inputs, if a later input closes such a circle. */
  circle({ layer, source }: Unresolved): readonly number[] | undefined {
    this.#circles ??= new Circles(this.layers, this.places);
    return source === undefined ? undefined : this.#circles.through(layer, source);
  }
}

function consumersOf(sources: readonly (readonly Source[])[]): number[][] {
  const consumers: number[][] = sources.map(() => []);
  sources.forEach((own, index) => {
    for (const source of own) if (typeof source === 'number') consumers[source]!.push(index);
  });
  return consumers;
}

/** Names that are compared for all unknown ones together; beyond that, only those of the layers right before. */
const mostCompared = 200_000;
const fewCompared = 50;

function meantNames(layers: readonly NamedLayer[], unresolved: readonly Unresolved[]): Map<string, string | undefined> {
  const meant = new Map<string, string | undefined>();
  let left = mostCompared;
  for (const { layer, name, source } of unresolved) {
    if (source !== undefined) continue;
    const first = layer <= left ? 0 : Math.max(0, layer - fewCompared);
    const earlier = layers.slice(first, layer).map((other) => other.name);
    left -= layer - first;
    meant.set(`${layer} ${name}`, nearest(name, [...earlier, dataName]));
  }
  return meant;
}

/** Circles among layers that name later ones. */
class Circles {
  private readonly inputs: readonly (readonly number[])[];
  private readonly groups: Int32Array;
  /** How many layers are still looked at for the names of a circle's layers. */
  private left = mostCompared;

  constructor(layers: readonly NamedLayer[], places: ReadonlyMap<string, number>) {
    this.inputs = layers.map(({ written }, index) => {
      if (!written) return index === 0 || layers[index - 1]!.name === dataName ? [] : [index - 1];
      return written.flatMap(({ name }) => (name === dataName ? [] : (places.get(name) ?? [])));
    });
    this.groups = strongGroups(this.inputs);
  }

  /** From a layer's input back to the layer; where circles are too many to be spelled out, only those two. */
  through(layer: number, source: number): readonly number[] | undefined {
    if (this.groups[layer] !== this.groups[source]) return undefined;
    const cameFrom = new Map<number, number | undefined>([[source, undefined]]);
    for (const current of cameFrom.keys()) {
      if (current === layer) return walkBack(cameFrom, layer);
      if (--this.left < 0) break;
      for (const next of this.inputs[current]!) {
        if (this.groups[next] === this.groups[layer] && !cameFrom.has(next)) cameFrom.set(next, current);
      }
    }
    return [source, layer];
  }
}

function walkBack(cameFrom: ReadonlyMap<number, number | undefined>, to: number): number[] {
  const steps: number[] = [];
  for (let step: number | undefined = to; step !== undefined; step = cameFrom.get(step)) steps.push(step);
  return steps.reverse();
}

/**
 * For each node of a graph the number of its strongly connected component: two nodes are in a circle exactly if they have the
 * same. Tarjan 1972, with a stack of its own in place of recursion.
 */
function strongGroups(edges: readonly (readonly number[])[]): Int32Array {
  const groups = new Int32Array(edges.length).fill(-1);
  const found = new Int32Array(edges.length).fill(-1);
  const lowest = new Int32Array(edges.length);
  const followed = new Int32Array(edges.length);
  const stack: number[] = [];
  let count = 0;
  for (let root = 0; root < edges.length; root++) {
    if (found[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const node = path.at(-1)!;
      if (found[node] === -1) {
        found[node] = lowest[node] = count++;
        stack.push(node);
      }
      const next = edges[node]![followed[node]!++];
      if (next !== undefined) {
        if (found[next] === -1) path.push(next);
        else if (groups[next] === -1) lowest[node] = Math.min(lowest[node]!, found[next]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[node]!);
      if (lowest[node] === found[node]) closeGroup(stack, node, groups);
    }
  }
  return groups;
}

function closeGroup(stack: number[], root: number, groups: Int32Array): void {
  for (let member = stack.pop()!; ; member = stack.pop()!) {
    groups[member] = root;
    if (member === root) return;
  }
}
