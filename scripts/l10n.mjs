/**
 * npm run l10n
 *
 * Collects every sentence of `t('...')` in the sources into `l10n/bundle.l10n.json`, brings the translations into the same
 * order without what is no longer said, and lists what they lack. Exit status 1 while a translation is missing. The PyTorch
 * trainer's sentences have a file of their own, which takes over what the extension says in the same words.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectMessages, missingFrom } from '../test/support/messages.mjs';
import { collectPythonMessages, pythonTranslations } from '../test/support/pythonMessages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'l10n');

const messages = await collectMessages(root);
const pythonMessages = collectPythonMessages(root);
write(path.join(folder, 'bundle.l10n.json'), Object.fromEntries(messages.map((message) => [message, message])));
let missing = 0;
for (const name of readdirSync(folder)) {
  const language = /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1];
  if (language === undefined) continue;
  const file = path.join(folder, name);
  missing += bringUpToDate(file, messages, {});
  missing += bringUpToDate(pythonTranslations(root, language), pythonMessages, read(file));
}
process.exitCode = missing > 0 ? 1 : 0;

/**
 * @param {string} file
 * @param {readonly string[]} wanted
 * @param {Readonly<Record<string, string>>} known translations of elsewhere
 */
function bringUpToDate(file, wanted, known) {
  const translations = { ...known, ...(existsSync(file) ? read(file) : {}) };
  const kept = wanted.filter((message) => message in translations);
  write(file, Object.fromEntries(kept.map((message) => [message, translations[message]])));
  const lacking = missingFrom(translations, wanted);
  console.log(`${path.relative(root, file)}: ${kept.length} of ${wanted.length}`);
  for (const message of lacking) console.log(`  ${JSON.stringify(message)}`);
  return lacking.length;
}

/** @param {string} file @returns {Record<string, string>} */
function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * @param {string} file
 * @param {Record<string, string>} content
 */
function write(file, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
