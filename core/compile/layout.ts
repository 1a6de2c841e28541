import type { Shape } from '../shape/network';

/**
 * The scheme's layout has channels last and no batch axis, the graph's has the batch first and channels second:
 * `[height, width, channels]` is `[batch, channels, height, width]`. A shape of one dimension is `[batch, features]`.
 */
export function graphDims(shape: Shape): number[] {
  if (shape.length < 2) return [...shape];
  return [shape[shape.length - 1], ...shape.slice(0, -1)];
}

/** The graph's axis (batch included) of an axis of the scheme's layout; negative axes count from the end. */
export function graphAxis(shape: Shape, axis: number): number {
  const positive = axis < 0 ? axis + shape.length : axis;
  return positive === shape.length - 1 ? 1 : positive + 2;
}

export function channels(shape: Shape): number {
  return shape[shape.length - 1];
}

export function spatial(shape: Shape): number[] {
  return shape.slice(0, -1);
}

export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dimension) => product * dimension, 1);
}
