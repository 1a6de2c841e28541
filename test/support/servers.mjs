/**
 * The servers that the tests of targets start: sshd and Slurm, as the system's packages have them.
 *
 *   node test/support/servers.mjs     installs what is missing
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aptInstall } from './apt.mjs';

const packages = {
  'openssh-server': ['/usr/sbin/sshd', '/usr/bin/ssh'],
  'slurm-wlm': ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/bin/sbatch'],
};

/** @typedef {keyof typeof packages} ServerPackage */

/** @param {ServerPackage} name */
export const isInstalled = (name) => packages[name].every((file) => existsSync(file));

/**
 * Installs what is missing where that is possible without asking anybody. What cannot be had is told by the tests that need it.
 *
 * @param {(sentence: string) => void} [say]
 */
export async function installServers(say = () => {}) {
  const missing = /** @type {ServerPackage[]} */ (Object.keys(packages)).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  await withoutStarting(() => aptInstall([...missing, 'openssh-client'], say)).catch((error) =>
    say(error instanceof Error ? error.message : String(error)),
  );
}

/**
 * Debian asks this program whether a service that was installed may be started: none may.
 *
 * @param {() => Promise<unknown>} work
 */
async function withoutStarting(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = process.getuid?.() === 0 && !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) void installServers(console.log);
