import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { type Constant, nearly } from '../graph/constants';
import { broadcastIndex } from '../graph/foldArithmetic';
import { type GraphNode, isKnown, type MatchGraph, outputOf } from '../graph/graph';
import { otherInput } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * An average over a window with its padding, times the size of the window over the number of values in it, is the average of
 * the values alone: how one that is padded on one side is written where the operator has both sides alike.
 *
 * Near miss: factors that do not undo the padding; the same factors behind an average that does not count it.
 */
export const averageOfValues: Rule = {
  name: 'average-of-values',
  operators: ['Mul'],
  apply(node, graph) {
    for (const value of node.inputs) {
      const factors = graph.constant(otherInput(node, value));
      const pool = graph.soleProducer(value);
      if (!factors || pool?.op !== 'average_pooling' || pool.settings.count_padding !== true) continue;
      if (pool.dropouts.length > 0 || !undoPadding(factors, pool, graph)) return false;
      const { count_padding: _, ...settings } = pool.settings;
      graph.replace(
        [pool, node],
        { op: pool.op, inputs: pool.inputs, settings },
        {
          name: averageOfValues.name,
          message: t('an average without its padding, written as one with it and factors'),
        },
      );
      return true;
    }
    return false;
  },
};

function undoPadding(factors: Constant, pool: GraphNode, graph: MatchGraph): boolean {
  const sizes = graph.shape(pool.inputs[0])?.slice(2);
  const output = graph.shape(outputOf(pool))?.slice(2);
  const values = factors.values();
  const { pooling_size: kernel, pooling_stride: strides, padding, dilation } = pool.settings;
  const isReadable = [kernel, strides, padding, dilation].every(Array.isArray) && isKnown(sizes) && isKnown(output);
  if (!isReadable || !values || factors.shape.slice(0, -output.length).some((size) => size !== 1)) return false;
  const lists = [kernel, strides, padding, dilation] as readonly (readonly number[])[];
  const counts = (sizes as readonly number[]).map((size, axis) => valuesUnder(size, Number(output[axis]), axis, lists));
  const window = (kernel as readonly number[]).reduce((product, size) => product * size, 1);
  const at = broadcastIndex(factors.shape.slice(-output.length), output);
  return Array.from({ length: elementCount(output) }, (_, index) => index).every((index) => {
    const count = placesOf(index, output).reduce((product, place, axis) => product * counts[axis]![place]!, 1);
    return nearly(values[at(index)], window / count);
  });
}

/** How many values lie under the window at each of its places along an axis. */
function valuesUnder(
  size: number,
  places: number,
  axis: number,
  [kernel, strides, padding, dilation]: readonly (readonly number[])[],
): number[] {
  return Array.from({ length: places }, (_, place) => {
    const start = place * strides![axis]! - padding![axis]!;
    const steps = Array.from({ length: kernel![axis]! }, (__, step) => start + step * dilation![axis]!);
    return steps.filter((at) => at >= 0 && at < size).length;
  });
}

function placesOf(index: number, shape: readonly number[]): number[] {
  const places: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}
