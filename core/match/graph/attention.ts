import { nearly, scalar } from './constants';
import { type Dimension, floatAttribute, type GraphNode, intAttribute, type MatchGraph, outputOf } from './graph';
import { type Masked, maskedBy, maskOf } from './mask';
import { productOf } from './sizes';
import { isAxis, type Part, sizeOf, type View, viewOf } from './view';

/** What a leading axis of a batched product runs over: the batch, or (part of) the heads, which are numbered. */
export type Leading = { readonly kind: 'batch'; readonly size: Dimension } | Head;
type Head = { readonly kind: 'head'; readonly index: number; readonly size: Dimension };

/** Queries, keys or values as an operand of a product: a view of a value of `[batch, length, channels]`. */
export interface Operand {
  readonly view: View;
  /** What it was multiplied with on the way. */
  readonly factor: number;
  readonly leading: readonly (readonly Leading[])[];
  /** Parts of the channels, the slowest first. */
  readonly heads: readonly Part[];
  readonly width: readonly Part[];
  readonly length: Dimension;
}

export interface Attention {
  readonly query: Operand;
  readonly key: Operand;
  readonly value: Operand;
  readonly scale: number;
  readonly mask: string;
  /** The axes of the output: leading ones, then queries and width, or width and queries. */
  readonly leading: readonly (readonly Leading[])[];
  readonly isTransposed: boolean;
  /** What stands between the three operands' sources and the output. */
  readonly nodes: readonly GraphNode[];
}

/** Attention whose last product is `node`: shares by values, or, transposed, values by shares. */
export function attentionAt(node: GraphNode, graph: MatchGraph): Attention | undefined {
  const [left, right] = node.inputs as [string, string];
  return contextOf(left, right, false, graph) ?? contextOf(right, left, true, graph);
}

function contextOf(shares: string, values: string, isTransposed: boolean, graph: MatchGraph): Attention | undefined {
  const scores = scoresOf(shares, isTransposed, graph);
  const value = scores && operandOf(values, isTransposed ? 'width first' : 'positions first', graph);
  if (!scores || !value || value.factor !== 1 || value.length !== scores.key.length) return undefined;
  if (!isSame(scores.leading, value.leading)) return undefined;
  const { leading, nodes } = scores;
  return { ...scores, value, leading, isTransposed, nodes: [...nodes, ...value.view.nodes] };
}

/**
 * The `Attention` operator (opset 23) on values of four axes, `[batch, heads, length, width]`.
 *
 * Near miss: fewer heads of keys than of queries, capped scores, keys of the past, scores as a further output.
 */
export function attentionOfOperator(node: GraphNode, graph: MatchGraph): Attention | undefined {
  const [queries, keys, values, mask, ...past] = node.inputs;
  const others = [...past, ...node.outputs.slice(1)].some((name) => name !== '');
  if (!queries || !keys || !values || others || floatAttribute(node, 'softcap', 0) !== 0) return undefined;
  const [query, key, value] = [queries, keys, values].map((input) => operandOf(input, 'positions first', graph));
  if (!query || !key || !value || value.factor !== 1 || query.leading.length !== 2) return undefined;
  const isAlike =
    isSame(query.leading, key.leading) && isSame(query.leading, value.leading) && key.length === value.length;
  if (!isAlike || sizeOf(query.width) !== sizeOf(key.width)) return undefined;
  const given = mask ? graph.constant(mask) : undefined;
  const said = given && maskOf(given);
  const causal = intAttribute(node, 'is_causal', 0) === 1;
  if ((mask && (said === undefined || causal)) || intAttribute(node, 'qk_matmul_output_mode', 0) !== 0)
    return undefined;
  const scale = floatAttribute(node, 'scale', 1 / Math.sqrt(Number(sizeOf(query.width))));
  return {
    query,
    key,
    value,
    scale: scale * query.factor * key.factor,
    mask: causal ? 'causal' : (said ?? 'none'),
    leading: query.leading,
    isTransposed: false,
    nodes: [query, key, value].flatMap(({ view }) => view.nodes),
  };
}

interface Scores extends Pick<Attention, 'query' | 'key' | 'scale' | 'mask' | 'leading' | 'nodes'> {}

/** Follows shares up: rearrangements, the softmax, a mask, more rearrangements and scalings, the product of queries and keys. */
function scoresOf(shares: string, isTransposed: boolean, graph: MatchGraph): Scores | undefined {
  const last = graph.producer(viewOf(shares, graph).source);
  const guard = last && guardOf(last, graph);
  const softmax = guard ? graph.producer(guard.value) : last;
  if (!softmax || !isSoftmax(softmax)) return undefined;
  const unmasked = softmax.inputs[0]!;
  const above = graph.producer(unmasked);
  const masked: Masked | undefined = above && maskedBy(above, graph);
  const scaling = new Scaling(graph);
  const scores = viewOf(masked?.input ?? unmasked, graph, scaling.through);
  const product = graph.producer(scores.source);
  const factors = product && factorsOf(product, graph);
  if (!product || !factors) return undefined;
  const { left, right } = factors;
  const rank = left.leading.length + 2;
  const axis = softmaxAxis(softmax, scores.axes.length);
  const [queryAxis, keyAxis] = isTransposed ? [rank - 2, rank - 1].reverse() : [rank - 2, rank - 1];
  const keysAreRight = isAxis(scores, axis, rank - 1, right.length);
  if (!keysAreRight && !isAxis(scores, axis, rank - 2, left.length)) return undefined;
  const [query, key] = keysAreRight ? [left, right] : [right, left];
  const [queryPlace, keyPlace] = keysAreRight ? [rank - 2, rank - 1] : [rank - 1, rank - 2];
  if (masked && masked.mask !== 'none') {
    const [row, column] = [scores.axes.length - 2, scores.axes.length - 1];
    if (!isAxis(scores, row, queryPlace, query.length) || !isAxis(scores, column, keyPlace, key.length))
      return undefined;
  }
  const passed = new Map([[softmax, unmasked]]);
  if (masked) passed.set(above!, masked.input);
  if (guard) passed.set(last!, guard.value);
  const whole = viewOf(shares, graph, (node) => passed.get(node) ?? new Scaling(graph).through(node));
  const isWellLaid =
    whole.axes.length === rank &&
    isAxis(whole, queryAxis!, queryPlace, query.length) &&
    isAxis(whole, keyAxis!, keyPlace, key.length);
  const leading = whole.axes.slice(0, -2).map((parts) => leadingOf(parts, left.leading));
  if (!isWellLaid || leading.includes(undefined)) return undefined;
  return {
    query,
    key,
    scale: left.factor * right.factor * scaling.factor,
    mask: masked?.mask ?? 'none',
    leading: leading as Leading[][],
    nodes: [...left.view.nodes, ...right.view.nodes, product, ...whole.nodes, ...(guard ? [guard.test] : [])],
  };
}

/** Shares that are not a number become zero, as the dynamo exporter writes it for masks: with what is read here there are none. */
export function guardOf(node: GraphNode, graph: MatchGraph): { value: string; test: GraphNode } | undefined {
  const [condition, zero, value] = node.inputs;
  const test = node.op === 'Where' ? graph.producer(condition) : undefined;
  const isGuard = test?.op === 'IsNaN' && test.inputs[0] === value && scalar(graph.constant(zero)) === 0;
  return isGuard ? { value: value!, test } : undefined;
}

export function isSoftmax(node: GraphNode): boolean {
  return node.op === 'Softmax' || (node.op === 'activation' && node.settings.activation === 'softmax');
}

export function softmaxAxis(node: GraphNode, rank: number): number {
  const axis = node.op === 'Softmax' ? intAttribute(node, 'axis', -1) : -1;
  return axis < 0 ? axis + rank : axis;
}

/** The operands of a product of queries and keys, which contracts the width: `[.., positions, width] x [.., width, positions]`. */
function factorsOf(product: GraphNode, graph: MatchGraph): { left: Operand; right: Operand } | undefined {
  if (product.op !== 'MatMul') return undefined;
  const left = operandOf(product.inputs[0]!, 'positions first', graph);
  const right = operandOf(product.inputs[1]!, 'width first', graph);
  if (!left || !right || sizeOf(left.width) !== sizeOf(right.width)) return undefined;
  return isSame(left.leading, right.leading) ? { left, right } : undefined;
}

/** Lets multiplications with one number pass and remembers what they come to. */
class Scaling {
  factor = 1;

  constructor(private readonly graph: MatchGraph) {}

  readonly through = (node: GraphNode): string | undefined => {
    if (node.op !== 'Mul' && node.op !== 'Div') return undefined;
    const [a, b] = node.inputs;
    const right = scalar(this.graph.constant(b));
    const left = node.op === 'Mul' ? scalar(this.graph.constant(a)) : undefined;
    const number = right ?? left;
    // One number of more axes than the value would give the value more axes.
    const value = right !== undefined ? a : b;
    const isPlain = this.graph.shape(value)?.length === this.graph.shape(outputOf(node))?.length;
    if (number === undefined || number === 0 || !isPlain) return undefined;
    this.factor *= node.op === 'Div' ? 1 / number : number;
    return value;
  };
}

function operandOf(value: string, layout: 'positions first' | 'width first', graph: MatchGraph): Operand | undefined {
  if (graph.constant(value)) return undefined;
  const scaling = new Scaling(graph);
  const view = viewOf(value, graph, scaling.through);
  const shape = graph.shape(view.source);
  const rank = view.axes.length;
  if (shape?.length !== 3 || rank < 3 || view.offsets[0] !== 0 || view.offsets[1] !== 0) return undefined;
  const [positions, width] = layout === 'positions first' ? [rank - 2, rank - 1] : [rank - 1, rank - 2];
  if (!isAxis(view, positions, 1, shape[1]!) || view.axes[width]!.some(({ axis }) => axis !== 2)) return undefined;
  const heads: Part[] = [];
  const leading = view.axes.slice(0, -2).map((parts) =>
    parts.map((part): Leading | undefined => {
      if (part.axis === 0)
        return part.stride === 1 && part.size === shape[0] ? { kind: 'batch', size: part.size } : undefined;
      if (part.axis !== 2) return undefined;
      heads.push(part);
      return { kind: 'head', index: heads.length - 1, size: part.size };
    }),
  );
  if (leading.flat().includes(undefined)) return undefined;
  const known = leading as Leading[][];
  return { view, factor: scaling.factor, leading: known, heads, width: view.axes[width]!, length: shape[1]! };
}

/** The leading axes of a product that these parts of its output's axes run over. */
function leadingOf(parts: readonly Part[], axes: Operand['leading']): Leading[] | undefined {
  const result: Leading[] = [];
  for (const part of parts) {
    const labels = axes[part.axis] ?? [];
    let found: readonly Leading[] | undefined;
    for (let from = 0; from < labels.length; from++) {
      for (let to = labels.length; to > from; to--) {
        const run = labels.slice(from, to);
        const isIt =
          sizeOf(run as never) === part.size && productOf(labels.slice(to).map(({ size }) => size)) === part.stride;
        if (isIt) found ??= run;
      }
    }
    if (!found) return undefined;
    result.push(...found);
  }
  return result;
}

function isSame(a: Attention['leading'], b: Attention['leading']): boolean {
  const spell = (axes: Attention['leading']): string =>
    axes
      .map((labels) => labels.map((each) => `${each.kind} ${'index' in each ? each.index : ''} ${each.size}`).join())
      .join('|');
  return spell(a) === spell(b);
}

/** The scale that is used when nothing else is said. */
export function isUsualScale(scale: number, width: number): boolean {
  return nearly(scale, 1 / Math.sqrt(width));
}
