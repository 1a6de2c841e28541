import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import type { ActivationFunction, GlobalPooling, Merge } from './network';
import { batchNormalizationParameters, weightAndBias } from './parameters';
import { elementCount, sameShape, shapeList } from './shapes';

/**
 * The steps that layer types are made of; those with a window are in `sliding.ts`. Each appends one operation to the
 * builder, with its output shape, its parameters and its multiply-accumulates, or says why it cannot. Only the products of a
 * convolution or dense layer with its weights are counted as MACs, as in Howard et al. 2017 (MobileNets): neither biases nor
 * normalization, pooling and activations.
 */

/** A dense layer on the last axis; an input with more axes is flattened first. */
export function dense(builder: LayerBuilder, units: number, useBias: boolean): void {
  if (builder.shape.length > 1) flatten(builder);
  const features = builder.shape.at(-1)!;
  builder.append('dense', {
    kind: 'dense',
    units,
    useBias,
    outputShape: [units],
    parameters: weightAndBias(builder.idOf('dense'), [units, features], features, units, useBias),
    macs: units * features,
  });
}

export function flatten(builder: LayerBuilder): void {
  builder.append('flatten', { kind: 'flatten', outputShape: [elementCount(builder.shape)] });
}

export function batchNormalization(builder: LayerBuilder, settings: { epsilon: number; momentum: number }): void {
  const { epsilon, momentum } = settings;
  builder.append('batch_normalization', {
    kind: 'batch_normalization',
    epsilon,
    momentum,
    outputShape: builder.shape,
    parameters: batchNormalizationParameters(builder.idOf('batch_normalization'), builder.shape.at(-1)!),
  });
}

export function activation(builder: LayerBuilder, settings: { type: ActivationFunction; alpha?: number }): void {
  const { type, alpha = 0 } = settings;
  builder.append('activation', { kind: 'activation', activation: type, alpha, outputShape: builder.shape });
}

export function globalPooling(builder: LayerBuilder, kind: GlobalPooling['kind']): void {
  const { shape, inputs } = builder;
  if (shape.length > 1) {
    builder.append(kind, { kind, outputShape: shape.slice(-1) });
  } else {
    const source = `"${inputs[0]!.name}"`;
    const message = t('{0} gives one value per channel already: {1}. Remove this layer.', source, shapeList(shape));
    builder.fail({ code: 'scheme/shape-mismatch', message });
  }
}

/** Elementwise; the layer's inputs must have one shape. */
export function merge(builder: LayerBuilder, kind: Merge['kind']): void {
  const other = builder.inputs.findIndex((input) => !sameShape(input.shape, builder.shape));
  if (other < 0) {
    builder.append(kind, { kind, outputShape: builder.shape });
  } else {
    const [first, second] = [builder.inputs[0]!, builder.inputs[other]!];
    const message = t(
      'Only equal shapes can be merged: {0} gives {1}, {2} gives {3}.',
      `"${first.name}"`,
      shapeList(first.shape),
      `"${second.name}"`,
      shapeList(second.shape),
    );
    builder.fail({ code: 'scheme/shape-mismatch', message, key: ['inputs', other], inputs: [0, other] });
  }
}

export function dropout(builder: LayerBuilder, rate: number): void {
  builder.append('dropout', { kind: 'dropout', rate, outputShape: builder.shape });
}
