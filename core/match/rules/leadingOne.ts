import { arrange, plainNode } from '../graph/arrange';
import { type GraphNode, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { isAxis, viewOf } from '../graph/view';
import { isZeroState } from './recurrent';
import type { Rule } from './rule';

/**
 * An axis of one in front, which a sum or an activation hands on, is put there behind it: the dynamo exporter runs the steps of
 * `nn.RNN` on `[1, batch, units]`, from zeros of that shape, though each position of the sequence is `[batch, units]`.
 *
 * Near miss: an axis of one between others; another operand that has three axes itself.
 */
export const leadingOne: Rule = {
  name: 'leading-one',
  operators: ['Add', 'add', 'activation', 'dense'],
  apply(node, graph) {
    const shape = graph.shape(outputOf(node));
    if (shape?.length !== 3 || shape[0] !== 1 || node.normalization) return false;
    const inputs = node.inputs.map((input) => withoutOne(input, shape.slice(1), graph));
    if (inputs.includes(undefined) || inputs.every((input, place) => input === node.inputs[place])) return false;
    const inner = `${outputOf(node)}/without one`;
    const { op, settings, parameters, attributes } = node;
    const placeholder = graph.replace([node], { op: 'Identity', inputs: [inner] });
    graph.shapes.set(inner, shape.slice(1));
    graph.add(
      plainNode({
        ...{ op, settings, parameters, attributes, inputs: inputs as string[], outputs: [inner] },
        origin: placeholder.origin.splice(0),
        applied: placeholder.applied.splice(0),
        dropouts: placeholder.dropouts.splice(0),
      }),
    );
    const [batch, units] = shape.slice(1) as [TensorShape[0], TensorShape[0]];
    arrange(graph, placeholder, inner, [
      [],
      [{ axis: 0, stride: 1, size: batch }],
      [{ axis: 1, stride: 1, size: units }],
    ]);
    return true;
  },
};

/** The operand as it is without the axis; constants for each unit have none. */
function withoutOne(input: string, shape: TensorShape, graph: MatchGraph): string | undefined {
  const own = graph.shape(input);
  if (!own) return undefined;
  if (own.length < 3) return input;
  if (own[0] === 1 && isZeroState(input, graph)) return zerosWithoutOne(input, own.slice(1), graph);
  const view = viewOf(input, graph);
  const producer: GraphNode | undefined = graph.producer(input);
  const isPut = view.axes.length === 3 && view.axes[0]!.length === 0 && graph.shape(view.source)?.length === 2;
  const isWhole = isAxis(view, 1, 0, shape[0]!) && isAxis(view, 2, 1, shape[1]!);
  return producer && isPut && isWhole ? view.source : undefined;
}

/** The zeros that the first state is. */
function zerosWithoutOne(zeros: string, shape: TensorShape, graph: MatchGraph): string {
  const output = `${zeros}/without one`;
  if (graph.producer(output)) return output;
  graph.shapes.set(output, shape);
  graph.add(plainNode({ op: 'Reshape', inputs: [zeros], outputs: [output] }));
  return output;
}
