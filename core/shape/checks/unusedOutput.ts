import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { remove } from '../../scheme/fixes';
import { dataName } from '../../scheme/layers';
import { quoted } from '../../scheme/wording';
import { type CheckContext, layerPlace } from './context';

/** Every layer but the last is somebody's input. */
export function unusedOutputs(context: CheckContext): Diagnostic[] {
  const { document, entries, references } = context;
  const used = new Uint8Array(entries.length);
  for (const sources of references.sources) {
    for (const source of sources) {
      // An input that cannot be resolved may mean any layer: its error comes first.
      if (source === undefined) return [];
      if (source !== dataName) used[source] = 1;
    }
  }
  return entries.slice(0, -1).flatMap(({ name, path }, index) => {
    if (used[index] === 1) return [];
    const message = t('Nobody uses the output of {0}. Name it as an input, or remove the layer.', quoted(name));
    return [diagnose('scheme/unused-output', layerPlace(context, index), message, { fixes: remove(document, path) })];
  });
}
