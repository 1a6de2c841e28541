import type { Attribute } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import { type Constant, reshaped, transposed } from '../graph/constants';
import { type GraphNode, intAttribute, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { axesOf, padsOf, permutationOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

const ELEMENTWISE = [
  'Relu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Celu',
  'Gelu',
  'HardSwish',
  'HardSigmoid',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'Mish',
  'Clip',
  'Erf',
  'Erfc',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Neg',
  'Abs',
  'Not',
  'Cast',
  'Identity',
  'activation',
];
const BROADCASTING = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'add', 'multiply'],
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal', 'Where'],
];
const ALONG_AXIS = ['Concat', 'concatenate', 'Softmax', 'LogSoftmax'];
const REDUCING = ['ReduceMean', 'ReduceMax', 'ReduceSum'];
const GLOBAL: Readonly<Record<string, string>> = {
  GlobalAveragePool: 'ReduceMean',
  GlobalMaxPool: 'ReduceMax',
  global_average_pooling: 'ReduceMean',
  global_max_pooling: 'ReduceMax',
};

/**
 * A `Transpose` in front of an operator that works value by value, along an axis or over axes is moved behind it, where it
 * meets its inverse: so exporters from channels last write what others write without any.
 *
 * Near miss: an operator whose axes are fixed, a convolution for example; operands that are transposed differently, or one
 * alone (unless what it would move are ones); a softmax before opset 13, which worked on all axes behind the first.
 */
export const transposeBehind: Rule = {
  name: 'transpose-behind',
  operators: [...ELEMENTWISE, ...BROADCASTING, ...ALONG_AXIS, ...REDUCING, ...Object.keys(GLOBAL), 'Pad'],
  apply(node, graph) {
    const permutation = node.outputs.length === 1 ? commonPermutation(node, graph) : undefined;
    const moved = permutation && movedNode(node, permutation, graph);
    if (!moved) return false;
    swap(node, moved, graph);
    return true;
  },
};

/** How all computed operands are transposed; one that it would not change may be without. */
function commonPermutation(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const data = dataOf(node, graph);
  let common: readonly number[] | undefined;
  for (const input of data) {
    const transpose = transposeOf(input, graph);
    const rank = graph.shape(input)?.length;
    if (!transpose) continue;
    if (rank === undefined) return undefined;
    const permutation = permutationOf(transpose, rank);
    if (common && common.join() !== permutation.join()) return undefined;
    common = permutation;
  }
  if (!common) return undefined;
  const bare = data.filter((input) => !transposeOf(input, graph));
  const fits = bare.every((input) => BROADCASTING.includes(node.op) && isUnmoved(graph.shape(input), common));
  return fits ? common : undefined;
}

function transposeOf(input: string, graph: MatchGraph): GraphNode | undefined {
  const node = graph.producer(input);
  return node?.op === 'Transpose' ? node : undefined;
}

/** Whether the axes that a transposition moves are ones: then the value is the same with and without it. */
function isUnmoved(shape: TensorShape | undefined, permutation: readonly number[]): boolean {
  return shape?.length === permutation.length && permutation.every((from, axis) => from === axis || shape[axis] === 1);
}

function dataOf(node: GraphNode, graph: MatchGraph): readonly string[] {
  return node.inputs.filter((input) => input !== '' && !graph.constant(input));
}

/** The operator on what was in front of the transpositions, and the transposition that then comes behind it. */
interface Moved {
  readonly inputs: string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Another operator, when the same one cannot do it. */
  readonly op?: string;
  readonly settings?: GraphNode['settings'];
  readonly permutation: readonly number[];
}

function movedNode(node: GraphNode, permutation: readonly number[], graph: MatchGraph): Moved | undefined {
  const inputs = node.inputs.map((input) => transposeOf(input, graph)?.inputs[0] ?? input);
  const same = { inputs, attributes: node.attributes, permutation };
  if (ELEMENTWISE.includes(node.op)) return node.settings.activation === 'softmax' ? undefined : same;
  if (BROADCASTING.includes(node.op)) return withConstants(node, permutation, graph, same);
  if (GLOBAL[node.op]) return isOverAll(node) ? globalReduction(node, permutation, same) : undefined;
  if (REDUCING.includes(node.op)) return reduction(node, permutation, graph, same);
  if (node.op === 'Pad') return padding(node, permutation, graph, same);
  return alongAxis(node, permutation, graph, same);
}

/** Constants are laid along the axes of the other operand. */
function withConstants(
  node: GraphNode,
  permutation: readonly number[],
  graph: MatchGraph,
  same: Moved,
): Moved | undefined {
  const inputs: string[] = [];
  for (const [place, input] of node.inputs.entries()) {
    const constant = graph.constant(input);
    if (!constant) inputs.push(same.inputs[place]!);
    else if (constant.shape.length > permutation.length) return undefined;
    else
      inputs.push(
        elementCount(constant.shape) === 1
          ? input
          : addConstant(aligned(constant, permutation), input, permutation, graph),
      );
  }
  return { ...same, inputs };
}

function aligned(constant: Constant, permutation: readonly number[]): Constant {
  const ones = Array.from({ length: permutation.length - constant.shape.length }, () => 1);
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  return transposed(reshaped(constant, [...ones, ...constant.shape]), inverse);
}

function addConstant(constant: Constant, name: string, permutation: readonly number[], graph: MatchGraph): string {
  const moved = `${name}/transposed ${permutation.join(' ')}`;
  graph.constants.set(moved, constant);
  graph.shapes.set(moved, constant.shape);
  return moved;
}

function alongAxis(node: GraphNode, permutation: readonly number[], graph: MatchGraph, same: Moved): Moved | undefined {
  if (same.inputs.length !== dataOf(node, graph).length) return undefined;
  if (node.op === 'concatenate') return { ...same, settings: { axis: permutation[Number(node.settings.axis)]! } };
  if (node.op !== 'Concat' && graph.opset < 13) return undefined;
  const axis = intAttribute(node, 'axis', node.op === 'Concat' ? 0 : -1);
  const moved = permutation[axis < 0 ? axis + permutation.length : axis];
  if (moved === undefined) return undefined;
  return { ...same, attributes: new Map([...node.attributes, ['axis', { type: 'int', value: moved }]]) };
}

function reduction(node: GraphNode, permutation: readonly number[], graph: MatchGraph, same: Moved): Moved | undefined {
  const axes = axesOf(node, graph)?.map((axis) => permutation[axis < 0 ? axis + permutation.length : axis]!);
  if (!axes || axes.length === 0 || axes.includes(undefined as never)) return undefined;
  const kept = intAttribute(node, 'keepdims', 1) === 1;
  const rest = permutation.filter((axis) => !axes.includes(axis));
  const sorted = [...rest].sort((a, b) => a - b);
  return {
    inputs: [same.inputs[0]!],
    attributes: new Map([...node.attributes, ['axes', { type: 'ints', value: [...axes].sort((a, b) => a - b) }]]),
    permutation: kept ? permutation : rest.map((axis) => sorted.indexOf(axis)),
  };
}

/** All axes behind the channels are pooled, and stay. */
function isOverAll({ op, settings }: GraphNode): boolean {
  return op.startsWith('Global') || (settings.keep_axes === true && settings.channel_axis === undefined);
}

/** Over all axes that the transposition makes those behind the channels. */
function globalReduction(node: GraphNode, permutation: readonly number[], same: Moved): Moved {
  const value = permutation.slice(2).sort((a, b) => a - b);
  return { ...same, op: GLOBAL[node.op]!, settings: {}, attributes: new Map([['axes', { type: 'ints', value }]]) };
}

function padding(node: GraphNode, permutation: readonly number[], graph: MatchGraph, same: Moved): Moved | undefined {
  const pads = padsOf(node, graph);
  const rank = permutation.length;
  if (pads?.length !== 2 * rank) return undefined;
  const places = permutation.map((_, axis) => permutation.indexOf(axis));
  const value = [...places.map((axis) => pads[axis]!), ...places.map((axis) => pads[axis + rank]!)];
  const attributes = new Map<string, Attribute>([...node.attributes, ['pads', { type: 'ints', value }]]);
  return { ...same, inputs: same.inputs.map((input, place) => (place === 1 ? '' : input)), attributes };
}

/** A node that is taken out together with the transpositions that nobody else needs, and put in again in front of one. */
function swap(node: GraphNode, moved: Moved, graph: MatchGraph): void {
  const { permutation } = moved;
  const between = `${outputOf(node)}/before transposing`;
  const before = shapeBefore(graph.shape(outputOf(node)), permutation);
  if (before) graph.shapes.set(between, before);
  const transposes = [...new Set(dataOf(node, graph).flatMap((input) => transposeOf(input, graph) ?? []))];
  const lonely = transposes.filter((transpose) => graph.soleUser(outputOf(transpose)) === node);
  const behind = graph.replace([...lonely, node], {
    op: 'Transpose',
    inputs: [between],
    attributes: new Map([['perm', { type: 'ints', value: permutation }]]),
  });
  behind.origin.splice(0, behind.origin.length, ...transposes.flatMap((transpose) => transpose.origin));
  behind.applied.splice(0, behind.applied.length, ...transposes.flatMap((transpose) => transpose.applied));
  behind.dropouts.splice(0, behind.dropouts.length, ...node.dropouts);
  const dropouts = lonely.flatMap((each) => each.dropouts);
  const { op = node.op, settings = node.settings, inputs, attributes } = moved;
  graph.add({ ...node, op, settings, inputs, outputs: [between], attributes, dropouts });
}

/** The shape that transposed gives the known one. */
function shapeBefore(shape: TensorShape | undefined, permutation: readonly number[]): TensorShape | undefined {
  if (shape?.length !== permutation.length) return undefined;
  return permutation.map((_, axis) => shape[permutation.indexOf(axis)]!);
}
