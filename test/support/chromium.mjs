import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

/**
 * The browser that shows the workbench to the tests.
 *
 * @param {(sentence: string) => void} [say]
 * @returns {Promise<string>} the path of Chromium, Chrome or Edge; Debian's Chromium is installed if there is none
 */
export async function installChromium(say = () => {}) {
  const found = findChromium();
  if (found) return found;
  await aptInstall(['chromium', 'fonts-dejavu-core'], say);
  const installed = findChromium();
  if (installed) return installed;
  throw new Error('No Chromium, Chrome or Edge was found. Install one, or name its program in MATCHDOWN_CHROMIUM.');
}

/** @returns {string | undefined} */
export function findChromium() {
  const chosen = process.env.MATCHDOWN_CHROMIUM;
  return [...(chosen ? [chosen] : []), ...(usualPlaces[process.platform] ?? [])].find(existsSync);
}

/** @type {Partial<Record<NodeJS.Platform, string[]>>} */
const usualPlaces = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/microsoft-edge',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};
