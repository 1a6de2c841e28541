import type { OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from '../onnx/model';
import type { GraphOutline, OutlineNode, OutlineValue, RepeatedBlock } from '../protocol/onnx';
import { attributeLine } from './attributes';
import { typeName } from './dataTypes';
import { calledFunction, graphsInside, type InspectedGraph, tensorOf } from './graphs';
import { parametersOf } from './parameters';
import { findRepeats } from './repeats';

/** A graph as its editor lists it: nodes in the file's order, where their inputs come from, and the blocks that repeat. */
export function outlineGraph(graph: InspectedGraph, model: OnnxModel): GraphOutline {
  const inputs = graph.inputs.filter(({ name }) => !graph.tensors.has(name));
  const sources = sourcesOf(graph, inputs);
  const nodes = outlineNodes(graph, model, sources);
  return {
    inputs: inputs.map(outlineValue),
    outputs: graph.outputs.map((output) => {
      const from = sources.get(output.name);
      return { ...outlineValue(output), ...(from === undefined ? {} : { from }) };
    }),
    nodes,
    blocks: repeatedBlocks(graph, nodes),
  };
}

/** Where each value comes from: a node by its place, the graph's inputs as -1, -2, ...; weights come from nowhere. */
export function sourcesOf(graph: InspectedGraph, inputs: readonly ValueInfo[]): ReadonlyMap<string, number> {
  const sources = new Map(inputs.map(({ name }, place) => [name, -1 - place]));
  for (const [place, { outputs }] of graph.nodes.entries()) {
    for (const output of outputs) if (output !== '') sources.set(output, place);
  }
  return sources;
}

export function outlineValue(value: ValueInfo): OutlineValue {
  const { name, shape } = value;
  return { name, type: typeName(value), ...(shape ? { shape } : {}) };
}

export function operatorName({ domain, opType }: OnnxNode): string {
  return domain === '' ? opType : `${domain}::${opType}`;
}

/** Every use of a weight is one; it counts where it is used first. */
function outlineNodes(graph: InspectedGraph, model: OnnxModel, sources: ReadonlyMap<string, number>): OutlineNode[] {
  const declared = new Map([...graph.valueInfo, ...graph.outputs].map((value) => [value.name, value.shape]));
  const counted = new Set<OnnxTensor>();
  const constants = new Set<number>();
  return graph.nodes.map((node, place) => {
    const isConstant = isConstantNode(node, graph, sources, constants);
    if (isConstant) constants.add(place);
    const called = calledFunction(model, node);
    const graphs = [...graphsInside(graph.title.id, place, node).map(([id]) => id), ...(called ? [called] : [])];
    const shape = declared.get(node.outputs[0] ?? '');
    const module = moduleOf(node);
    return {
      name: node.name || node.outputs[0] || '',
      operator: operatorName(node),
      attributes: attributeLine(node),
      from: node.inputs.flatMap((input) => sources.get(input) ?? []).filter((from) => !constants.has(from)),
      parameters: isConstant ? 0 : parametersOf(node, graph, counted),
      ...(shape ? { shape } : {}),
      ...(isConstant ? { isConstant } : {}),
      ...(module ? { module } : {}),
      ...(graphs.length > 0 ? { graphs } : {}),
    };
  });
}

/** Nodes come after those that they use; a damaged file's others count as what they look like. */
function isConstantNode(
  { opType, domain, inputs }: OnnxNode,
  graph: InspectedGraph,
  sources: ReadonlyMap<string, number>,
  constants: ReadonlySet<number>,
): boolean {
  if (domain === '' && opType === 'Constant') return true;
  const used = inputs.filter((input) => input !== '');
  if (used.length === 0 || opType.startsWith('Random') || opType === 'Multinomial') return false;
  return used.every((input) => {
    const from = sources.get(input);
    return from === undefined ? tensorOf(graph, input) !== undefined : constants.has(from);
  });
}

/** `blocks.0.att`: the innermost module of the list that PyTorch's dynamo exporter writes, whose last entry is the call. */
function moduleOf({ metadata }: OnnxNode): string | undefined {
  const scopes = metadata?.get('pkg.torch.onnx.name_scopes');
  if (scopes === undefined) return undefined;
  const names = [...scopes.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, name]) => name!);
  return names.slice(0, -1).findLast((name) => name !== '');
}

/** Fewer repetitions are quicker to look at than to unfold. */
const FEWEST_REPETITIONS = 3;
const SHORTEST_BLOCK = 4;
const FEWEST_HIDDEN = 12;

/**
 * Nodes are alike by operator, attributes and the shapes of their weights; names say nothing. Constants stand wherever the
 * exporter put them, so that they are left out, and the blocks count the other nodes.
 */
function repeatedBlocks(graph: InspectedGraph, nodes: readonly OutlineNode[]): RepeatedBlock[] {
  const places = nodes.flatMap(({ isConstant }, place) => (isConstant ? [] : [place]));
  const numbers = new Map(places.map((place, at) => [place, at]));
  const sources = places.map((place) => nodes[place]!.from.map((from) => numbers.get(from) ?? from));
  return findRepeats(kindNumbers(graph, nodes, places), {
    shortest: SHORTEST_BLOCK,
    fewest: FEWEST_REPETITIONS,
    hides: FEWEST_HIDDEN,
    sameRelations: (at, period) => sameSources(sources[at]!, sources[at + period]!, period),
    crossing: crossings(sources),
  });
}

function kindNumbers(graph: InspectedGraph, nodes: readonly OutlineNode[], places: readonly number[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(places, (place) => {
    const weights = graph.nodes[place]!.inputs.map((input) => tensorOf(graph, input)?.dims.join('x') ?? '');
    const kind = JSON.stringify([nodes[place]!.operator, nodes[place]!.attributes, weights]);
    const number = known.get(kind) ?? known.size;
    known.set(kind, number);
    return number;
  });
}

/** Inputs come from the same place a block later, or from one and the same value outside of all blocks. */
function sameSources(first: readonly number[], second: readonly number[], period: number): boolean {
  if (first.length !== second.length) return false;
  return first.every((source, at) => {
    const other = second[at]!;
    return other === source || other === source + period || (source < 0 && other >= 0);
  });
}

/** For each place how many nodes before it are used at or behind it. */
function crossings(sources: readonly (readonly number[])[]): (at: number) => number {
  const lastUse = new Int32Array(sources.length).fill(-1);
  for (const [at, from] of sources.entries()) for (const source of from) if (source >= 0) lastUse[source] = at;
  const counts = new Int32Array(sources.length + 1);
  for (const [at, last] of lastUse.entries()) {
    if (last <= at) continue;
    counts[at + 1]!++;
    counts[last + 1]!--;
  }
  for (let at = 1; at < counts.length; at++) counts[at]! += counts[at - 1]!;
  return (at) => counts[at] ?? 0;
}
