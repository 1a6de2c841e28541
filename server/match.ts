import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type CodeAction, CodeActionKind, type Range, TextEdit } from 'vscode-languageserver/node';
import { t } from '../core/l10n';
import { overlaps, rangeOf, type Snapshot, snapshotOfText, spanOf } from '../core/language/snapshot';
import type { MatchReport } from '../core/match/report';
import type { MatchFix } from '../core/protocol/server';
import type { Fix } from '../core/scheme/diagnostics';
import { InputError } from '../engine/errors';
import type { Extension, ServerContext } from './context';
import { filePath } from './files';
import { matchFindings } from './matchFindings';
import { abortWith, onRequest } from './requests';

/**
 * Holds two files against each other. The differences stand on the scheme's lines, each with the fix that takes the exported
 * value into the scheme, until the scheme or the next match says otherwise.
 */
export const match: Extension = (connection, context) => {
  const published = new PublishedMatches(context);
  context.addCodeActions((scheme, range, only) => published.takeExported(scheme, range, only));
  context.onSchemeChanged((file) => published.schemeChanged(file));
  context.onShutdown(() => published.dispose());
  onRequest(connection, 'matchdown/match/fixes', ({ scheme }) => published.fixes(scheme));
  onRequest(connection, 'matchdown/match', async ({ intended, exported, numeric, publish }, token) => {
    if (numeric && !context.trusted) throw untrusted(exported);
    const { matchFiles } = await import('../engine/match');
    const schemeText = (file: string) => context.schemeText(file);
    const report = await matchFiles(intended, exported, { numeric, schemeText, signal: abortWith(token) });
    if (publish && report.intended.kind === 'scheme') await published.publish(intended, exported, report);
    return report;
  });
};

interface Published {
  readonly exported: string;
  readonly report: MatchReport;
  /** Of the scheme that was matched. */
  readonly text: string;
}

/** A scheme is matched again when nobody has typed for this long, or for so many times as long as the last match took. */
const PAUSE = 300;
const PATIENCE = 4;

/**
 * The last published match of each scheme. While the scheme is edited its structure is matched again after every pause, so
 * that a difference that was mended is no problem any more, and one that was put back by an undo is one again.
 */
class PublishedMatches {
  private readonly byScheme = new Map<string, Published>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private longest = 0;

  constructor(private readonly context: ServerContext) {}

  async publish(scheme: string, exported: string, report: MatchReport): Promise<void> {
    const text = this.context.schemeText(scheme) ?? (await readFile(scheme, 'utf8').catch(() => undefined));
    if (text === undefined) return;
    this.byScheme.set(scheme, { exported, report, text });
    const findings = matchFindings(snapshotOfText(text).analysis, report);
    this.context.extraDiagnostics(editorUri(scheme), 'matchdown match', findings);
  }

  schemeChanged(file: string): void {
    const text = this.context.schemeText(file);
    if (text === undefined || text === this.byScheme.get(file)?.text || !this.byScheme.has(file)) return;
    clearTimeout(this.timers.get(file));
    const again = () => void this.matchAgain(file).catch(() => undefined);
    this.timers.set(file, setTimeout(again, Math.max(PAUSE, PATIENCE * this.longest)));
  }

  async fixes(scheme: string): Promise<MatchFix[]> {
    const { report } = this.byScheme.get(scheme) ?? {};
    const text = this.context.schemeText(scheme) ?? (await readFile(scheme, 'utf8').catch(() => undefined));
    if (!report || text === undefined) return [];
    const snapshot = snapshotOfText(text);
    return matchFindings(snapshot.analysis, report).flatMap(({ reason, fixes }) =>
      fixes.map((fix) => ({ ...reason, title: fix.title, edits: editsOf(snapshot, fix) })),
    );
  }

  takeExported(scheme: Snapshot, range: Range, only: readonly string[] | undefined): CodeAction[] {
    const { report } = this.byScheme.get(filePath(scheme.document.uri) ?? '') ?? {};
    const wanted = only?.some((kind) => kind === '' || kind === CodeActionKind.QuickFix) ?? true;
    if (!report || !wanted) return [];
    const span = spanOf(scheme, range);
    const here = matchFindings(scheme.analysis, report).filter((finding) => overlaps(finding.span, span));
    return here.flatMap(({ fixes }) => fixes.map((fix) => action(scheme, fix)));
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** A scheme that cannot be built at the moment, or a model that cannot be read, leaves what was told before. */
  private async matchAgain(scheme: string): Promise<void> {
    const before = this.byScheme.get(scheme);
    const text = this.context.schemeText(scheme);
    if (!before || text === undefined) return;
    const { matchFiles } = await import('../engine/match');
    const started = performance.now();
    const schemeText = (file: string) => this.context.schemeText(file);
    const report = await matchFiles(scheme, before.exported, { numeric: false, schemeText });
    this.longest = performance.now() - started;
    const isLatest = this.byScheme.get(scheme) === before && this.context.schemeText(scheme) === text;
    if (isLatest) await this.publish(scheme, before.exported, report);
  }
}

function action(scheme: Snapshot, fix: Fix): CodeAction {
  const edit = { changes: { [scheme.document.uri]: editsOf(scheme, fix) } };
  return { title: fix.title, kind: CodeActionKind.QuickFix, edit };
}

function editsOf(scheme: Snapshot, { changes }: Fix): TextEdit[] {
  return changes.map(({ span, text }) => TextEdit.replace(rangeOf(scheme, span), text));
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
