import { t } from '../core/l10n';
import { InputError } from '../engine/errors';
import type { Extension } from './context';
import { abortWith, onRequest } from './requests';

/** Writes lab notes. */
export const report: Extension = (connection, context) => {
  onRequest(connection, 'matchdown/report', async ({ folders, output }, token) => {
    if (!context.trusted) {
      throw new InputError({
        file: output,
        problem: t('Nothing is written in a folder that is not trusted.'),
        nextStep: t('Trust the folder first.'),
      });
    }
    const { writeReport } = await import('../engine/report');
    return writeReport(folders, output, abortWith(token));
  });
};
