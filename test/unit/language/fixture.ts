import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompletionItem, Position, TextEdit } from 'vscode-languageserver-types';
import { completionsAt } from '../../../core/language/completion';
import type { FolderEntry, PathsPort } from '../../../core/language/paths';
import { type Snapshot, snapshotOfText } from '../../../core/language/snapshot';

/** A scheme with its cursor: fixtures mark the place with `$0`. */
export interface Fixture {
  readonly snapshot: Snapshot;
  readonly position: Position;
}

export function fixture(marked: string): Fixture {
  const offset = marked.indexOf('$0');
  if (offset < 0) throw new Error('The fixture has no cursor: mark it with $0.');
  const snapshot = snapshotOfText(marked.replace('$0', ''), 'file:///project/model_scheme.json');
  return { snapshot, position: snapshot.document.positionAt(offset) };
}

/** A whole scheme around what a test is about: the data section, and layers as they are written between the brackets. */
export function scheme(layers: string, data = '"image_size": [30, 30, 1], "label_dim": 3'): string {
  return `{\n  "data": { ${data} },\n  "model": {\n    "network": [\n      ${layers}\n    ]\n  }\n}\n`;
}

/** A file system in memory: folders by their path relative to the scheme; whatever is called `gone` is not there. */
export function memoryPaths(folders: Readonly<Record<string, readonly FolderEntry[]>> = {}): PathsPort {
  return {
    list: async (_, folder) => folders[folder] ?? [],
    kindOf: async (_, relative) =>
      relative.startsWith('gone') ? undefined : relative.endsWith('.csv') ? 'file' : 'folder',
    resolve: (_, relative) => new URL(relative, 'file:///project/').href,
  };
}

export interface Completions {
  readonly items: readonly CompletionItem[];
  readonly labels: readonly string[];
  /** The document after an item was accepted, its placeholders as they stand. */
  accept(label: string): string;
}

export async function completionsOf(marked: string, paths = memoryPaths(), snippets = false): Promise<Completions> {
  const { snapshot, position } = fixture(marked);
  const items = await completionsAt(snapshot, position, paths, snippets);
  return {
    items,
    labels: items.map(({ label }) => label),
    accept(label) {
      const item = items.find((one) => one.label === label);
      if (item === undefined)
        throw new Error(`Not offered: ${label}. Offered: ${items.map((one) => one.label).join(', ')}`);
      const edits = [item.textEdit as TextEdit, ...(item.additionalTextEdits ?? [])];
      return TextDocument.applyEdits(snapshot.document, edits);
    },
  };
}
