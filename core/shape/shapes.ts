import type { Shape } from './network';

/** `30×30×64`, or `10`. */
export function shapeText(shape: Shape): string {
  return shape.join('×');
}

/** As the scheme writes it: `[30, 30, 64]`. */
export function shapeList(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(one: Shape, other: Shape): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** What the axes of a shape of so many dimensions are. */
export function axisNames(rank: number): string {
  return ['[]', '[features]', '[length, channels]', '[height, width, channels]'][rank] ?? `[${rank}]`;
}
