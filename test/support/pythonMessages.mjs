/** The sentences that the PyTorch trainer says to people: the arguments of `t("...")` in its Python files. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join('trainer', 'matchdown_trainer');

/** One string literal; Python puts together those that stand one after another. */
const literal = String.raw`(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')`;
const callOfT = new RegExp(String.raw`(?<![\w.])t\(\s*((?:${literal}\s*)+)[,)]`, 'g');
const anyCallOfT = /(?<![\w.]|def )t\(/g;

/** The file of the trainer's translations into a language. @param {string} root @param {string} language */
export const pythonTranslations = (root, language) => path.join(root, folder, 'translations', `${language}.json`);

/**
 * @param {string} root of the project
 * @returns {string[]} sorted, each once
 */
export function collectPythonMessages(root) {
  const found = pythonFiles(root).flatMap(({ source }) =>
    [...source.matchAll(callOfT)].map(([, text]) => joined(text)),
  );
  return [...new Set(found)].sort();
}

/**
 * Files with calls whose sentence cannot be collected, because it is not made of literals.
 *
 * @param {string} root of the project
 * @returns {string[]}
 */
export function uncollectablePython(root) {
  const count = (/** @type {string} */ source, /** @type {RegExp} */ pattern) => [...source.matchAll(pattern)].length;
  return pythonFiles(root)
    .filter(({ source }) => count(source, callOfT) !== count(source, anyCallOfT))
    .map(({ file }) => file);
}

/** @param {string} literals */
function joined(literals) {
  return [...literals.matchAll(new RegExp(literal, 'g'))].map(([text]) => unquoted(text)).join('');
}

/** Quotes are all that the trainer's sentences escape. @param {string} text */
const unquoted = (text) => text.slice(1, -1).replace(/\\(.)/g, '$1');

/** @param {string} root */
function pythonFiles(root) {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.py'))
    .sort()
    .map((file) => ({ file, source: readFileSync(path.join(root, folder, file), 'utf8') }));
}
