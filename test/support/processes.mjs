import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const guardScript = fileURLToPath(new URL('guard.mjs', import.meta.url));

/**
 * Starts a program under `guard.mjs`: when `stop` is called, or when this process ends in whatever way, the program and all
 * that it started are killed.
 *
 * @param {string[]} command program and arguments; no shell sees them
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output?: 'inherit' | 'pipe' }} [options]
 */
export function startGuarded([program, ...args], { cwd, env, output = 'pipe' } = {}) {
  const child = spawn(process.execPath, [guardScript, program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', output, output],
    // In a group of its own the guard outlives this process when that is killed with its group, and can do its work.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  // The guard may already be gone when its input is closed.
  child.stdin?.on('error', () => {});
  const exited = /** @type {Promise<number>} */ (
    new Promise((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (code) => resolve(code ?? 1));
    })
  );
  const stop = async () => {
    child.stdin?.end();
    await exited;
  };
  return { child, exited, stop };
}

/**
 * Runs a program to its end.
 *
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitSeconds?: number }} [options]
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} standard output and error together
 */
export async function capture(command, { limitSeconds = 1200, ...options } = {}) {
  const { child, exited, stop } = startGuarded(command, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void stop();
  }, limitSeconds * 1000);
  const code = await exited;
  clearTimeout(timer);
  return { code, output, timedOut };
}

/**
 * Runs a program that has to succeed.
 *
 * @param {string[]} command
 * @param {Parameters<typeof capture>[1]} [options]
 * @returns {Promise<string>} its output
 */
export async function mustRun(command, options) {
  const { code, output, timedOut } = await capture(command, options);
  if (code === 0) return output;
  const reason = timedOut ? 'did not end in time' : `ended with ${code}`;
  throw new Error(`${command.join(' ')} ${reason}:\n${output.split('\n').slice(-40).join('\n')}`);
}

/** @param {string} name a program looked for on PATH @returns {Promise<boolean>} */
export async function isOnPath(name) {
  const { code } = await capture([process.platform === 'win32' ? 'where' : 'which', name]);
  return code === 0;
}
