import { type GraphNode, intsAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';

/** What a Slice takes of one axis, one after the other, with both bounds counted from the front. */
export function slicedRange(
  node: GraphNode,
  graph: MatchGraph,
): { readonly axis: number; readonly start: number; readonly end: number } | undefined {
  const range = sliceRange(node, graph);
  const rank = graph.shape(node.inputs[0])?.length ?? 0;
  const axis = range && (range.axis + rank) % Math.max(1, rank);
  const size = axis === undefined ? undefined : graph.size(node.inputs[0], axis);
  if (!range || axis === undefined || size === undefined || range.step !== 1) return undefined;
  const { first, last } = clamped(range, size);
  return { axis, start: first, end: last };
}

/** The axis of which a Slice takes all, from the last to the first. */
export function reversedAxis(node: GraphNode, graph: MatchGraph): number | undefined {
  const range = sliceRange(node, graph);
  const rank = graph.shape(node.inputs[0])?.length ?? 0;
  const axis = range && (range.axis + rank) % Math.max(1, rank);
  const size = axis === undefined ? undefined : graph.size(node.inputs[0], axis);
  if (range?.step !== -1 || size === undefined) return undefined;
  const { first, last } = clamped(range, size);
  return first === size - 1 && last === -1 ? axis : undefined;
}

/** Attributes before opset 10, inputs since; one range for each axis. */
export function sliceRanges(node: GraphNode, graph: MatchGraph): readonly SliceRange[] | undefined {
  const part = (attribute: string, place: number): TensorShape | undefined =>
    intsAttribute(node, attribute) ?? (node.inputs[place] ? (graph.integers.get(node.inputs[place]) ?? []) : undefined);
  const [starts, ends] = [part('starts', 1) ?? [], part('ends', 2) ?? []];
  const [axes, steps] = [part('axes', 3) ?? starts.map((_, axis) => axis), part('steps', 4) ?? starts.map(() => 1)];
  const lists = [starts, ends, axes, steps];
  if (starts.length === 0 || !lists.every((list) => list.length === starts.length && isKnown(list))) return undefined;
  const ranges = (starts as readonly number[]).map((start, place) => {
    const [end, axis, step] = [ends, axes, steps].map((list) => Number(list[place])) as [number, number, number];
    return { start, end, axis, step };
  });
  return ranges.some(({ step }) => step === 0) ? undefined : ranges;
}

/** Of a Slice of one axis alone. */
export function sliceRange(node: GraphNode, graph: MatchGraph): SliceRange | undefined {
  const ranges = sliceRanges(node, graph);
  return ranges?.length === 1 ? ranges[0] : undefined;
}

interface SliceRange {
  readonly start: number;
  readonly end: number;
  readonly axis: number;
  readonly step: number;
}

/** How many elements a range takes of an axis. */
export function sliceLength(range: SliceRange, size: number): number {
  const { first, last } = clamped(range, size);
  return Math.max(0, Math.ceil((last - first) / range.step));
}

export function sliceIndices(range: SliceRange, size: number): number[] {
  const { first } = clamped(range, size);
  return Array.from({ length: sliceLength(range, size) }, (_, index) => first + index * range.step);
}

/** ONNX's clamping: https://onnx.ai/onnx/operators/onnx__Slice.html */
function clamped({ start, end, step }: SliceRange, size: number): { first: number; last: number } {
  const clamp = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value));
  return step > 0
    ? { first: clamp(start, 0, size), last: clamp(end, 0, size) }
    : { first: clamp(start, 0, size - 1), last: clamp(end, -1, size - 1) };
}

/** All of an axis, whatever its size: exporters write the largest integer there is for its end. */
export function isAll({ start, end, step }: SliceRange): boolean {
  return start === 0 && step === 1 && end >= LARGEST_INT32;
}

/** The end of an axis, in exporters' words. */
export const LARGEST_INT32 = 2 ** 31 - 1;
