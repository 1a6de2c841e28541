import { t } from '../../l10n';
import type { LayerBuilder, LayerInput } from '../builder';
import type { LayerType } from '../layerType';
import { shapeList } from '../shapes';

export const concatenate: LayerType<{ readonly axis: number }> = {
  type: 'concatenate',
  expand(builder, settings) {
    const { shape, inputs } = builder;
    const axis = settings.axis < 0 ? settings.axis + shape.length : settings.axis;
    const other = inputs.findIndex((input) => !agree(inputs[0]!, input, axis));
    if (axis < 0 || axis >= shape.length) failAxis(builder, settings.axis);
    else if (other >= 0) failShape(builder, other, axis);
    else {
      const total = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
      builder.append('concatenate', { kind: 'concatenate', axis, outputShape: shape.with(axis, total) });
    }
  },
};

/** Whether two shapes differ along one axis at most. */
function agree(one: LayerInput, other: LayerInput, axis: number): boolean {
  if (one.shape.length !== other.shape.length) return false;
  return one.shape.every((size, index) => index === axis || size === other.shape[index]);
}

function failAxis(builder: LayerBuilder, axis: number): void {
  const rank = builder.shape.length;
  const message = t(
    'The shape {0} has no axis {1}; choose one from {2} to {3}.',
    shapeList(builder.shape),
    axis,
    -rank,
    rank - 1,
  );
  const remedy = { key: 'axis', value: -1 };
  builder.fail({ code: 'scheme/axis-out-of-range', message, key: ['axis'], remedy });
}

function failShape(builder: LayerBuilder, other: number, axis: number): void {
  const [first, second] = [builder.inputs[0]!, builder.inputs[other]!];
  const message = t(
    'Shapes may differ along axis {0} only: {1} gives {2}, {3} gives {4}.',
    axis,
    `"${first.name}"`,
    shapeList(first.shape),
    `"${second.name}"`,
    shapeList(second.shape),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message, key: ['inputs', other], inputs: [0, other] });
}
