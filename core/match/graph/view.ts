import {
  type Dimension,
  type GraphNode,
  intAttribute,
  intsAttribute,
  isKnown,
  type MatchGraph,
  sameShape,
  type TensorShape,
} from './graph';
import { permutationOf } from './operatorArguments';
import { productOf, quotientOf } from './sizes';
import { LARGEST_INT32 } from './sliceRanges';
import { splitAxis, splitSizes } from './split';

/** `size` values that lie `stride` apart on an axis of a view's source. */
export interface Part {
  readonly axis: number;
  readonly stride: Dimension;
  readonly size: Dimension;
}

/**
 * A value whose elements are those of another, in another order or grouping, or some of them: what `Reshape`, `Transpose`,
 * `Squeeze`, `Unsqueeze`, `Split`, `Slice` and `Gather` of constants come to, however many there are and in whatever order.
 */
export interface View {
  readonly source: string;
  /** Each axis as the parts of the source's axes that it runs over, the slowest first; none for a size of one. */
  readonly axes: readonly (readonly Part[])[];
  /** Where the view begins on each axis of the source. */
  readonly offsets: readonly number[];
  /** The nodes between source and value, from the source on. */
  readonly nodes: readonly GraphNode[];
}

/**
 * How a value follows from another by such nodes alone, seen from as far up as the sizes can be followed. `goThrough` may
 * let other nodes pass that work on every value by itself (a scaling), by naming the input that goes on; `follows` says which
 * of the rearranging ones are followed.
 */
export function viewOf(
  value: string,
  graph: MatchGraph,
  goThrough: (node: GraphNode) => string | undefined = () => undefined,
  follows: (node: GraphNode, graph: MatchGraph) => boolean = isRearranging,
): View {
  const steps: {
    readonly node: GraphNode;
    readonly output: string;
    readonly input: string;
    readonly passes: boolean;
  }[] = [];
  let at = value;
  for (let node = graph.producer(at); node; node = graph.producer(at)) {
    const passed = goThrough(node);
    const input = passed ?? (follows(node, graph) ? node.inputs[0] : undefined);
    if (input === undefined) break;
    steps.unshift({ node, output: at, input, passes: passed !== undefined });
    at = input;
  }
  let view = whole(at, graph);
  for (const { node, output, input, passes } of steps) {
    const before: View = view ?? whole(input, graph) ?? nowhere(input);
    const axes: Rearranged | undefined = passes ? before : rearranged(before, node, output, graph);
    view = axes ? { ...before, ...axes, nodes: [...before.nodes, node] } : whole(output, graph);
    view ??= nowhere(output);
  }
  return view ?? nowhere(value);
}

/** The value itself; `undefined` when its shape is not known. */
function whole(source: string, graph: MatchGraph): View | undefined {
  const shape = graph.shape(source);
  if (!shape) return undefined;
  const axes = shape.map((size, axis) => (size === 1 ? [] : [{ axis, stride: 1, size }]));
  return { source, axes, offsets: shape.map(() => 0), nodes: [] };
}

/** A value of which nothing is known. */
function nowhere(source: string): View {
  return { source, axes: [], offsets: [], nodes: [] };
}

/** Whether nothing of the source is left out. */
export function isComplete(view: View, graph: MatchGraph): boolean {
  const shape = graph.shape(view.source);
  if (!shape || view.offsets.some((offset) => offset !== 0)) return false;
  const parts = view.axes.flat();
  const sizes = shape.map((_, axis) => sizeOf(parts.filter((part) => part.axis === axis)));
  return sameShape(shape, sizes);
}

/** Whether an axis of the view is an axis of the source, all of it. */
export function isAxis(view: View, axis: number, of: number, size: Dimension): boolean {
  const parts = view.axes[axis];
  if (!parts || view.offsets[of] !== 0) return false;
  if (size === 1) return parts.length === 0;
  const [part] = parts;
  return parts.length === 1 && part!.axis === of && part!.stride === 1 && part!.size === size;
}

export function sizeOf(parts: readonly Part[]): Dimension {
  return productOf(parts.map((part) => part.size));
}

const REARRANGING = new Set([
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'flatten',
  'Identity',
  'Split',
  'Slice',
  'Gather',
]);

/** Whether a node picks or moves elements of its first input by constants alone. */
export function isRearranging(node: GraphNode, graph: MatchGraph): boolean {
  if (!REARRANGING.has(node.op)) return false;
  return graph.constant(node.inputs[0]) === undefined && !graph.integers.has(node.inputs[0] ?? '');
}

/** Those of them that leave nothing out. */
export function isReordering(node: GraphNode, graph: MatchGraph): boolean {
  return isRearranging(node, graph) && !['Split', 'Slice', 'Gather'].includes(node.op);
}

type Rearranged = Pick<View, 'axes' | 'offsets'>;

function rearranged(view: View, node: GraphNode, output: string, graph: MatchGraph): Rearranged | undefined {
  switch (node.op) {
    case 'Identity':
      return view;
    case 'Transpose': {
      const permutation = permutationOf(node, view.axes.length);
      if (permutation.length !== view.axes.length) return undefined;
      return { axes: permutation.map((axis) => view.axes[axis]!), offsets: view.offsets };
    }
    case 'Reshape':
    case 'Flatten':
    case 'flatten':
    case 'Squeeze':
    case 'Unsqueeze': {
      const shape = graph.shape(output);
      return shape && regrouped(view, shape);
    }
    case 'Split':
      return splitPart(view, node, output, graph);
    case 'Slice':
      return sliced(view, node, graph);
    default:
      return gathered(view, node, graph);
  }
}

/** The same elements in the same order under another shape. */
function regrouped(view: View, shape: TensorShape): Rearranged | undefined {
  const rest = view.axes.flat();
  const axes: Part[][] = [];
  for (const size of shape) {
    const taken = take(rest, size);
    if (!taken) return undefined;
    axes.push(joined(taken));
  }
  return rest.length === 0 ? { axes, offsets: view.offsets } : undefined;
}

/** Parts of the given size from the front; a part that is too large is split, and what is left of it stays. */
function take(rest: Part[], size: Dimension): Part[] | undefined {
  const taken: Part[] = [];
  let open = size;
  while (open !== 1) {
    const part = rest.shift();
    if (!part) return undefined;
    const after = quotientOf(open, part.size);
    if (after !== undefined) {
      taken.push(part);
      open = after;
      continue;
    }
    const inner = quotientOf(part.size, open);
    if (inner === undefined) return undefined;
    taken.push({ axis: part.axis, stride: productOf([part.stride, inner]), size: open });
    rest.unshift({ axis: part.axis, stride: part.stride, size: inner });
    open = 1;
  }
  return taken;
}

/** Neighbouring parts that are one: the slower goes on where the faster ends. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result[result.length - 1];
    if (last?.axis === part.axis && last.stride === productOf([part.stride, part.size])) {
      result[result.length - 1] = { axis: part.axis, stride: part.stride, size: productOf([last.size, part.size]) };
    } else result.push(part);
  }
  return result;
}

function splitPart(view: View, node: GraphNode, output: string, graph: MatchGraph): Rearranged | undefined {
  const sizes = splitSizes(node, graph);
  const place = node.outputs.indexOf(output);
  if (!sizes || place < 0) return undefined;
  const start = sizes.slice(0, place).reduce((sum, size) => sum + size, 0);
  const axis = splitAxis(node, view.axes.length);
  return narrowed(view, axis, start, sizes[place]!);
}

function sliced(view: View, node: GraphNode, graph: MatchGraph): Rearranged | undefined {
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name, place) => {
    const values = intsAttribute(node, name) ?? graph.integers.get(node.inputs[place + 1] ?? '');
    return isKnown(values) ? values : undefined;
  });
  if (!starts || starts.length !== ends?.length || steps?.some((step) => step !== 1)) return undefined;
  if ((node.inputs[3] && !axes) || (node.inputs[4] && !steps)) return undefined;
  let result: Rearranged | undefined = view;
  for (const [place, start] of starts.entries()) {
    const rank = view.axes.length;
    const axis = ((axes?.[place] ?? place) + rank) % Math.max(1, rank);
    const size = result && sizeOf(result.axes[axis] ?? []);
    if (!result || size === undefined) return undefined;
    const range = rangeOf(start, ends[place]!, size);
    result = range && narrowed(result, axis, range.start, range.size);
  }
  return result;
}

/** A range from the front with its end there too, or all of an axis. */
function rangeOf(start: number, end: number, size: Dimension): { start: number; size: Dimension } | undefined {
  if (typeof size !== 'number') return start === 0 && end >= LARGEST_INT32 ? { start, size } : undefined;
  const within = (place: number): number => Math.max(0, Math.min(size, place < 0 ? place + size : place));
  return within(end) > within(start) ? { start: within(start), size: within(end) - within(start) } : undefined;
}

/** One index, which takes its axis away, or a list of neighbouring ones. */
function gathered(view: View, node: GraphNode, graph: MatchGraph): Rearranged | undefined {
  const indices = graph.integers.get(node.inputs[1] ?? '');
  const rank = graph.shape(node.inputs[1])?.length;
  if (!isKnown(indices) || indices.length === 0 || rank === undefined || rank > 1) return undefined;
  const axis = (intAttribute(node, 'axis', 0) + view.axes.length) % Math.max(1, view.axes.length);
  const size = sizeOf(view.axes[axis] ?? []);
  if (typeof size !== 'number') return undefined;
  const start = indices[0]! < 0 ? indices[0]! + size : indices[0]!;
  if (indices.some((index, place) => (index < 0 ? index + size : index) !== start + place)) return undefined;
  const picked = narrowed(view, axis, start, indices.length);
  if (!picked || rank === 1) return picked;
  return { axes: picked.axes.filter((_, place) => place !== axis), offsets: picked.offsets };
}

/** `size` neighbouring places of an axis, from `start` on. */
function narrowed(view: Rearranged, axis: number, start: number, size: Dimension): Rearranged | undefined {
  const parts = view.axes[axis];
  if (!parts) return undefined;
  if (size === sizeOf(parts)) return start === 0 ? view : undefined;
  const [first, ...inner] = parts;
  const below = sizeOf(inner);
  if (!first || typeof size !== 'number' || typeof below !== 'number' || typeof first.stride !== 'number')
    return undefined;
  if (start % below !== 0 || size % below !== 0 || typeof first.size !== 'number') return undefined;
  if (start < 0 || start + size > first.size * below) return undefined;
  const kept = size / below;
  const narrow = kept === 1 ? inner : [{ ...first, size: kept }, ...inner];
  const shift = (start / below) * first.stride;
  return {
    axes: view.axes.map((own, place) => (place === axis ? narrow : own)),
    offsets: view.offsets.map((offset, place) => (place === first.axis ? offset + shift : offset)),
  };
}
