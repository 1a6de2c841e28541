import { readFile, stat } from 'node:fs/promises';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { t } from '../core/l10n';
import { type Analysis, analyze } from '../core/shape/analyze';
import { errorCode, InputError } from '../engine/errors';

/** A scheme file with everything that the editor would say about it. */
export interface LoadedScheme {
  readonly file: string;
  readonly document: TextDocument;
  readonly analysis: Analysis;
}

/** Reads and analyzes a scheme. Throws `InputError` when it is no readable text. */
export async function loadScheme(file: string): Promise<LoadedScheme> {
  const text = await readText(file);
  return { file, document: TextDocument.create(file, 'model-scheme', 1, text), analysis: analyze(text) };
}

/** A text file, without its byte order mark. */
async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).isDirectory()) {
      throw new InputError({ file, problem: t('This is a folder.'), nextStep: t('Name the scheme file in it.') });
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw error instanceof InputError ? error : new InputError({ file, ...readProblem(error) });
  }
}

function readProblem(error: unknown): { problem: string; nextStep: string } {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { problem: t('There is no such file.'), nextStep: t('Check the path.') };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return { problem: t('This is no UTF-8 text.'), nextStep: t('Save it as UTF-8, or name another file.') };
  return { problem: t('It cannot be read ({0}).', code ?? String(error)), nextStep: t('Check its permissions.') };
}
