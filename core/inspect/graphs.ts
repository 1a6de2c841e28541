import { inlineFunctions } from '../match/prepare/inlineFunctions';
import {
  type Attribute,
  DataType,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxSparseTensor,
  type OnnxTensor,
  type ValueInfo,
} from '../onnx/model';
import type { GraphTitle } from '../protocol/onnx';

/** One of a model's graphs, whatever it is: the main one, a branch inside of a node, the body of a function. */
export interface InspectedGraph {
  readonly title: GraphTitle;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfo: readonly ValueInfo[];
  readonly tensors: ReadonlyMap<string, InspectedTensor>;
  /** The graph around it, whose values it may use. */
  readonly outer?: InspectedGraph;
}

/** A weight or constant; one whose zeros are left out has its other elements as its data. */
export interface InspectedTensor extends OnnxTensor {
  readonly sparse?: OnnxSparseTensor;
}

/** The same as a tensor, with all of its sizes. */
export function sparseTensor(sparse: OnnxSparseTensor): InspectedTensor {
  const { dataType, data } = sparse.values;
  return { name: sparse.name, dataType, data, dims: sparse.dims, sparse };
}

/** More graphs than a person looks through; a damaged or generated file may have any number. */
const MOST_GRAPHS = 1000;

/** All graphs of a model by id: the main one (`''`), each followed by the graphs inside of its nodes, then the functions. */
export function inspectGraphs(model: OnnxModel): ReadonlyMap<string, InspectedGraph> {
  const found = new Map<string, InspectedGraph>();
  addGraph(found, model.graph, { id: '', kind: 'main' });
  for (const [place, { name, nodes, inputs, outputs }] of model.functions.entries()) {
    const named = (value: string): ValueInfo => ({ name: value, dataType: 0 });
    const title = { id: functionId(place), kind: 'function' as const, name, nodes: nodes.length };
    const values = { inputs: inputs.map(named), outputs: outputs.map(named), valueInfo: [] };
    add(found, { title, nodes, ...values, tensors: new Map() });
  }
  return found;
}

/**
 * The main graph with every call of one of the model's own functions replaced by the function's nodes. The match reads models
 * in this way, so that the nodes here have the names that its report has.
 */
export function inlinedGraph(model: OnnxModel): InspectedGraph {
  const found = new Map<string, InspectedGraph>();
  addGraph(found, { ...model.graph, nodes: inlineFunctions(model) }, { id: INLINED, kind: 'main' });
  return found.get(INLINED)!;
}

/** No graph of a file has this id. */
export const INLINED = 'inlined';

/** Ids of the graphs that are values of a node's attributes, in order, each with its attribute. */
export function graphsInside(graph: string, place: number, node: OnnxNode): [id: string, attribute: string][] {
  return [...node.attributes].flatMap(([name, attribute]) =>
    graphsOf(attribute).map((_, at): [string, string] => [branchId(graph, place, name, at), name]),
  );
}

/** Id of the function that a node calls. */
export function calledFunction(model: OnnxModel, node: OnnxNode): string | undefined {
  const { opType, domain, overload = '' } = node;
  const place = model.functions.findIndex(
    (each) => each.name === opType && each.domain === domain && (each.overload ?? '') === overload,
  );
  return place < 0 ? undefined : functionId(place);
}

/** The weight or constant of this name, of the graph or of those around it; Identity nodes on it are looked through. */
export function tensorOf(graph: InspectedGraph, value: string): InspectedTensor | undefined {
  for (let at: InspectedGraph | undefined = graph; at; at = at.outer) {
    const found = at.tensors.get(value);
    if (found) return found;
  }
  return undefined;
}

/** Whether a tensor is what training finds, and not a size, an index or a condition. */
export function isWeight({ dataType }: OnnxTensor): boolean {
  return !NO_WEIGHTS.has(dataType);
}

const NO_WEIGHTS = new Set<number>([DataType.int32, DataType.int64, DataType.bool, DataType.string]);

function addGraph(
  found: Map<string, InspectedGraph>,
  graph: OnnxGraph,
  { id, kind }: Pick<GraphTitle, 'id' | 'kind'>,
  outer?: InspectedGraph,
): void {
  const title = { id, kind, name: graph.name, nodes: graph.nodes.length };
  const { nodes, inputs, outputs, valueInfo } = graph;
  const tensors = tensorsOf(graph, outer);
  add(found, { title, nodes, inputs, outputs, valueInfo, tensors, ...(outer ? { outer } : {}) });
}

function add(found: Map<string, InspectedGraph>, graph: InspectedGraph): void {
  if (found.size >= MOST_GRAPHS) return;
  const { id } = graph.title;
  found.set(id, graph);
  for (const [place, node] of graph.nodes.entries()) {
    for (const [name, attribute] of node.attributes) {
      for (const [at, inner] of graphsOf(attribute).entries()) {
        addGraph(found, inner, { id: branchId(id, place, name, at), kind: 'branch' }, graph);
      }
    }
  }
}

function tensorsOf(graph: OnnxGraph, outer: InspectedGraph | undefined): Map<string, InspectedTensor> {
  const tensors = new Map<string, InspectedTensor>(graph.initializers.map((tensor) => [tensor.name, tensor]));
  for (const sparse of graph.sparseInitializers ?? []) tensors.set(sparse.name, sparseTensor(sparse));
  for (const { opType, domain, inputs, outputs, attributes } of graph.nodes) {
    const [output] = outputs;
    if (domain !== '' || output === undefined) continue;
    const value = attributes.get('value') ?? attributes.get('sparse_value');
    if (opType === 'Constant' && value?.type === 'tensor') tensors.set(output, value.value);
    if (opType === 'Constant' && value?.type === 'sparseTensor') tensors.set(output, sparseTensor(value.value));
    if (opType !== 'Identity') continue;
    const handedOn = tensors.get(inputs[0] ?? '') ?? (outer && tensorOf(outer, inputs[0] ?? ''));
    if (handedOn) tensors.set(output, handedOn);
  }
  return tensors;
}

function graphsOf(attribute: Attribute): readonly OnnxGraph[] {
  if (attribute.type === 'graph') return [attribute.value];
  return attribute.type === 'graphs' ? attribute.value : [];
}

function functionId(place: number): string {
  return `function ${place}`;
}

function branchId(graph: string, place: number, attribute: string, at: number): string {
  return `${graph}/${place}.${attribute}.${at}`;
}
