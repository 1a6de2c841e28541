import { valuesText } from '../counts';
import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import type { Shape } from './network';
import { elementCount, shapeList } from './shapes';
import { hasRank } from './sliding';

/** The steps that move values, repeat them, or put zeros beside them; none has parameters or products. */

/** `pads` as top, left, bottom, right. */
export function zeroPadding(builder: LayerBuilder, pads: readonly number[]): void {
  if (!hasRank(builder, 3)) return;
  const [height, width, channels] = builder.shape as [number, number, number];
  const [top, left, bottom, right] = pads as [number, number, number, number];
  const outputShape = [height + top + bottom, width + left + right, channels];
  builder.append('zero_padding', { kind: 'zero_padding', pads, outputShape });
}

export function upsampling(builder: LayerBuilder, size: readonly number[]): void {
  if (!hasRank(builder, size.length + 1)) return;
  const outputShape = builder.shape.map((length, axis) => length * (size[axis] ?? 1));
  builder.append('upsampling', { kind: 'upsampling', size, outputShape });
}

/** One size may be -1: what is left of the values. */
export function reshape(builder: LayerBuilder, shape: Shape): void {
  const outputShape = completed(shape, elementCount(builder.shape));
  if (outputShape) {
    builder.append('reshape', { kind: 'reshape', outputShape });
  } else {
    const message = t(
      'The input {0} has {1}, which cannot be arranged as {2}.',
      shapeList(builder.shape),
      valuesText(elementCount(builder.shape)),
      shapeList(shape),
    );
    builder.fail({ code: 'scheme/shape-mismatch', message, key: ['shape'] });
  }
}

/** The shape with its open size filled in; `undefined` where it does not hold exactly so many values. */
function completed(shape: Shape, count: number): Shape | undefined {
  const open = shape.filter((size) => size === -1).length;
  const known = elementCount(shape.filter((size) => size !== -1));
  const isWhole = open === 0 ? known === count : open === 1 && known > 0 && count % known === 0;
  return isWhole && known > 0 ? shape.map((size) => (size === -1 ? count / known : size)) : undefined;
}

export function permute(builder: LayerBuilder, order: readonly number[]): void {
  const { shape } = builder;
  const isPermutation = order.length === shape.length && shape.every((_, axis) => order.includes(axis));
  if (isPermutation) {
    const outputShape = order.map((axis) => shape[axis]!);
    builder.append('permute', { kind: 'permute', order, outputShape });
  } else {
    const axes = shape.map((_, axis) => axis);
    const message = t('The input {0} has the axes {1}: name each of them once.', shapeList(shape), shapeList(axes));
    const remedy = { key: 'order', value: axes };
    builder.fail({ code: 'scheme/axis-out-of-range', message, key: ['order'], remedy });
  }
}
