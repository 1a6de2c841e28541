import type { Node } from 'jsonc-parser';
import type { DocumentLink } from 'vscode-languageserver-types';
import { t } from '../l10n';
import { nodeAt } from '../scheme/document';
import type { PathsPort } from './paths';
import { rangeOf, type Snapshot } from './snapshot';

const linked: readonly (readonly string[])[] = [['$schema'], ['data', 'data_path'], ['data', 'validation_path']];

/** The paths and addresses in a scheme, to be followed with a click. */
export function linksOf(snapshot: Snapshot, paths: PathsPort): DocumentLink[] {
  return linked.flatMap((path) => {
    const node = nodeAt(snapshot.analysis.document.root, path);
    return node?.type === 'string' && node.length > 2 ? link(snapshot, node, paths) : [];
  });
}

function link(snapshot: Snapshot, { value, offset, length }: Node, paths: PathsPort): DocumentLink[] {
  const target = /^https?:\/\//.test(value) ? String(value) : paths.resolve(snapshot.document.uri, String(value));
  if (target === undefined) return [];
  const range = rangeOf(snapshot, { start: offset + 1, end: offset + length - 1 });
  return [{ range, target, tooltip: t('Open {0}', String(value)) }];
}
