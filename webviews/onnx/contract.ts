import { nodesText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { GraphOutline, OutlineNode } from '../../core/protocol/onnx';
import type { Graph, GraphVertex } from '../graph/graph';
import type { Edge } from '../graph/layers';
import { type Block, blocksOf, commonScope, inputKey, nodeKey, outputKey, shapeText } from './rows';

/** The graph with every block that is not open as one vertex; keys are those of the list's rows. */
export function contractGraph(outline: GraphOutline, open: ReadonlySet<string>, folds: boolean): Graph {
  const vertices: GraphVertex[] = [];
  const places = new Map<string, number>();
  const add = (vertex: GraphVertex): number => {
    const known = places.get(vertex.key);
    if (known !== undefined) return known;
    places.set(vertex.key, vertices.length);
    return vertices.push(vertex) - 1;
  };
  for (const [at, value] of outline.inputs.entries()) {
    add({ key: inputKey(at), title: value.name, subtitle: shapeText(value.shape), kind: 'input' });
  }
  const owners = folds ? foldedOwners(outline, open) : new Map<number, () => GraphVertex>();
  const vertexOf = outline.nodes.map((node, place) =>
    node.isConstant ? -1 : add(owners.get(place)?.() ?? nodeVertex(node, place)),
  );
  const end = (from: number) => (from < 0 ? places.get(inputKey(-1 - from)) : vertexOf[from]) ?? -1;
  const edges = new Map<string, Edge>();
  const join = (from: number, to: number) => {
    if (from >= 0 && to >= 0 && from !== to) edges.set(`${from} ${to}`, [from, to]);
  };
  for (const [place, { from }] of outline.nodes.entries())
    for (const source of from) join(end(source), vertexOf[place]!);
  for (const [at, value] of outline.outputs.entries()) {
    const place = add({ key: outputKey(at), title: value.name, subtitle: shapeText(value.shape), kind: 'output' });
    if (value.from !== undefined) join(end(value.from), place);
  }
  return { vertices, edges: [...edges.values()] };
}

/** The vertices that stand for nodes of blocks that are not open. */
function foldedOwners(outline: GraphOutline, open: ReadonlySet<string>): Map<number, () => GraphVertex> {
  const owners = new Map<number, () => GraphVertex>();
  for (const block of blocksOf(outline)) {
    const isOpen = open.has(block.key);
    for (const [number, places] of block.repetitions.entries()) {
      if (isOpen && open.has(`${block.key}.${number}`)) continue;
      const vertex = isOpen ? repetitionVertex(outline, block, number) : blockVertex(outline, block);
      for (const place of places) owners.set(place, () => vertex);
    }
  }
  return owners;
}

function nodeVertex({ operator, name, shape }: OutlineNode, place: number): GraphVertex {
  return { key: nodeKey(place), title: operator, subtitle: shapeText(shape) || name, kind: 'node' };
}

function blockVertex(outline: GraphOutline, block: Block): GraphVertex {
  const { repetitions, key } = block;
  return { key, title: blockTitle(block), subtitle: scopes(outline, repetitions), kind: 'block', picture: 'layers' };
}

function repetitionVertex(outline: GraphOutline, { key, repetitions }: Block, number: number): GraphVertex {
  const title = t('{0} of {1}', number + 1, repetitions.length);
  const subtitle = scopes(outline, [repetitions[number]!]);
  return { key: `${key}.${number}`, title, subtitle, kind: 'block', picture: 'layers' };
}

export function blockTitle({ repetitions }: Block): string {
  return `${repetitions.length} × ${nodesText(repetitions[0]!.length)}`;
}

/** `blocks.0 … blocks.11`, as far as names say it. */
export function scopes({ nodes }: GraphOutline, repetitions: readonly (readonly number[])[]): string {
  const scopeOf = (places: readonly number[] = []) => commonScope(places.map((place) => nodes[place]!));
  const [first, last] = [scopeOf(repetitions[0]), scopeOf(repetitions.at(-1))];
  return first === last ? first : `${first} … ${last}`;
}
