import type { DocumentLink } from 'vscode-languageserver-types';
import { t } from '../l10n';
import { nodeAt } from '../scheme/tree';
import type { PathsPort } from './paths';
import { rangeOf, type Snapshot } from './snapshot';

const linked: readonly (readonly string[])[] = [['$schema'], ['data', 'data_path'], ['data', 'validation_path']];

/**
 * The paths and addresses in a scheme, to be followed with a click; a path that leads nowhere is no link.
 *
 * @param folderTarget what opens a folder, for an editor that opens files only; given its address
 */
export async function linksOf(
  snapshot: Snapshot,
  paths: PathsPort,
  folderTarget: (uri: string) => string = (uri) => uri,
): Promise<DocumentLink[]> {
  const links = linked.map(async (path) => {
    const node = nodeAt(snapshot.analysis.document.root, path);
    if (node?.type !== 'string' || node.length <= 2) return [];
    const range = rangeOf(snapshot, { start: node.offset + 1, end: node.offset + node.length - 1 });
    const target = await targetOf(snapshot, String(node.value), paths, folderTarget);
    return target === undefined ? [] : [{ range, target, tooltip: t('Open {0}', String(node.value)) }];
  });
  return (await Promise.all(links)).flat();
}

async function targetOf(
  { document }: Snapshot,
  value: string,
  paths: PathsPort,
  folderTarget: (uri: string) => string,
): Promise<string | undefined> {
  if (/^https?:\/\//.test(value)) return value;
  const kind = await paths.kindOf(document.uri, value);
  const uri = kind && paths.resolve(document.uri, value);
  return uri !== undefined && kind === 'folder' ? folderTarget(uri) : uri;
}
