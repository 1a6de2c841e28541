import { noRoom, notWritable } from '../../core/runs/completion';
import { errorCode, errorMessage } from '../errors';

/** Why a run's folder cannot be written to, where an error of the operating system says so; undefined for any other error. */
export function diskProblem(error: unknown, folder: string): string | undefined {
  const said = errorMessage(error);
  // The error of a write, unlike that of an opening, has no path.
  const message = error instanceof Error && 'path' in error ? said : `${said} '${folder}'`;
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EFBIG':
    case 'EDQUOT':
      return noRoom(message);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return notWritable(message);
    default:
      return undefined;
  }
}

/** Work that writes into a run's folder; where the folder refuses, that is its outcome. */
export async function refusable<Outcome>(
  folder: string,
  work: () => Promise<Outcome>,
): Promise<Outcome | { readonly ok: false; readonly message: string }> {
  try {
    return await work();
  } catch (error) {
    const message = diskProblem(error, folder);
    if (message === undefined) throw error;
    return { ok: false, message };
  }
}
