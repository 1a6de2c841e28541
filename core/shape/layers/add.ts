import { t } from '../../l10n';
import type { LayerBuilder } from '../builder';
import type { LayerType } from '../layerType';
import { sameShape, shapeList } from '../shapes';

export const add: LayerType = {
  type: 'add',
  expand(builder) {
    const other = builder.inputs.findIndex((input) => !sameShape(input.shape, builder.shape));
    if (other < 0) builder.append('add', { kind: 'add', outputShape: builder.shape });
    else failShape(builder, other);
  },
};

function failShape(builder: LayerBuilder, other: number): void {
  const [first, second] = [builder.inputs[0]!, builder.inputs[other]!];
  const message = t(
    'Only equal shapes can be added: {0} gives {1}, {2} gives {3}.',
    `"${first.name}"`,
    shapeList(first.shape),
    `"${second.name}"`,
    shapeList(second.shape),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message, key: ['inputs', other], inputs: [0, other] });
}
