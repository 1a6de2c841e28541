import { elementCount } from '../../onnx/tensor';
import { type Dimension, isKnown, type TensorShape } from './graph';
import { productOf, quotientOf } from './sizes';

/** ONNX's multidirectional broadcasting; `undefined` when a size that matters is unknown. */
export function broadcastShapes(shapes: readonly (TensorShape | undefined)[]): TensorShape | undefined {
  if (shapes.includes(undefined)) return undefined;
  const rank = Math.max(0, ...shapes.map((shape) => shape?.length ?? 0));
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let size: Dimension = 1;
    for (const shape of shapes) {
      if (!shape) return undefined;
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1 || own === size) continue;
      if (size !== 1) return undefined;
      size = own;
    }
    result.push(size);
  }
  return result;
}

export function withoutAxes(shape: TensorShape, axes: readonly number[]): TensorShape {
  const places = new Set(axes.map((axis) => (axis + shape.length) % shape.length));
  return shape.filter((_, axis) => !places.has(axis));
}

/**
 * The shape that a Reshape gives: 0 keeps an axis (unless `allowZero`), one -1 takes the rest. Symbols that stand on both
 * sides cancel, so that `[N, 64, 7, 7]` to `[-1, 3136]` is known to be `[N, 3136]`.
 */
export function resolveReshape(
  from: TensorShape,
  target: TensorShape | undefined,
  allowZero: boolean,
): TensorShape | undefined {
  if (!target) return undefined;
  const known = target.flatMap((size, axis) => (size === 0 && !allowZero ? (from[axis] ?? []) : size));
  if (known.length !== target.length) return undefined;
  const open = known.indexOf(-1);
  if (open < 0) return known;
  const rest = quotientOf(productOf(from), productOf(known.filter((_, axis) => axis !== open)));
  return rest === undefined ? undefined : known.map((size, axis) => (axis === open ? rest : size));
}

/** Whether `to` is `from` with everything behind the batch axis in one. */
export function isFlattened(from: TensorShape | undefined, to: TensorShape | undefined): boolean {
  if (!from || to?.length !== 2 || from.length < 2 || from[0] !== to[0]) return false;
  const rest = from.slice(1);
  return isKnown(rest) && elementCount(rest) === to[1];
}
