import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunRecord } from '../../core/runs/record';
import { sha256Hex } from '../hash';

/**
 * The commit that a folder's files stand at; whether tracked files were changed or files added since (`runsFolder` does not
 * count), and then the hash of the difference. Undefined where there is no git, no repository or no commit.
 */
export async function gitState(folder: string, runsFolder: string): Promise<RunRecord['git']> {
  try {
    const commit = (await git(folder, ['rev-parse', '--verify', 'HEAD'])).trim();
    const top = (await git(folder, ['rev-parse', '--show-toplevel'])).trim();
    const paths = ['--', ':/', ...excluded(path.relative(top, runsFolder))];
    const status = await git(folder, ['status', '--porcelain', '-z', ...paths]);
    if (status === '') return { commit, dirty: false };
    const difference = await git(folder, ['diff', '--binary', '--no-ext-diff', '--no-textconv', 'HEAD', ...paths]);
    return { commit, dirty: true, diffSha256: sha256Hex(status + difference) };
  } catch {
    return undefined;
  }
}

/** git refuses to exclude what is outside of the work tree. */
function excluded(relative: string): string[] {
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return isInside ? [`:(top,exclude,literal)${relative.split(path.sep).join('/')}`] : [];
}

/** A repository's own configuration must not make git run a program (`core.fsmonitor`). */
async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd: folder,
    timeout: 20_000,
    maxBuffer: 1 << 28,
    windowsHide: true,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  });
  return stdout;
}
