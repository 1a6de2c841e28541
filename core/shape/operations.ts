import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import type { ActivationFunction, GlobalPooling, Merge } from './network';
import { batchNormalizationParameters, scaleAndShiftParameters, weightAndBias } from './parameters';
import { elementCount, sameShape, shapeList } from './shapes';
import { groupsDivide } from './sliding';

/**
 * The steps that layer types are made of; those with a window are in `sliding.ts`, those along a sequence in `sequence.ts`, those
 * that only move values in `rearranging.ts`. Each appends one operation to the builder, with its output shape, its parameters
 * and its multiply-accumulates, or says why it cannot. Only matrix products are counted as MACs, those with weights as in Howard
 * et al. 2017 (MobileNets), and attention's own two: neither biases nor normalization, pooling and activations.
 */

/** A dense layer on the last axis; an input with more axes is flattened first. */
export function dense(builder: LayerBuilder, units: number, useBias: boolean): void {
  if (builder.shape.length > 1) flatten(builder);
  const features = builder.shape.at(-1)!;
  const id = builder.idOf('dense');
  builder.append('dense', {
    kind: 'dense',
    units,
    useBias,
    outputShape: [units],
    parameters: weightAndBias(id, [units, features], features, units, useBias),
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

/** Over the channels of each position. */
export function layerNormalization(builder: LayerBuilder, epsilon: number, step = 'layer_normalization'): void {
  const parameters = scaleAndShiftParameters(builder.idOf(step), builder.shape.at(-1)!);
  builder.append(step, { kind: 'layer_normalization', epsilon, outputShape: builder.shape, parameters });
}

/** Over groups of channels, and all positions. */
export function groupNormalization(builder: LayerBuilder, settings: { epsilon: number; groups: number }): void {
  const { epsilon, groups } = settings;
  const channels = builder.shape.at(-1)!;
  if (!groupsDivide(builder, channels, channels, groups)) return;
  const parameters = scaleAndShiftParameters(builder.idOf('group_normalization'), channels);
  const details = { kind: 'group_normalization', epsilon, groups } as const;
  builder.append('group_normalization', { ...details, outputShape: builder.shape, parameters });
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

export function dropout(builder: LayerBuilder, rate: number, step = 'dropout'): void {
  builder.append(step, { kind: 'dropout', rate, outputShape: builder.shape });
}
