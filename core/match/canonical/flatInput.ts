import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { type GraphNode, isKnown, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { rearrangement } from '../rules/rearrangement';

/** What the other side's input is, for a graph that may take the same as a row of values. */
export interface Picture {
  /** With the batch axis. */
  readonly shape: TensorShape;
  /** It is a scheme's, whose channels stand behind the batch; of a file's nobody knows. */
  readonly isScheme: boolean;
}

/** A graph that takes as a row of values what the other side takes as a picture or a series. */
export interface FlatInput {
  /** The value that holds the row. */
  readonly value: string;
  /** Without the batch axis, as the other side has it. */
  readonly sizes: readonly number[];
  /** How the picture's axes come one after the other in the row, the batch first. */
  readonly order: readonly number[];
  /** The orders that there may be; one alone where nothing else is possible or the graph itself shows it. */
  readonly orders: readonly (readonly number[])[];
}

/**
 * Gives a graph of one input, which is a row of values, the shape that the other side's input has, and a flatten behind it:
 * scikit-learn knows nothing but rows.
 *
 * Near miss: another number of values; a second input.
 */
export function takeFlatInput(graph: MatchGraph, picture: Picture): FlatInput | undefined {
  const [input] = graph.inputs;
  const row = graph.shape(input?.name);
  const sizes = picture.shape.slice(1);
  if (!input || graph.inputs.length !== 1 || row?.length !== 2 || sizes.length < 2) return undefined;
  if (!isKnown(sizes) || elementCount(sizes) !== row[1]) return undefined;
  const shape = [row[0]!, ...sizes];
  const shown = ordersOf(picture).find((order) => isMadeAgain(graph, input.name, laidOut(shape, order)));
  const orders = shown ? [shown] : withoutDoubles(ordersOf(picture), shape);
  const [order] = orders as [readonly number[]];
  const [ordered, value] = [`${input.name}/in order`, `${input.name}/flattened`];
  graph.shapes.set(input.name, shape);
  graph.shapes.set(ordered, laidOut(shape, order));
  graph.shapes.set(value, row);
  graph.interpose(input.name, value, { op: 'Flatten' });
  graph.interpose(input.name, ordered, {
    op: 'Transpose',
    attributes: new Map([['perm', { type: 'ints', value: order }]]),
  });
  behindInput(graph.producer(value)!, graph);
  return { value, sizes, order, orders };
}

/** The flatten is told, and undone where the graph makes the picture again. */
function behindInput(flatten: GraphNode, graph: MatchGraph): void {
  flatten.applied.push({ name: 'flat-input', message: t('flattened before the network') });
  for (const user of graph.users(outputOf(flatten))) rearrangement.apply(user, graph);
}

/** As the axes stand, and with those that may be the channels at the other end; one axis of one value is the channels. */
function ordersOf({ shape, isScheme }: Picture): readonly (readonly number[])[] {
  const axes = shape.map((_, axis) => axis);
  const [, first, ...rest] = axes as [number, number, ...number[]];
  const firstToLast = [0, ...rest, first];
  const lastToFirst = [0, ...axes.slice(-1), ...axes.slice(1, -1)];
  const isLastAlone = shape[shape.length - 1] === 1;
  if (isScheme || shape[1] === 1) return [axes, firstToLast];
  return isLastAlone ? [axes, lastToFirst] : [axes, firstToLast, lastToFirst];
}

/** Axes of one value move nothing: of a single channel there is one order. */
function withoutDoubles(orders: readonly (readonly number[])[], shape: TensorShape): readonly (readonly number[])[] {
  const spelled = orders.map((order) => order.filter((axis) => shape[axis] !== 1).join());
  return orders.filter((_, place) => spelled.indexOf(spelled[place]!) === place);
}

function laidOut(shape: TensorShape, order: readonly number[]): TensorShape {
  return order.map((axis) => shape[axis]!);
}

function isMadeAgain(graph: MatchGraph, input: string, shape: TensorShape): boolean {
  const users = graph.users(input);
  const made = (user: GraphNode): TensorShape | undefined => graph.shape(outputOf(user));
  const isSame = (a: TensorShape | undefined): boolean => a?.join() === shape.join();
  return users.length > 0 && users.every((user) => user.op === 'Reshape' && isSame(made(user)));
}
