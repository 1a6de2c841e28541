import { t } from '../../l10n';
import { DataType } from '../../onnx/model';
import { type Constant, computedConstant, scalar } from '../graph/constants';
import {
  type Dimension,
  type GraphNode,
  intAttribute,
  type MatchGraph,
  outputOf,
  type TensorShape,
} from '../graph/graph';
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
    if (!taken || !shape || !isWhole(taken, shape)) return false;
    const sizes = shape.map((size) => (typeof size === 'number' ? size : -1));
    const name = `${outputOf(node)}/sizes`;
    graph.constants.set(
      name,
      computedConstant([sizes.length], DataType.int64, () => Float64Array.from(sizes)),
    );
    graph.shapes.set(name, [sizes.length]);
    graph.integers.set(name, sizes);
    const message = t('all of each sample, by its number and its places');
    graph.replace([node], { op: 'Reshape', inputs: [taken.value, name] }, { name: ownSamples.name, message });
    return true;
  },
};

interface Taken extends OwnPlaces {
  /** Of `[batch, length]`. */
  readonly value: string;
  readonly batch: Dimension;
  readonly length: Dimension;
}

function pairsOf(node: GraphNode, graph: MatchGraph): Taken | undefined {
  const own = ownPlaces(node, graph);
  const value = node.inputs[0]!;
  const [batch, length] = graph.shape(value) ?? [];
  return own && batch !== undefined && length !== undefined ? { ...own, value, batch, length } : undefined;
}

function rowsOf(node: GraphNode, graph: MatchGraph): Taken | undefined {
  const flat = graph.producer(node.inputs[0]);
  const value = flat?.op === 'Reshape' || flat?.op === 'Flatten' ? flat.inputs[0] : undefined;
  const [batch, length, ...others] = graph.shape(value) ?? [];
  const isFlat = graph
    .shape(node.inputs[0])
    ?.slice(1)
    .every((size) => size === 1);
  if (!value || batch === undefined || typeof length !== 'number' || others.length > 0 || !isFlat) return undefined;
  if (intAttribute(node, 'axis', 0) !== 0) return undefined;
  const sum = graph.producer(node.inputs[1]);
  if (sum?.op !== 'Add' && sum?.op !== 'add') return undefined;
  for (const input of sum.inputs) {
    const axis = timesCounted(graph.producer(input), length, batch, graph);
    const places = repeated(otherInput(sum, input), graph);
    const rank = graph.shape(outputOf(sum))?.length ?? 0;
    if (axis === undefined || !places || graph.shape(input)?.length !== rank) continue;
    return { value, batch, length, axis, places: padded(places, rank) };
  }
  return undefined;
}

/** The axis along which a product counts in steps of the length. */
function timesCounted(
  product: GraphNode | undefined,
  length: number,
  batch: Dimension,
  graph: MatchGraph,
): number | undefined {
  if (product?.op !== 'Mul' && product?.op !== 'multiply') return undefined;
  for (const input of product.inputs) {
    const axis = graph.counting.get(input);
    const isStep = scalar(repeated(otherInput(product, input), graph)) === length;
    const shape = graph.shape(input);
    if (
      axis !== undefined &&
      isStep &&
      shape?.[axis] === batch &&
      shape.length === graph.shape(outputOf(product))?.length
    )
      return axis;
  }
  return undefined;
}

function padded({ shape, dataType, values }: Constant, rank: number): Constant {
  return computedConstant([...Array<number>(rank - shape.length).fill(1), ...shape], dataType, values);
}

/** Sample by sample from the first place to the last, and nothing else. */
function isWhole({ axis, places, batch, length }: Taken, shape: TensorShape): boolean {
  const values = places.values();
  const along = places.shape.indexOf(Number(length));
  const isCounted = values?.length === length && values.every((place, at) => place === at);
  const isElsewhere = shape.every((size, at) => at === axis || at === along || size === 1);
  return isCounted && isElsewhere && axis < along && shape[axis] === batch && shape[along] === length;
}
