import { t } from '../l10n';
import type { Diagnostic, Fix } from '../scheme/diagnostics';
import { insertProperty } from '../scheme/edits';
import { jsonText } from '../scheme/jsonText';
import { layerSchemas } from '../scheme/schema';
import { nodeAt } from '../scheme/tree';
import { mergeableInputs } from './completion/layers';
import { layerAround, layersBackFrom } from './layers';
import type { Snapshot } from './snapshot';

/** A layer that merges and does not say what: the last two layers before it whose shapes fit together. */
export function addInputs(snapshot: Snapshot, { code, span, fixes }: Diagnostic): Fix[] {
  if (code !== 'scheme/missing-key' || fixes.length > 0) return [];
  const layer = layerAround(snapshot, span.start);
  const type = layer?.type ?? '';
  const schema = layerSchemas().get(type);
  if (layer === undefined || schema?.properties?.inputs === undefined) return [];
  const { document } = snapshot.analysis;
  const node = nodeAt(document.root, layer.path);
  const names = mergeableInputs(layersBackFrom(snapshot, layer.path, layer.span.start), type, schema).map(
    ({ name }) => name,
  );
  if (node?.type !== 'object' || names.length === 0 || nodeAt(node, ['inputs']) !== undefined) return [];
  const text = jsonText(names);
  const changes = [insertProperty(document.text, node, 'inputs', text)];
  return [{ title: t('Add {0}', `"inputs": ${text}`), changes }];
}
