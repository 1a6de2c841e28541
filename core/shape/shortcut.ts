import { t } from '../l10n';
import type { LayerBuilder, LayerInput } from './builder';
import type { BatchNormalization, Operation, Shape } from './network';
import { batchNormalization, dense, merge } from './operations';
import { sameShape, shapeList } from './shapes';
import { convolution } from './sliding';

export type Shortcut = 'none' | 'identity' | 'projection';

/**
 * Adds a block's input to what its layers have made of it (He et al. 2016). `identity`: as it is, so the shapes must agree.
 * `projection`: where they differ, through a 1x1 convolution (a dense layer for `[features]`) with the stride that makes the
 * sizes agree, normalized as the block is: He's option B.
 */
export function addShortcut(builder: LayerBuilder, input: LayerInput, shortcut: Shortcut): void {
  if (shortcut === 'none' || builder.problem) return;
  if (sameShape(input.shape, builder.shape)) sum(builder, input);
  else if (shortcut === 'projection') addProjection(builder, input);
  else failIdentity(builder, input.shape);
}

function sum(builder: LayerBuilder, shortcut: LayerInput): void {
  const both = builder.branch([builder.asInput(), shortcut]);
  merge(both, 'add');
  builder.join(both);
}

function addProjection(builder: LayerBuilder, input: LayerInput): void {
  const stride = strideFrom(input.shape, builder.shape);
  if (!stride) {
    failProjection(builder, input.shape);
    return;
  }
  const normalization = lastNormalization(builder.operations);
  const projection = builder.branch([input]);
  project(projection, builder.shape.at(-1)!, stride, normalization === undefined);
  if (normalization) batchNormalization(projection, normalization);
  const main = builder.asInput();
  builder.join(projection);
  const both = builder.branch([main, projection.asInput()]);
  merge(both, 'add');
  builder.join(both);
}

function project(builder: LayerBuilder, channel: number, stride: readonly number[], useBias: boolean): void {
  if (stride.length === 0) {
    dense(builder, channel, useBias);
    return;
  }
  const ones = stride.map(() => 1);
  const window = { kernel: ones, stride, dilation: ones, padding: 'valid' } as const;
  convolution(builder, { ...window, channel, groups: 1, use_bias: useBias }, 'projection');
}

/** The stride of a 1x1 window between two shapes: `ceil(from / stride) = to` on each axis; `undefined` where there is none. */
function strideFrom(from: Shape, to: Shape): number[] | undefined {
  const sizes = from.slice(0, -1);
  const strides = sizes.map((size, axis) => Math.ceil(size / to[axis]!));
  const isReached = sizes.every((size, axis) => Math.ceil(size / strides[axis]!) === to[axis]);
  return isReached && from.length === to.length ? strides : undefined;
}

function lastNormalization(operations: readonly Operation[]): BatchNormalization | undefined {
  return operations.findLast((operation) => operation.kind === 'batch_normalization');
}

function failIdentity(builder: LayerBuilder, input: Shape): void {
  const message = t(
    'The block makes {0} of {1}; only equal shapes can be added. Use the shortcut "projection", or keep the shape.',
    shapeList(builder.shape),
    shapeList(input),
  );
  const remedy = { key: 'shortcut', value: 'projection' };
  builder.fail({ code: 'scheme/shape-mismatch', message, key: ['shortcut'], remedy });
}

function failProjection(builder: LayerBuilder, input: Shape): void {
  const message = t(
    'The block makes {0} of {1}, and no 1x1 convolution does. Use padding "same", or no shortcut.',
    shapeList(builder.shape),
    shapeList(input),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message, key: ['shortcut'] });
}
