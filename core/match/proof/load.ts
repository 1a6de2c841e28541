import { t } from '../../l10n';
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model';
import { elementCount, encodeValues, type NumberArray, type TensorSource, tensorBytes } from '../../onnx/tensor';
import type { PreparedSide } from '../canonical/side';
import { holdsComplement, holdsWordedPads, runnable } from '../prepare/runnable';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Largest model that is put together in memory; a protobuf message ends at 2 GB. */
const LARGEST_MODEL = 1.9e9;

/**
 * A model of which ONNX Runtime can run every operator, with its weights loaded, for a file that it cannot run as it is.
 * Labels, which may be texts or maps, are not computed either. `undefined` for a file that is run as it is.
 */
export function runnableModel({
  model,
  source,
  labels,
  canonical: { graph },
}: PreparedSide): Outcome<OnnxModel> | undefined {
  const isRun = !labels && !holdsComplement(model) && !holdsWordedPads(model);
  return isRun ? undefined : withTensors(runnable(model, graph), new Map(), source);
}

/** The model with the given tensors' values, and with everything else loaded, so that it can be written as one file. */
export function withTensors(
  model: OnnxModel,
  values: ReadonlyMap<OnnxTensor, NumberArray>,
  source: TensorSource,
): Outcome<OnnxModel> {
  let total = 0;
  let missing: string | undefined;
  const load = (tensor: OnnxTensor): OnnxTensor => {
    if (tensor.data.kind === 'strings') return tensor;
    const carried = values.get(tensor);
    const bytes = carried ? encodeValues(carried, tensor.dataType) : tensorBytes(tensor, source);
    total += bytes?.length ?? 0;
    if (total > LARGEST_MODEL) missing ??= t('the graph is larger than a single ONNX file can be');
    if (!bytes && elementCount(tensor.dims) > 0) missing ??= t('the values of {0} are not in the file', tensor.name);
    return { ...tensor, data: { kind: 'bytes', bytes: missing ? new Uint8Array(0) : (bytes ?? new Uint8Array(0)) } };
  };
  const initializers = model.graph.initializers.map(load);
  const loaded = (nodes: readonly OnnxNode[]): OnnxNode[] => nodes.map((node) => loadAttributes(node, load));
  const nodes = loaded(model.graph.nodes);
  const functions = model.functions.map((each) => ({ ...each, nodes: loaded(each.nodes) }));
  const unread = [model.graph, ...model.functions].flatMap((each) => each.nodes).find(hasUnread);
  if (unread) missing ??= t('an attribute of {0} is of a kind that cannot be written', unread.name || unread.opType);
  if (missing) return { ok: false, reason: missing };
  return { ok: true, value: { ...model, functions, graph: { ...model.graph, initializers, nodes } } };
}

function hasUnread({ attributes }: OnnxNode): boolean {
  return [...attributes.values()].some((attribute) => {
    if (attribute.type === 'graph') return attribute.value.nodes.some(hasUnread);
    if (attribute.type === 'graphs') return attribute.value.some(({ nodes }) => nodes.some(hasUnread));
    return attribute.type === 'other' && attribute.reference === undefined;
  });
}

const HOLDING_TENSORS: ReadonlySet<Attribute['type']> = new Set<Attribute['type']>(['tensor', 'graph', 'graphs']);

function loadAttributes(node: OnnxNode, load: (tensor: OnnxTensor) => OnnxTensor): OnnxNode {
  if (![...node.attributes.values()].some(({ type }) => HOLDING_TENSORS.has(type))) return node;
  const entries = [...node.attributes].map(([name, attribute]): [string, Attribute] => [
    name,
    loadAttribute(attribute, load),
  ]);
  return { ...node, attributes: new Map(entries) };
}

function loadAttribute(attribute: Attribute, load: (tensor: OnnxTensor) => OnnxTensor): Attribute {
  if (attribute.type === 'tensor') return { type: 'tensor', value: load(attribute.value) };
  if (attribute.type === 'graph') return { type: 'graph', value: loadGraph(attribute.value, load) };
  if (attribute.type !== 'graphs') return attribute;
  return { type: 'graphs', value: attribute.value.map((each) => loadGraph(each, load)) };
}

/** Sub-graphs, of a loop for example, have constants of their own. */
function loadGraph(graph: OnnxGraph, load: (tensor: OnnxTensor) => OnnxTensor): OnnxGraph {
  const nodes = graph.nodes.map((node) => loadAttributes(node, load));
  return { ...graph, initializers: graph.initializers.map(load), nodes };
}
