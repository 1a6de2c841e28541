import { capture, isOnPath, mustRun } from './processes.mjs';

/**
 * Installs Debian packages where that is possible without asking anybody: as root, on a machine with apt.
 *
 * @param {string[]} packages
 * @param {(sentence: string) => void} say
 * @returns {Promise<boolean>} whether they are installed now
 */
export function aptInstall(packages, say) {
  const done = before.then(() => installNow(packages, say));
  before = done.catch(() => undefined);
  return done;
}

/** apt lets in one at a time, and does not wait everywhere until it is its turn. @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * @param {string[]} packages
 * @param {(sentence: string) => void} say
 * @returns {Promise<boolean>}
 */
async function installNow(packages, say) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !(await isOnPath('apt-get'))) return false;
  say(`Installing ${packages.join(' and ')} with apt-get ...`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const patiently = ['-o', 'Acquire::Retries=5', '-o', 'DPkg::Lock::Timeout=300'];
  const install = ['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...patiently, ...packages];
  if ((await capture(install, { env })).code === 0) return true;
  await mustRun(['apt-get', 'update', '--quiet', ...patiently], { env });
  await mustRun(install, { env });
  return true;
}
