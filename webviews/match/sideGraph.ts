import { layersText } from '../../core/counts';
import type { LayerStatus, LayerVerdict } from '../../core/match/report';
import type { SideName } from '../../core/protocol/match';
import type { GraphOutline, OutlineNode } from '../../core/protocol/onnx';
import type { Graph, GraphVertex, Tone } from '../graph/graph';
import type { Edge } from '../graph/layers';
import type { Line } from './lines';
import { statusPicture } from './statuses';

export const layerKey = (name: string): string => `layer ${name}`;
export const foldKey = (name: string): string => `fold ${name}`;

/** What a vertex stands for, by its key. */
export function readKey(key: string): { kind: 'layer' | 'fold' | 'node'; name: string } {
  const [, kind, name = ''] = /^(layer|fold|node) ([\s\S]*)$/.exec(key) ?? [];
  return { kind: (kind as 'layer' | 'fold' | 'node' | undefined) ?? 'node', name };
}

/**
 * One side of a match as a graph: a vertex for each row of the report with what the verdict says, one for all layers that
 * are folded in the list because they only repeat others, and a faint one for each node that belongs to no row.
 */
export function sideGraph(side: SideName, outline: GraphOutline, lines: readonly Line[]): Graph {
  const vertices: GraphVertex[] = [];
  const places = new Map<string, number>();
  const add = (vertex: GraphVertex): number => {
    const known = places.get(vertex.key);
    if (known !== undefined) return known;
    places.set(vertex.key, vertices.length);
    return vertices.push(vertex) - 1;
  };
  const inputs = outline.inputs.map(({ name }, at) =>
    add({ key: `input ${at}`, title: name, subtitle: '', kind: 'input' }),
  );
  const owners = vertexOwners(side, lines);
  const vertexOf = outline.nodes.map((node) =>
    node.isConstant ? -1 : add(owners.get(node.name) ?? looseVertex(node)),
  );
  const edges = new Map<string, Edge>();
  const join = (from: number | undefined, to: number | undefined) => {
    if (from === undefined || to === undefined || from < 0 || to < 0 || from === to) return;
    edges.set(`${from} ${to}`, [from, to]);
  };
  const end = (from: number) => (from < 0 ? inputs[-1 - from] : vertexOf[from]);
  for (const [place, { from }] of outline.nodes.entries())
    for (const source of from) join(end(source), vertexOf[place]);
  for (const [at, { name, from }] of outline.outputs.entries()) {
    const place = add({ key: `output ${at}`, title: name, subtitle: '', kind: 'output' });
    if (from !== undefined) join(end(from), place);
  }
  return { vertices, edges: [...edges.values()] };
}

/** The vertex of each node that belongs to a row, by the node's name. */
function vertexOwners(side: SideName, lines: readonly Line[]): ReadonlyMap<string, GraphVertex> {
  const owners = new Map<string, GraphVertex>();
  const own = (layer: LayerVerdict, vertex: GraphVertex) => {
    // A node that two rows tell of belongs to the first, the convolution that a normalization is one with for example.
    for (const { name } of layer[side]?.nodes ?? []) if (!owners.has(name)) owners.set(name, vertex);
  };
  for (const line of lines) {
    if (line.kind === 'layer') own(line.layer, layerVertex(side, line.layer));
    else if (line.kind === 'repeat') {
      const vertex = repeatVertex(line.layer, line.hidden, line.times);
      for (const layer of line.hidden) own(layer, vertex);
    } else if (line.kind === 'fold') for (const layer of line.hidden) own(layer, layerVertex(side, layer));
  }
  return owners;
}

function layerVertex(side: SideName, layer: LayerVerdict): GraphVertex {
  const { name, status } = layer;
  const tone = tones[status];
  return {
    key: layerKey(name),
    title: name,
    subtitle: layer[side]?.summary ?? '',
    kind: 'node',
    picture: statusPicture(status),
    ...(tone ? { tone } : {}),
  };
}

function repeatVertex({ name }: LayerVerdict, hidden: readonly LayerVerdict[], times: number): GraphVertex {
  const worst = hidden.map(({ status }) => tones[status]).find((tone) => tone !== undefined && tone !== 'good');
  return {
    key: foldKey(name),
    title: `${times} × ${layersText(hidden.length / times)}`,
    subtitle: `${name} … ${hidden.at(-1)!.name}`,
    kind: 'block',
    picture: 'layers',
    ...(worst ? { tone: worst } : {}),
  };
}

function looseVertex({ operator, name }: OutlineNode): GraphVertex {
  return { key: `node ${name}`, title: operator, subtitle: name, kind: 'node', isFaint: true };
}

const tones: Readonly<Partial<Record<LayerStatus, Tone>>> = {
  same: 'good',
  equivalent: 'good',
  different: 'bad',
  missing: 'bad',
  extra: 'bad',
  moved: 'moved',
};
