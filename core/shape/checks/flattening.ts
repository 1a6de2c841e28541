import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { elementCount, shapeList } from '../shapes';
import { type CheckContext, layerPlace } from './context';

/** A dense set takes one row of values; anything else it flattens. */
export function flatteningDense(context: CheckContext): Diagnostic[] {
  return context.layers.flatMap(({ networkLayer, inputShapes }, index) => {
    const input = inputShapes?.[0] ?? [];
    if (networkLayer?.layer.type !== 'dense_set' || input.length < 2) return [];
    const message = t('The input {0} is flattened first, to [{1}].', shapeList(input), elementCount(input));
    return [diagnose('scheme/dense-flattens', layerPlace(context, index), message)];
  });
}
