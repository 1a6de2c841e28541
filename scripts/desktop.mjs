import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { isOnPath } from '../test/support/processes.mjs';

/**
 * The desktop VS Code of this machine, if one can be opened from here: not in a terminal without a display, not as root, and
 * not where `code` only talks to an editor on another machine (SSH, containers, WSL).
 *
 * @returns {Promise<string | undefined>} a program or its path
 */
export async function findDesktop(platform = process.platform, env = process.env, isRoot = process.getuid?.() === 0) {
  if (env.MATCHDOWN_VSCODE) return env.MATCHDOWN_VSCODE;
  if (env.VSCODE_IPC_HOOK_CLI || env.WSL_DISTRO_NAME) return undefined;
  if (platform === 'linux' && !(env.DISPLAY || env.WAYLAND_DISPLAY)) return undefined;
  if (platform === 'linux' && isRoot) return undefined;
  const place = usualPlaces(platform, env).find((file) => existsSync(file));
  if (place) return place;
  // On Windows, the `code` of PATH is a script, which cannot be started without a shell.
  if (platform !== 'win32')
    for (const name of ['code', 'code-insiders', 'codium']) if (await isOnPath(name)) return name;
  return undefined;
}

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 */
function usualPlaces(platform, env) {
  if (platform === 'darwin') {
    const app = 'Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
    return [path.join('/', app), path.join(homedir(), app)];
  }
  if (platform !== 'win32') return [];
  const folders = [env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, 'Programs'), env.ProgramFiles];
  return folders.flatMap((folder) => (folder ? [path.join(folder, 'Microsoft VS Code', 'Code.exe')] : []));
}
