import { elementCount } from '../../onnx/tensor';
import { reshaped } from '../graph/constants';
import type { Rule } from './rule';

/**
 * `PRelu` with trained slopes, one for all or one for each channel, however many axes of one they are stored with.
 *
 * Near miss: a slope for each value of a picture.
 */
export const prelu: Rule = {
  name: 'prelu',
  operators: ['PRelu'],
  apply(node, graph) {
    const [input, slopeName] = node.inputs;
    const slope = graph.constant(slopeName);
    const rank = graph.shape(input)?.length;
    if (!input || !slope || rank === undefined) return false;
    const count = elementCount(slope.shape);
    // Slopes are laid against the last axes; the channels are the second.
    const own = slope.shape.length === rank && slope.shape[0] === 1 ? slope.shape.slice(1) : slope.shape;
    const isPerChannel = own.length === rank - 1 && own[0] === count;
    if (count !== 1 && !isPerChannel) return false;
    graph.replace([node], { op: 'prelu', inputs: [input], parameters: new Map([['slope', reshaped(slope, [count])]]) });
    return true;
  },
};
