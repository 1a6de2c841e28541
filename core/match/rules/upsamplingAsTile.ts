import { t } from '../../l10n';
import { type GraphNode, isKnown, type MatchGraph, outputOf, sameShape, type TensorShape } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import { isClosed } from '../graph/pattern';
import { replaceBetween } from './relayout';
import type { Rule } from './rule';

/**
 * Values of a picture repeated along one axis: `Unsqueeze` behind it, `Tile` the new axis, perhaps `Transpose`, `Reshape` both
 * into one. tf2onnx writes Keras' upsampling so, the rows first and then the columns, with the sizes worked out in between:
 * 18 nodes.
 *
 * Near miss: the axis in front of the repeated one, which puts whole copies one after the other; an axis that is merged with
 * another than its neighbour; repeated samples. Repeated channels stay between two transpositions.
 */
export const upsamplingAsTile: Rule = {
  name: 'upsampling-as-tile',
  operators: ['Reshape'],
  apply(node, graph) {
    const found = repetition(node, graph);
    if (!found || !isClosed(found.nodes, graph)) return false;
    const { axis, count, nodes, input, permutation } = found;
    const before = layoutOf(axis, input, graph);
    const spatial = before.indexOf(axis) - 2;
    if (spatial < 0) return false;
    replaceBetween(graph, nodes, {
      input,
      before,
      behind: permutation.map((at) => before.indexOf(at)),
      op: 'upsampling',
      settings: { size: spatial === 0 ? [count, 1] : [1, count] },
      rule: { name: upsamplingAsTile.name, message: t('upsampling written as {0}', 'Unsqueeze, Tile, Reshape') },
    });
    return true;
  },
};

/**
 * Two upsamplings in a row are one by the product of their factors: first the rows, then the columns.
 *
 * Near miss: something between them; the first one's output is used elsewhere too.
 */
export const upsamplingInSteps: Rule = {
  name: 'upsampling-in-steps',
  operators: ['upsampling'],
  apply(node, graph) {
    const first = graph.soleProducer(node.inputs[0]);
    const [a, b] = [first?.settings.size, node.settings.size];
    if (first?.op !== 'upsampling' || !Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    if (first.dropouts.length > 0) return false;
    const size = a.map((factor: number, axis) => factor * (b[axis] as number));
    graph.replace([first, node], { op: 'upsampling', inputs: first.inputs, settings: { size } });
    return true;
  },
};

interface Repetition {
  readonly input: string;
  /** Of the input: each of its values comes `count` times. */
  readonly axis: number;
  readonly count: number;
  /** How the result is transposed then. */
  readonly permutation: readonly number[];
  readonly nodes: readonly GraphNode[];
}

function repetition(node: GraphNode, graph: MatchGraph): Repetition | undefined {
  const last = graph.soleProducer(node.inputs[0]);
  const transpose = last?.op === 'Transpose' ? last : undefined;
  const tile = transpose ? graph.soleProducer(transpose.inputs[0]) : last;
  const unsqueeze = tile?.op === 'Tile' ? graph.soleProducer(tile.inputs[0]) : undefined;
  const repeated = tile && repeatedAxis(tile, graph);
  const input = unsqueeze?.inputs[0];
  const shape = graph.shape(input);
  const wide = graph.shape(tile && outputOf(tile));
  if (!tile || !unsqueeze || !input || !repeated || shape?.length !== 4 || wide?.length !== 5) return undefined;
  const { axis: added, count } = repeated;
  const axes = transpose ? permutationOf(transpose, 5) : [0, 1, 2, 3, 4];
  const place = axes.indexOf(added);
  const isUnsqueezed = sameShape(graph.shape(tile.inputs[0]), [...shape.slice(0, added), 1, ...shape.slice(added)]);
  if (!isUnsqueezed || added === 0 || axes[place - 1] !== added - 1) return undefined;
  const permutation = axes.filter((at) => at !== added).map((at) => (at > added ? at - 1 : at));
  const result = permutation.map((at) => (at === added - 1 ? times(shape[at]!, count) : shape[at]!));
  if (!sameShape(result, graph.shape(outputOf(node)))) return undefined;
  const nodes = [unsqueeze, tile, ...(transpose ? [transpose] : []), node];
  return { input, axis: added - 1, count, permutation, nodes };
}

function times(size: TensorShape[number], count: number): TensorShape[number] {
  return typeof size === 'number' ? size * count : `${size}*${count}`;
}

/** The one axis that a Tile repeats. */
function repeatedAxis(tile: GraphNode, graph: MatchGraph): { axis: number; count: number } | undefined {
  const counts = graph.integers.get(tile.inputs[1] ?? '');
  if (!isKnown(counts)) return undefined;
  const axes = counts.flatMap((count, axis) => (count === 1 ? [] : [axis]));
  const [axis] = axes;
  return axes.length === 1 && axis !== undefined && counts[axis]! > 1 ? { axis, count: counts[axis]! } : undefined;
}

/**
 * Which axes are batch, channels, rows, columns. The third axis is the columns of a value that was just transposed to have its
 * channels last, else the rows: either way the function is the same, and only that the transpositions meet depends on it.
 */
function layoutOf(axis: number, input: string, graph: MatchGraph): readonly number[] {
  const transpose = graph.producer(input);
  const isLast = transpose?.op === 'Transpose' && permutationOf(transpose, 4).join() === '0,2,3,1';
  return axis === 1 || (axis === 2 && isLast) ? [0, 3, 1, 2] : [0, 1, 2, 3];
}
