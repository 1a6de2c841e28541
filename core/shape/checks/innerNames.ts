import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { type CheckContext, layerPlace } from './context';

/** What a repeated layer calls its parts (`block_1.2.conv`), no other layer may be called: weights go by these names. */
export function innerNames(context: CheckContext): Diagnostic[] {
  return context.references.dotted.flatMap((index) => {
    const owner = ownerOf(context, context.entries.at(index).name);
    if (owner === undefined) return [];
    const message = t('{0} calls its own layers so. Give this one a name without a dot.', `"${owner}"`);
    return [diagnose('scheme/duplicate-name', layerPlace(context, index), message)];
  });
}

/** The layer with parts that a name begins like: `block_1` for `block_1.2.conv`. */
function ownerOf({ references, layers }: CheckContext, name: string): string | undefined {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const place = references.places.get(name.slice(0, dot));
    const operations = place === undefined ? [] : (layers[place]?.networkLayer?.operations ?? []);
    if (operations.some(({ id }) => id.startsWith(`${name.slice(0, dot)}.`))) return name.slice(0, dot);
  }
  return undefined;
}
