import { pathToFileURL } from 'node:url';
import type { DocumentDiagnosticReport, InitializeResult, Position, Range } from 'vscode-languageserver';
import { PlainClient } from './plainClient';

/** What a modest editor can do; a test adds what it needs. */
const plainCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
};

export interface SessionOptions {
  readonly textDocument?: object;
  readonly workspace?: object;
  readonly initializationOptions?: object;
  readonly folder?: string;
  /** More folders of the same workspace. */
  readonly otherFolders?: readonly string[];
}

/** A server that has been initialized, and the documents that are open in it. */
export class ProtocolSession {
  private versions = new Map<string, number>();

  private constructor(
    readonly client: PlainClient,
    readonly initialized: InitializeResult,
  ) {}

  static async start({
    textDocument,
    workspace,
    initializationOptions,
    folder,
    otherFolders = [],
  }: SessionOptions = {}): Promise<ProtocolSession> {
    const client = new PlainClient();
    const uri = folder === undefined ? null : pathToFileURL(folder).href;
    const others = otherFolders.map((other, index) => ({ uri: pathToFileURL(other).href, name: `other ${index}` }));
    const initialized = await client.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: uri === null ? null : [{ uri, name: 'work' }, ...others],
      capabilities: {
        ...plainCapabilities,
        textDocument: { ...plainCapabilities.textDocument, ...textDocument },
        workspace: { ...workspace },
      },
      initializationOptions,
    });
    client.notify('initialized', {});
    return new ProtocolSession(client, initialized);
  }

  /** Opens a document and returns its address. */
  open(text: string, uri = 'untitled:model_scheme.json', languageId = 'json'): string {
    this.versions.set(uri, 1);
    this.client.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
    return uri;
  }

  edit(uri: string, range: Range, text: string): void {
    this.change(uri, [{ range, text }]);
  }

  replaceAll(uri: string, text: string): void {
    this.change(uri, [{ text }]);
  }

  close(uri: string): void {
    this.client.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** Asks about a document; further parameters beside it. */
  ask<R>(method: string, uri: string, params: object = {}): Promise<R> {
    return this.client.request<R>(`textDocument/${method}`, { textDocument: { uri }, ...params });
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.ask('diagnostic', uri, { identifier: 'matchdown', previousResultId });
  }

  private change(uri: string, contentChanges: object[]): void {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    this.client.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }
}

/** Where a piece of text begins, in lines and UTF-16 code units, as an editor that knows only the text would count. */
export function positionOf(text: string, piece: string, after = 0): Position {
  const offset = text.indexOf(piece);
  if (offset < 0) throw new Error(`The text has no ${piece}.`);
  const lines = text.slice(0, offset + after).split(/\r\n|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

export function rangeOf(text: string, piece: string): Range {
  return { start: positionOf(text, piece), end: positionOf(text, piece, piece.length) };
}
