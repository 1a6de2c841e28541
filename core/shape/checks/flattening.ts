import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { elementCount, shapeList } from '../shapes';
import { placesWith, Trait } from '../tally';
import { type CheckContext, layerPlace } from './context';

/** A dense set takes one row of values; anything else it flattens. */
export function flatteningDense(context: CheckContext): Diagnostic[] {
  return placesWith(context.tally, Trait.flattens).map((index) => {
    const input = context.layers[index]!.inputShapes![0]!;
    const message = t('The input {0} is flattened first, to [{1}].', shapeList(input), elementCount(input));
    return diagnose('scheme/dense-flattens', layerPlace(context, index), message);
  });
}
