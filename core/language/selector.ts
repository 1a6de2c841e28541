import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isSchemeFileName } from '../scheme/document';

/**
 * The language id of schemes. An editor that knows no other ids than its own may send `json` or `jsonc`: then the file's
 * name decides, or a `$schema` that names ours.
 */
export const languageId = 'model-scheme';

const namesOurSchema = /"\$schema"\s*:\s*"[^"\n]*model_scheme\.schema\.json"/;

export function isScheme(document: TextDocument): boolean {
  if (document.languageId === languageId) return true;
  return isSchemeFileName(fileName(document.uri)) || namesOurSchema.test(document.getText().slice(0, 2000));
}

/** The last part of an address: `file:///project/model_scheme.json`, `untitled:model_scheme.json`. */
function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/, '');
  return decoded(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
