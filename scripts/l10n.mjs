/**
 * npm run l10n
 *
 * Collects every sentence of `t('...')` in the sources into `l10n/bundle.l10n.json`, brings the translations into the same
 * order without what is no longer said, and lists what they lack. Exit status 1 while a translation is missing.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectMessages, missingFrom } from '../test/support/messages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'l10n');

const messages = await collectMessages(root);
write('bundle.l10n.json', Object.fromEntries(messages.map((message) => [message, message])));
let missing = 0;
for (const file of readdirSync(folder)) if (/^bundle\.l10n\..+\.json$/.test(file)) missing += bringUpToDate(file);
process.exitCode = missing > 0 ? 1 : 0;

/** @param {string} file */
function bringUpToDate(file) {
  const translations = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const kept = messages.filter((message) => message in translations);
  write(file, Object.fromEntries(kept.map((message) => [message, translations[message]])));
  const lacking = missingFrom(translations, messages);
  console.log(`${file}: ${kept.length} of ${messages.length}`);
  for (const message of lacking) console.log(`  ${JSON.stringify(message)}`);
  return lacking.length;
}

/**
 * @param {string} file
 * @param {Record<string, string>} content
 */
function write(file, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const place = path.join(folder, file);
  if (!existsSync(place) || readFileSync(place, 'utf8') !== text) writeFileSync(place, text);
}
