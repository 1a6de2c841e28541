import { readFileSync, statSync } from 'node:fs';
import { compileInference } from '../core/compile/inference';
import { initialWeights } from '../core/compile/weights';
import { t } from '../core/l10n';
import type { MatchSide } from '../core/match/canonical/side';
import { readModel } from '../core/onnx/read';
import { analyze } from '../core/shape/analyze';
import { errorCode, errorMessage, InputError } from './errors';
import { ModelFiles } from './matchSource';
import { decodeSchemeText } from './schemeText';

/** A side of a match with the files that it keeps open. */
export interface OpenSide extends MatchSide {
  close(): void;
}

/**
 * Opens a scheme or an ONNX file, told by its first character: a scheme is JSON. Throws `InputError` for what is neither.
 *
 * @param text of a scheme that is being edited, in the place of the file's
 */
export function openSide(file: string, text?: string): OpenSide {
  return named(file, () => {
    if (text !== undefined) return schemeSide(file, text);
    return isJson(file) ? schemeSide(file, decodeSchemeText(file, readFileSync(file))) : onnxSide(file);
  });
}

/** Whether the file is a scheme rather than a model. Throws `InputError` when it cannot be read. */
export function isSchemeFile(file: string): boolean {
  return named(file, () => isJson(file));
}

/** What the operating system says about a file, as the user's error. */
function named<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    throw new InputError({
      file,
      problem: missing ? t('There is no such file.') : errorMessage(error),
      nextStep: t('Name a scheme or an ONNX file.'),
    });
  }
}

function isJson(file: string): boolean {
  if (statSync(file).isDirectory()) {
    throw new InputError({ file, problem: t('This is a folder.'), nextStep: t('Name a scheme or an ONNX file.') });
  }
  if (/\.onnx$/i.test(file)) return false;
  if (/\.json[c5]?$/i.test(file)) return true;
  const files = new ModelFiles(file);
  const start = new Uint8Array(64);
  const length = files.file.read(0, start);
  files.close();
  return /^\uFEFF?\s*(\{|\/[/*])/.test(new TextDecoder().decode(start.subarray(0, length)));
}

function schemeSide(file: string, text: string): OpenSide {
  const { network, diagnostics, layers } = analyze(text);
  if (!network) {
    const first = diagnostics.find(({ severity }) => severity === 'error');
    throw new InputError({
      file,
      ...(first ? { place: placeOf(text, first.span.start) } : {}),
      problem: first?.message ?? t('This is not a scheme.'),
      nextStep: t('Mend the scheme first: matchdown check lists everything.'),
    });
  }
  const model = compileInference(network, initialWeights(network, network.scheme.model.seed));
  const lineOf = linesOf(text);
  const lines = new Map(layers.map(({ name, span }) => [name, lineOf(span.start)]));
  return { file, model, network, lines, source: {}, close: () => undefined };
}

function placeOf(text: string, offset: number): string {
  return `${linesOf(text)(offset)}:${offset - text.lastIndexOf('\n', offset - 1)}`;
}

/** The line of a place in the text, counted from 1; asking for each of thousands of layers reads the text once. */
function linesOf(text: string): (offset: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at);
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function onnxSide(file: string): OpenSide {
  const files = new ModelFiles(file);
  const result = readModel(files.file);
  if (result.ok) return { file, model: result.model, source: files, close: () => files.close() };
  files.close();
  throw new InputError({
    file,
    place: t('byte {0}', result.offset),
    problem: `${result.reason[0]?.toUpperCase()}${result.reason.slice(1)}.`,
    nextStep: t('Export it again.'),
  });
}
