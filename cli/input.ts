import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysis, analyze } from '../core/shape/analyze';
import { readSchemeText } from '../engine/schemeText';

/** A scheme file with everything that the editor would say about it. */
export interface LoadedScheme {
  readonly file: string;
  readonly document: TextDocument;
  readonly analysis: Analysis;
}

/** Reads and analyzes a scheme. Throws `InputError` when it is no readable text. */
export async function loadScheme(file: string): Promise<LoadedScheme> {
  const text = await readSchemeText(file);
  return { file, document: TextDocument.create(file, 'model-scheme', 1, text), analysis: analyze(text) };
}
