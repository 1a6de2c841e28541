import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { t } from '../../core/l10n';
import { errorCode, InputError } from '../errors';

/** The content of a file that may be gzip-compressed, as its first bytes tell. Throws `InputError` for damaged data. */
export async function gunzipped(file: string, bytes: Buffer): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    throw gzipError(file, error) ?? error;
  }
}

/** The user's view of an error of zlib; undefined for any other error. */
export function gzipError(file: string, error: unknown): InputError | undefined {
  const code = errorCode(error);
  if (code === 'Z_BUF_ERROR') {
    return new InputError({
      file,
      problem: t('The compressed data ends too early.'),
      nextStep: t('The file is truncated; copy or download it again.'),
    });
  }
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new InputError({
      file,
      problem: t('The decompressed data is larger than 4 GB.'),
      nextStep: t('Train on a part of it.'),
    });
  }
  if (!code?.startsWith('Z_')) return undefined;
  return new InputError({
    file,
    problem: t('The compressed data is damaged.'),
    nextStep: t('Copy or download the file again.'),
  });
}
