/** The sentences that the sources say to people: the arguments of `t('...')`. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';

const sources = ['core', 'engine', 'cli', 'server', 'client', 'webviews'];
const ourModule = /(from\s+['"])(?:\.{1,2}\/)+(?:core\/)?l10n(['"])/g;

/**
 * @param {string} root of the project
 * @returns {Promise<string[]>} sorted, each once
 */
export async function collectMessages(root) {
  const files = sources.flatMap((folder) => typescriptBelow(path.join(root, folder)));
  const contents = files.map((file) => ({
    extension: '.ts',
    contents: asCollectorKnowsIt(readFileSync(file, 'utf8')),
  }));
  return Object.keys(await getL10nJson(contents)).sort();
}

/**
 * @param {Readonly<Record<string, string>>} translations
 * @param {readonly string[]} messages
 */
export function missingFrom(translations, messages) {
  return messages.filter((message) => !translations[message]);
}

/** Placeholders of a message, in order: `['{0}', '{1}']`. @param {string} message */
export const placeholdersOf = (message) => [...new Set(message.match(/\{\d+\}/g) ?? [])].sort();

/** The collector looks for calls of what `@vscode/l10n` exports; ours is the same function. @param {string} source */
function asCollectorKnowsIt(source) {
  return source.replace(ourModule, '$1@vscode/l10n$2');
}

/** @param {string} folder */
function typescriptBelow(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).map((file) => path.join(folder, file));
}
