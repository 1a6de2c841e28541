/** The sentences that the sources say to people: the arguments of `t('...')`, and what the scheme's schema says of its keys. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';

const sources = ['core', 'engine', 'cli', 'server', 'client', 'webviews'];
const documentedSchema = 'schemas/model_scheme.schema.json';
/** Keywords of the schema whose texts hovers and completions show. */
const textKeywords = ['title', 'description', 'enumDescriptions', 'itemNames'];

const importOfT = /import\s*\{[^}]*\bt\b[^}]*\}\s*from\s*'(?:\.{1,2}\/)+(?:core\/)?l10n'/;
const callOfT = /(?<![\w.$'"])t\(/g;
const notOneLiteral = /(?<![\w.$'"])t\((?!\s*(['"`])(?:\\.|(?!\1).)*\1\s*[,)])/gs;

/**
 * @param {string} root of the project
 * @returns {Promise<string[]>} sorted, each once
 */
export async function collectMessages(root) {
  const contents = asCollectorKnowsThem(filesThatSpeak(root).map(({ source }) => source));
  const found = await getL10nJson([{ extension: '.ts', contents }]);
  // The schema's own title and description are for who edits the schema.
  const { title, description, ...schema } = JSON.parse(readFileSync(path.join(root, documentedSchema), 'utf8'));
  return [...new Set([...Object.keys(found), ...textsOf(schema)])].sort();
}

/**
 * Calls whose sentence cannot be collected, because it is not one literal.
 *
 * @param {string} root of the project
 * @returns {string[]} `core/x.ts: t(name)`
 */
export function uncollectable(root) {
  return filesThatSpeak(root).flatMap(({ file, source }) =>
    [...source.matchAll(notOneLiteral)].map(
      ({ index }) => `${file}: ${source.slice(index, index + 40).split('\n')[0]}`,
    ),
  );
}

/**
 * @param {Readonly<Record<string, string>>} translations
 * @param {readonly string[]} messages
 */
export function missingFrom(translations, messages) {
  return messages.filter((message) => !translations[message]);
}

/** @param {string} message @returns {string[]} its placeholders, each once: `['{0}', '{1}']` */
export const placeholdersOf = (message) => [...new Set(message.match(/\{\d+\}/g) ?? [])].sort();

/** @param {string} root */
function filesThatSpeak(root) {
  return sources
    .flatMap((folder) => typescriptBelow(root, folder))
    .map((file) => ({ file, source: readFileSync(path.join(root, file), 'utf8') }))
    .filter(({ source }) => importOfT.test(source));
}

/**
 * The collector knows calls of `l10n.t` where `@vscode/l10n` is imported; our `t` is that function. One text for all files,
 * because the collector is slow per file.
 *
 * @param {string[]} texts
 */
function asCollectorKnowsThem(texts) {
  const calls = texts.map((text) => text.replace(importOfT, '').replace(callOfT, 'l10n.t('));
  return ["import * as l10n from '@vscode/l10n'; // not 'vscode'", ...calls].join('\n;\n');
}

/** @param {unknown} schema @returns {string[]} */
function textsOf(schema) {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const texts = [value].flat().filter((text) => typeof text === 'string');
    return textKeywords.includes(keyword) && texts.length > 0 ? texts : textsOf(value);
  });
}

/** @param {string} root @param {string} folder @returns {string[]} */
function typescriptBelow(root, folder) {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).sort();
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).map((file) => path.join(folder, file));
}
