import { capture, isOnPath, mustRun } from './processes.mjs';

/**
 * Installs Debian packages where that is possible without asking anybody: as root, on a machine with apt.
 *
 * @param {string[]} packages
 * @param {(sentence: string) => void} say
 * @returns {Promise<boolean>} whether they are installed now
 */
export async function aptInstall(packages, say) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !(await isOnPath('apt-get'))) return false;
  say(`Installing ${packages.join(' and ')} with apt-get ...`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = [
    'apt-get',
    'install',
    '--yes',
    '--quiet',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...packages,
  ];
  if ((await capture(install, { env })).code === 0) return true;
  await mustRun(['apt-get', 'update', '--quiet'], { env });
  await mustRun(install, { env });
  return true;
}
