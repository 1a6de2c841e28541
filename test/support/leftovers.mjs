import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Kills the processes that have a path below a folder among their arguments. Runs outlive the editor that started them, so
 * a test that forgets to stop one leaves it training. Linux only: elsewhere nothing is found.
 *
 * @param {string} folder
 * @returns {string[]} their command lines
 */
export function killLeftovers(folder) {
  const processes = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  const left = processes
    .map((id) => ({ id: Number(id), command: commandLine(id) }))
    .filter(({ id, command }) => id !== process.pid && command.includes(folder));
  for (const { id } of left) kill(id);
  return left.map(({ command }) => command);
}

/** @param {string} id */
function commandLine(id) {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // It has ended since it was listed.
    return '';
  }
}

/** @param {number} id */
function kill(id) {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
