import type { MatchGraph, TensorShape } from '../graph/graph';

/**
 * Whether an input of `shape` is the wanted one (batch, channels, the rest) with its channels last, as Keras and TensorFlow
 * have it. Both are with the batch axis; open sizes agree with any.
 *
 * Near miss: a shape that fits as it stands, a square picture with as many channels for example: then nothing says that its
 * channels are last.
 */
export function isChannelsLast(shape: TensorShape, wanted: TensorShape | undefined): boolean {
  if (!wanted || shape.length < 3 || shape.length !== wanted.length) return false;
  return !agree(shape, wanted) && agree(channelsFirst(shape), wanted);
}

/**
 * Takes the layout off a graph of one input that has its channels last: the graph's input gets them behind the batch, and a
 * transposition that makes of it what the file has. The rules move that to where its inverse is.
 */
export function takeInputLayout(graph: MatchGraph, wanted: TensorShape | undefined): true | undefined {
  const [input] = graph.inputs;
  const shape = graph.shape(input?.name);
  if (!input || !shape || graph.inputs.length !== 1 || !isChannelsLast(shape, wanted)) return undefined;
  const last = `${input.name}/channels last`;
  const permutation = [0, ...shape.slice(2).map((_, axis) => axis + 2), 1];
  graph.shapes.set(last, shape);
  graph.shapes.set(input.name, channelsFirst(shape));
  graph.interpose(input.name, last, {
    op: 'Transpose',
    attributes: new Map([['perm', { type: 'ints', value: permutation }]]),
  });
  return true;
}

function channelsFirst(shape: TensorShape): TensorShape {
  return [shape[0]!, shape[shape.length - 1]!, ...shape.slice(1, -1)];
}

function agree(shape: TensorShape, wanted: TensorShape): boolean {
  return shape.every((size, axis) => {
    const other = wanted[axis];
    return axis === 0 || typeof size !== 'number' || typeof other !== 'number' || size === other;
  });
}
