import { isKnown, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import type { Rule } from './rule';

/**
 * Sizes of an input that are not known before it comes, however they are taken: TorchScript writes `Shape`, `Gather` and `Cast`,
 * dynamo a `Shape` of one axis. For the end, when what is made of them was read.
 *
 * Near miss: another axis; a size of something that is worked out; a multiple of a size.
 */
export const sizeOfInput: Rule = {
  name: 'size-of-input',
  operators: [
    'Shape',
    'Gather',
    'Slice',
    'slice',
    'Squeeze',
    'Unsqueeze',
    'Reshape',
    'reshape',
    'Concat',
    'concatenate',
    'Cast',
  ],
  apply(node, graph) {
    const sizes = graph.integers.get(outputOf(node));
    const rank = graph.shape(outputOf(node))?.length;
    if (!sizes || isKnown(sizes) || rank === undefined) return false;
    const found = spelledByInputs(sizes, graph);
    if (!found) return false;
    graph.replace([node], { op: 'size', inputs: [found.input], settings: { rank, sizes: found.sizes } });
    return true;
  },
};

/** Numbers, and places in the shapes of the graph's inputs; and the first input that is named. */
function spelledByInputs(sizes: TensorShape, graph: MatchGraph): { input: string; sizes: string } | undefined {
  const inputs: string[] = [];
  const words = sizes.map((size) => {
    if (typeof size === 'number') return String(size);
    const place = graph.inputs.findIndex(({ name }) => graph.shape(name)?.includes(size));
    const name = graph.inputs[place]?.name;
    if (name === undefined) return undefined;
    inputs.push(name);
    return `input ${place} axis ${graph.shape(name)!.indexOf(size)}`;
  });
  return inputs[0] === undefined || words.includes(undefined)
    ? undefined
    : { input: inputs[0], sizes: words.join(', ') };
}
