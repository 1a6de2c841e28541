import { t } from '../../l10n';
import type { LayerBuilder } from '../builder';
import type { LayerType } from '../layerType';
import { shapeText } from '../shapes';

export const concatenate: LayerType<{ readonly axis: number }> = {
  type: 'concatenate',
  expand(builder, settings) {
    const rank = builder.shape.length;
    const axis = settings.axis < 0 ? settings.axis + rank : settings.axis;
    if (axis < 0 || axis >= rank) return failAxis(builder, settings.axis);
    const first = builder.inputs[0]!.shape;
    const other = builder.inputs.findIndex(
      ({ shape }) => shape.length !== rank || shape.some((size, index) => index !== axis && size !== first[index]),
    );
    if (other >= 0) return failShape(builder, other, axis);
    const total = builder.inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
    builder.append('concatenate', { kind: 'concatenate', axis, outputShape: first.with(axis, total) });
  },
};

function failAxis(builder: LayerBuilder, axis: number): void {
  const rank = builder.shape.length;
  const message = t(
    'The shape {0} has no axis {1}; choose one from {2} to {3}.',
    shapeText(builder.shape),
    axis,
    -rank,
    rank - 1,
  );
  builder.fail({ code: 'scheme/axis-out-of-range', message, key: ['axis'] });
}

function failShape(builder: LayerBuilder, other: number, axis: number): void {
  const [first, second] = [builder.inputs[0]!, builder.inputs[other]!];
  const message = t(
    'Only axis {0} may differ: {1} gives {2}, {3} gives {4}.',
    axis,
    `"${first.name}"`,
    shapeText(first.shape),
    `"${second.name}"`,
    shapeText(second.shape),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message, key: ['inputs', other], inputs: [0, other] });
}
