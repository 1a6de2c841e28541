import { readFile } from 'node:fs/promises';
import { t } from '../core/l10n';
import type { MatchReport } from '../core/match/report';
import { InputError } from '../engine/errors';
import type { Extension, ServerContext } from './context';
import { matchDiagnostics, schemeSide } from './matchDiagnostics';
import { onRequest } from './requests';

/** Holds two files against each other; the differences stand on the scheme's lines until the next match of that scheme. */
export const match: Extension = (connection, context) => {
  onRequest(connection, 'matchdown/match', async ({ intended, exported, numeric, publish }, token) => {
    const ended = new AbortController();
    token.onCancellationRequested(() => ended.abort());
    if (numeric && !context.trusted) throw untrusted(exported);
    const { matchFiles } = await import('../engine/match');
    const report = await matchFiles(intended, exported, { numeric, signal: ended.signal });
    if (publish) await publishDifferences(context, report);
    return report;
  });
};

async function publishDifferences(context: ServerContext, report: MatchReport): Promise<void> {
  const side = schemeSide(report);
  if (!side) return;
  const { file } = report[side];
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  context.extraDiagnostics(editorUri(file), 'matchdown match', matchDiagnostics(report, text));
}

function untrusted(file: string): InputError {
  return new InputError({
    file,
    problem: t('Models are not run in a folder that is not trusted.'),
    nextStep: t('Trust the folder first.'),
  });
}

/** The address of a file as VS Code writes it: everything but unreserved characters is escaped, a drive is lower case. */
function editorUri(file: string): string {
  const slashes = file.replaceAll('\\', '/').replace(/^([A-Za-z]):/, (drive) => `/${drive.toLowerCase()}`);
  return `file://${slashes.split('/').map(escaped).join('/')}`;
}

function escaped(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
