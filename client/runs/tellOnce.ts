import { createHash } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../../engine/files';

/** Milliseconds; what is older is not told any more by anybody. */
const forgottenAfter = 30 * 24 * 3600_000;

/**
 * Lets one window tell what several of them see: the first that makes the file of that name. The folder is the extension's own,
 * which all windows of this machine share.
 */
export class TellOnce {
  constructor(private readonly folder: string) {}

  /** True for the first caller with this text, of all windows. */
  async mayTell(text: string): Promise<boolean> {
    const name = createHash('sha256').update(text).digest('hex').slice(0, 32);
    try {
      await makeFolders(this.folder);
      await writeFile(path.join(this.folder, name), '', { flag: 'wx' });
      void this.forget().catch(() => undefined);
      return true;
    } catch (error) {
      // A folder that cannot be written to is no reason to be silent.
      return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
    }
  }

  private async forget(): Promise<void> {
    const limit = Date.now() - forgottenAfter;
    for (const name of await readdir(this.folder)) {
      const file = path.join(this.folder, name);
      if ((await stat(file)).mtimeMs < limit) await rm(file, { force: true });
    }
  }
}
