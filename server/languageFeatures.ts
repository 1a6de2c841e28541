import {
  type CancellationToken,
  type Connection,
  LSPErrorCodes,
  ResponseError,
  type TextDocumentIdentifier,
} from 'vscode-languageserver/node';
import { codeActionsAt } from '../core/language/codeActions';
import { codeLensesOf } from '../core/language/codeLenses';
import { completionsAt } from '../core/language/completion';
import { foldingRangesOf } from '../core/language/folding';
import { formattingEdits } from '../core/language/formatting';
import { hoverAt } from '../core/language/hover';
import { inlayHintsIn } from '../core/language/inlayHints';
import { networkTable } from '../core/language/layerText';
import { linksOf } from '../core/language/links';
import { definitionAt, highlightsAt, referencesAt, renameAt, renameRangeAt } from '../core/language/names';
import { selectionRangesAt } from '../core/language/selection';
import { semanticTokensIn } from '../core/language/semanticTokens';
import { type Snapshot, spanOf } from '../core/language/snapshot';
import { symbolsOf } from '../core/language/symbols';
import type { Settings } from '../core/protocol/server';
import type { CodeActionProvider } from './context';
import { paths, revealInExplorer } from './files';
import { onRequest } from './requests';
import type { SchemeDocuments } from './schemeDocuments';
import { nextTurn } from './turns';

/** What of the session the language features heed. */
export interface LanguageSession {
  readonly settings: Settings;
  /** Whether the client has the commands that lenses run. */
  readonly commands: boolean;
  /** Whether the client understands snippets. */
  readonly snippets: boolean;
  /** What other parts of the server offer beside the fixes of the scheme's own diagnostics. */
  readonly extraActions: readonly CodeActionProvider[];
}

/** Answers every request about a scheme's text: converted, asked of `core/language`, converted back. */
export function registerLanguageFeatures(
  connection: Connection,
  documents: SchemeDocuments,
  session: LanguageSession,
): void {
  const at = answeringAtOnce(documents);
  const whole = answeringLater(documents);

  connection.onCompletion(at((scheme, { position }) => completionsAt(scheme, position, paths, session.snippets)));
  connection.onHover(at((scheme, { position }) => hoverAt(scheme, position)));
  connection.onDefinition(at((scheme, { position }) => definitionAt(scheme, position)));
  connection.onReferences(
    at((scheme, { position, context }) => referencesAt(scheme, position, context.includeDeclaration)),
  );
  connection.onDocumentHighlight(at((scheme, { position }) => highlightsAt(scheme, position)));
  connection.onPrepareRename(at((scheme, { position }) => renameRangeAt(scheme, position)));
  connection.onRenameRequest(
    at((scheme, { position, newName }) => {
      const edit = renameAt(scheme, position, newName);
      return 'refused' in edit ? new ResponseError(LSPErrorCodes.RequestFailed, edit.refused) : edit;
    }),
  );
  connection.onCodeAction(
    at((scheme, { range, context: { only } }) => [
      ...codeActionsAt(scheme, range, only),
      ...session.extraActions.flatMap((provide) => provide(scheme, range, only)),
    ]),
  );
  connection.onSelectionRanges(at((scheme, { positions }) => selectionRangesAt(scheme, positions)));
  connection.onDocumentFormatting(at((scheme, { options }) => formattingEdits(scheme, options)));
  connection.onDocumentRangeFormatting(at((scheme, { options, range }) => formattingEdits(scheme, options, range)));

  connection.onDocumentSymbol(whole((scheme) => symbolsOf(scheme)));
  connection.onFoldingRanges(whole((scheme) => foldingRangesOf(scheme)));
  connection.onDocumentLinks(
    whole((scheme) => linksOf(scheme, paths, session.commands ? revealInExplorer : undefined)),
  );
  connection.onCodeLens(whole((scheme) => (session.settings.codeLenses ? codeLensesOf(scheme, session.commands) : [])));
  connection.languages.inlayHint.on(
    whole((scheme, { range }) => inlayHintsIn(scheme, range, session.settings.inlayHints)),
  );
  connection.languages.semanticTokens.on(whole((scheme) => ({ data: semanticTokensIn(scheme) })));
  connection.languages.semanticTokens.onRange(
    whole((scheme, { range }) => ({ data: semanticTokensIn(scheme, spanOf(scheme, range)) })),
  );
  onRequest(connection, 'matchdown/describe', ({ uri }) => {
    const network = documents.snapshot(uri)?.analysis.network;
    return network === undefined ? {} : { markdown: networkTable(network) };
  });
}

interface AboutDocument {
  readonly textDocument: TextDocumentIdentifier;
}

type Handler<P, R> = (
  params: P,
  token: CancellationToken,
) => Promise<R | null | ResponseError> | R | null | ResponseError;
type Answer<P, R> = (scheme: Snapshot, params: P) => Promise<R> | R;

/** For requests about a position: the text is the one that the position was meant for. A document that is no scheme has no answer. */
function answeringAtOnce(documents: SchemeDocuments) {
  return <P extends AboutDocument, R>(answer: Answer<P, R>): Handler<P, Exclude<R, undefined>> =>
    async (params) => {
      const scheme = documents.snapshot(params.textDocument.uri);
      return scheme === undefined ? null : orNull(await answer(scheme, params));
    };
}

/** For requests about a whole document, which come after each edit: one that was cancelled meanwhile costs nothing. */
function answeringLater(documents: SchemeDocuments) {
  return <P extends AboutDocument, R>(answer: Answer<P, R>): Handler<P, Exclude<R, undefined>> =>
    async (params, token) => {
      const { uri } = params.textDocument;
      const version = documents.version(uri);
      await nextTurn();
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
      if (documents.version(uri) !== version) return new ResponseError(LSPErrorCodes.ContentModified, 'Edited.');
      const scheme = documents.snapshot(uri);
      return scheme === undefined ? null : orNull(await answer(scheme, params));
    };
}

function orNull<R>(value: R): Exclude<R, undefined> | null {
  return value === undefined ? null : (value as Exclude<R, undefined>);
}
