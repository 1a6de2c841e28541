import { t } from '../../l10n';
import { type Dimension, type GraphNode, intAttribute, type MatchGraph, outputOf } from '../graph/graph';
import { otherInput } from '../graph/pattern';
import { type OwnPlaces, ownPlaces, repeated } from '../graph/spread';
import type { Rule } from './rule';

/**
 * A value of `[batch, length]` of which everything is taken, by each sample's number and each place in it, is the value with
 * more axes: `mask[samples, places]`, which dynamo writes as `GatherND` and TorchScript as a `Gather` of the flattened value by
 * `sample * length + place`.
 *
 * Near miss: places in another order or only some of them; another length; the samples behind the places.
 */
export const ownSamples: Rule = {
  name: 'own-samples',
  operators: ['GatherND', 'Gather'],
  apply(node, graph) {
    const taken = node.op === 'GatherND' ? pairsOf(node, graph) : rowsOf(node, graph);
    const shape = graph.shape(outputOf(node));
    if (!taken || !shape || !isWhole(taken, node, graph)) return false;
    const message = t('every value of every sample gathered in its order');
    graph.replace([node], { op: 'Reshape', inputs: [taken.value] }, { name: ownSamples.name, message });
    return true;
  },
};

interface Taken extends OwnPlaces {
  /** Of `[batch, length]`. */
  readonly value: string;
}

function pairsOf(node: GraphNode, graph: MatchGraph): Taken | undefined {
  const own = ownPlaces(node, graph);
  return own && { ...own, value: node.inputs[0]! };
}

function rowsOf(node: GraphNode, graph: MatchGraph): Taken | undefined {
  const flat = graph.producer(node.inputs[0]);
  const value = flat?.op === 'Reshape' || flat?.op === 'Flatten' ? flat.inputs[0] : undefined;
  const [batch, length, ...others] = graph.shape(value) ?? [];
  const isFlat = graph
    .shape(node.inputs[0])
    ?.slice(1)
    .every((size) => size === 1);
  const sum = graph.producer(node.inputs[1]);
  if (!value || batch === undefined || length === undefined || others.length > 0 || !isFlat) return undefined;
  if (intAttribute(node, 'axis', 0) !== 0 || (sum?.op !== 'Add' && sum?.op !== 'add')) return undefined;
  for (const input of sum.inputs) {
    const axis = timesCounted(graph.producer(input), length, batch, graph);
    const place = otherInput(sum, input);
    const isWhole = graph.shape(input)?.length === graph.shape(outputOf(sum))?.length;
    if (axis !== undefined && place && isWhole) return { value, axis, place };
  }
  return undefined;
}

/** The axis along which a product counts in steps of the length. */
function timesCounted(
  product: GraphNode | undefined,
  length: Dimension,
  batch: Dimension,
  graph: MatchGraph,
): number | undefined {
  if (product?.op !== 'Mul' && product?.op !== 'multiply') return undefined;
  for (const input of product.inputs) {
    const axis = graph.counting.get(input);
    const shape = graph.shape(input);
    const keepsAxes = shape?.length === graph.shape(outputOf(product))?.length;
    const isStep = oneInteger(otherInput(product, input), graph) === length;
    if (axis !== undefined && isStep && shape?.[axis] === batch && keepsAxes) return axis;
  }
  return undefined;
}

function oneInteger(value: string | undefined, graph: MatchGraph): Dimension | undefined {
  const integers = graph.integers.get(value ?? '');
  return integers?.length === 1 ? integers[0] : undefined;
}

/** Whether the places are all there are, in order, and the result has the samples in front of them and no other axes. */
function isWhole({ axis, place, value }: Taken, node: GraphNode, graph: MatchGraph): boolean {
  const [batch, length] = graph.shape(value)!;
  const shape = graph.shape(outputOf(node))!;
  const own = graph.shape(place)?.length ?? 0;
  const rank = node.op === 'GatherND' ? own - 1 : (graph.shape(node.inputs[1])?.length ?? 0);
  const counted = countedPlaces(place, length!, graph);
  const along = counted === undefined ? -1 : node.op === 'GatherND' ? counted : counted + rank - own;
  return (
    axis < along &&
    shape[axis] === batch &&
    shape[along] === length &&
    shape.every((size, at) => at === axis || at === along || size === 1)
  );
}

/** The axis along which a value counts from 0 up to a size. */
function countedPlaces(value: string, size: Dimension, graph: MatchGraph): number | undefined {
  const counted = graph.counting.get(value);
  if (counted !== undefined) return graph.shape(value)?.[counted] === size ? counted : undefined;
  const constant = repeated(value, graph);
  const values = constant?.values();
  const isCounted = values?.length === size && values.every((place, at) => place === at);
  return isCounted ? constant!.shape.indexOf(size) : undefined;
}
