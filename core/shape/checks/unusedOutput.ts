import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { remove } from '../../scheme/fixes';
import { quoted } from '../../scheme/wording';
import { type CheckContext, layerPlace } from './context';

/** Every layer but the last is somebody's input. */
export function unusedOutputs(context: CheckContext): Diagnostic[] {
  const { document, entries, references } = context;
  return references.unused.map((index) => {
    const { name, path } = entries.at(index);
    const message = t('Nobody uses the output of {0}. Name it as an input, or remove the layer.', quoted(name));
    return diagnose('scheme/unused-output', layerPlace(context, index), message, { fixes: remove(document, path) });
  });
}
