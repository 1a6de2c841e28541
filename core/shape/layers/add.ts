import { t } from '../../l10n';
import type { LayerType } from '../layerType';
import { sameShape, shapeText } from '../shapes';

export const add: LayerType = {
  type: 'add',
  expand(builder) {
    const first = builder.inputs[0]!;
    const other = builder.inputs.findIndex((input) => !sameShape(input.shape, first.shape));
    if (other < 0) return builder.append('add', { kind: 'add', outputShape: first.shape });
    const { name, shape } = builder.inputs[other]!;
    const message = t(
      'Only equal shapes can be added: {0} gives {1}, {2} gives {3}.',
      `"${first.name}"`,
      shapeText(first.shape),
      `"${name}"`,
      shapeText(shape),
    );
    builder.fail({ code: 'scheme/shape-mismatch', message, key: ['inputs', other], inputs: [0, other] });
  },
};
