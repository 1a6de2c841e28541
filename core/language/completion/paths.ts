import { type CompletionItem, CompletionItemKind, TextEdit } from 'vscode-languageserver-types';
import type { FolderEntry, PathsPort } from '../paths';
import { rangeOf } from '../snapshot';
import type { CompletionRequest } from './request';
import { innerText } from './snippet';

/** Files and folders for a path that is being typed: folders first, and of the files those that can be data. */
export async function pathItems(request: CompletionRequest, port: PathsPort): Promise<CompletionItem[]> {
  const { snapshot, cursor } = request;
  const folder = cursor.prefix.slice(0, cursor.prefix.lastIndexOf('/') + 1);
  const entries = await port.list(snapshot.document.uri, folder);
  const shown = entries.filter(isData).toSorted(byKindAndName);
  return shown.map((entry, index) => pathItem(request, folder, entry, index));
}

/** What `data_path` may name: a folder, NumPy arrays, CSV, or IDX files. */
function isData({ name, kind }: FolderEntry): boolean {
  if (name.startsWith('.')) return false;
  return kind === 'folder' || /\.(npz|csv|csv\.gz|idx|idx\d*-ubyte|ubyte|gz)$|-ubyte$/i.test(name);
}

function byKindAndName(one: FolderEntry, other: FolderEntry): number {
  if (one.kind !== other.kind) return one.kind === 'folder' ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

/** Inside a string only the part behind the last slash is replaced, so that what is typed on filters the names. */
function pathItem(
  { snapshot, cursor }: CompletionRequest,
  folder: string,
  entry: FolderEntry,
  index: number,
): CompletionItem {
  const closed =
    cursor.quoted && snapshot.text.charAt(cursor.token.end - 1) === '"' && cursor.token.end - cursor.token.start > 1;
  const start = cursor.quoted ? cursor.token.start + 1 + folder.length : cursor.token.start;
  const span = { start, end: closed ? cursor.token.end - 1 : cursor.token.end };
  const name = innerText(entry.name);
  const text = cursor.quoted ? `${name}${closed ? '' : '"'}` : `"${name}"`;
  const comma = cursor.commaAfter && !closed ? ',' : '';
  return {
    label: entry.name,
    kind: entry.kind === 'folder' ? CompletionItemKind.Folder : CompletionItemKind.File,
    sortText: String(index).padStart(4, '0'),
    filterText: cursor.quoted ? entry.name : `"${entry.name}"`,
    textEdit: TextEdit.replace(rangeOf(snapshot, span), text + comma),
  };
}
