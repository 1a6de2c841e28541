import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type CodeAction, CodeActionKind, type Range, TextEdit } from 'vscode-languageserver/node';
import { t } from '../core/l10n';
import { overlaps, rangeOf, type Snapshot, snapshotOfText, spanOf } from '../core/language/snapshot';
import type { MatchReport } from '../core/match/report';
import type { Fix } from '../core/scheme/diagnostics';
import { InputError } from '../engine/errors';
import type { Extension, ServerContext } from './context';
import { filePath } from './files';
import { matchFindings } from './matchFindings';
import { onRequest } from './requests';

/**
 * Holds two files against each other. The differences stand on the scheme's lines until its next match, each with the fix
 * that takes the exported value into the scheme.
 */
export const match: Extension = (connection, context) => {
  /** The last published report of a scheme, by its file. */
  const reports = new Map<string, MatchReport>();
  context.addCodeActions((scheme, range, only) => takeExported(reports, scheme, range, only));
  onRequest(connection, 'matchdown/match', async ({ intended, exported, numeric, publish }, token) => {
    if (numeric && !context.trusted) throw untrusted(exported);
    const ended = new AbortController();
    token.onCancellationRequested(() => ended.abort());
    const { matchFiles } = await import('../engine/match');
    const report = await matchFiles(intended, exported, { numeric, signal: ended.signal });
    if (publish && report.intended.kind === 'scheme') {
      reports.set(intended, report);
      await publishFindings(context, intended, report);
    }
    return report;
  });
};

async function publishFindings(context: ServerContext, file: string, report: MatchReport): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  context.extraDiagnostics(editorUri(file), 'matchdown match', matchFindings(snapshotOfText(text).analysis, report));
}

function takeExported(
  reports: ReadonlyMap<string, MatchReport>,
  scheme: Snapshot,
  range: Range,
  only: readonly string[] | undefined,
): CodeAction[] {
  const report = reports.get(filePath(scheme.document.uri) ?? '');
  const wanted = only?.some((kind) => kind === '' || kind === CodeActionKind.QuickFix) ?? true;
  if (!report || !wanted) return [];
  const span = spanOf(scheme, range);
  const here = matchFindings(scheme.analysis, report).filter((finding) => overlaps(finding.span, span));
  return here.flatMap(({ fixes }) => fixes.map((fix) => action(scheme, fix)));
}

function action(scheme: Snapshot, { title, changes }: Fix): CodeAction {
  const edits = changes.map(({ span, text }) => TextEdit.replace(rangeOf(scheme, span), text));
  return { title, kind: CodeActionKind.QuickFix, edit: { changes: { [scheme.document.uri]: edits } } };
}

function untrusted(file: string): InputError {
  return new InputError({
    file,
    problem: t('Models are not run in a folder that is not trusted.'),
    nextStep: t('Trust the folder first.'),
  });
}

/** The address of a file as VS Code writes it: Node leaves a few more characters as they are, and drives in upper case. */
function editorUri(file: string): string {
  const { pathname } = pathToFileURL(file);
  const escaped = pathname.replace(
    /[^\w\-.~/%]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `file://${escaped.replace(/^\/[A-Z]%3A/, (drive) => drive.replace(/[A-Z]/, (letter) => letter.toLowerCase()))}`;
}
