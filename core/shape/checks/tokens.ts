import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { type CheckContext, layerPlace } from './context';

/** Token ids are names, not numbers: only an embedding takes them. */
export function tokensNeedEmbedding(context: CheckContext): Diagnostic[] {
  const { entries, references, data } = context;
  if (data?.vocabulary === undefined || data.sampleShape.length !== 1) return [];
  return references.fromData.flatMap((index) => {
    const { type } = entries.at(index);
    if (type === undefined || type === 'embedding_set') return [];
    const message = t('The data is token ids. Put an {0} before this layer.', '"embedding_set"');
    return [diagnose('scheme/tokens-need-embedding', layerPlace(context, index), message)];
  });
}
