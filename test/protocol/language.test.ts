import assert from 'node:assert/strict';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  PublishDiagnosticsParams,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ResponseFailure } from './plainClient';
import { ProtocolSession, positionOf, rangeOf } from './session';

/** Korean names, an emoji outside the basic plane before other things on its line, and CRLF: positions must hold all the same. */
const text = [
  '{',
  '  "data": { "image_size": [30, 30, 1], "label_dim": 3 },',
  '  "model": {',
  '    "network": [',
  '      { "name": "합성곱_1", "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "activation": "relu" },',
  '      { "name": "풀링🎉", "type": "maxpooling", "pooling_size": [2, 2] },',
  '      { "name": "🎉", "input": "합성곱_1", "type": "conv2d_set", "kernel": [3, 3], "channel": 4 },',
  '      { "name": "분류", "type": "dense_set", "unit": 3, "batch_normalization": "true" },',
  '      { "type": "dense_set", "unit": 3 }',
  '    ]',
  '  }',
  '}',
].join('\r\n');

const everything = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

function edited(before: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create('untitled:x', 'json', 0, before), [...edits]);
}

function insertedBy(item: CompletionItem | undefined): string {
  return (item?.textEdit as TextEdit | undefined)?.newText ?? '';
}

describe('the language server over standard input and output', () => {
  let session: ProtocolSession;
  let uri: string;

  beforeEach(async () => {
    session = await ProtocolSession.start();
    uri = session.open(text);
  });

  afterEach(() => session.client.kill());

  it('says what it can do', () => {
    const { capabilities, serverInfo } = session.initialized;
    assert.equal(serverInfo?.name, 'matchdown');
    assert.equal(capabilities.hoverProvider, true);
    assert.equal(capabilities.inlayHintProvider, true);
    assert.deepEqual(capabilities.diagnosticProvider, {
      identifier: 'matchdown',
      interFileDependencies: false,
      workspaceDiagnostics: false,
    });
  });

  it('ends with 0 after a shutdown, and with 1 without one', async () => {
    assert.equal(await session.client.shutDown(), 0);
    const other = await ProtocolSession.start();
    assert.equal(await other.client.exit(), 1);
  });

  it('pushes diagnostics to a client that does not ask for them, and takes them back when the document is closed', async () => {
    const other = 'untitled:other/model_scheme.json';
    const hasTextForBoolean = ({ diagnostics }: PublishDiagnosticsParams) =>
      diagnostics.some(({ code }) => code === 'scheme/text-for-boolean');
    const pushed = session.client.next<PublishDiagnosticsParams>(
      'textDocument/publishDiagnostics',
      (params) => params.uri === other && hasTextForBoolean(params),
    );
    session.open(text, other);
    const { diagnostics, version } = await pushed;
    assert.equal(version, 1);
    const found = diagnostics.find(({ code }) => code === 'scheme/text-for-boolean');
    assert.deepEqual(found?.range, rangeOf(text, '"true"'));
    assert.equal(found?.source, 'matchdown');
    assert.match(found?.codeDescription?.href ?? '', /^file:.*\/docs\/diagnostics\.md#L\d+$/);
    session.close(other);
    await session.client.next<PublishDiagnosticsParams>(
      'textDocument/publishDiagnostics',
      (params) => params.uri === other && params.diagnostics.length === 0,
    );
  });

  it('pushes for a burst of edits, not for each of them, and in the end for the last version', async () => {
    const pushed: PublishDiagnosticsParams[] = [];
    session.client.on<PublishDiagnosticsParams>('textDocument/publishDiagnostics', (params) => pushed.push(params));
    for (let time = 0; time < 20; time++) session.edit(uri, rangeOf(text, '30'), '30');
    await session.client.next<PublishDiagnosticsParams>(
      'textDocument/publishDiagnostics',
      ({ version }) => version === 21,
    );
    // A process that has to wait for the processor may take a burst for a few.
    assert.ok(pushed.filter(({ version }) => version !== 1).length < 5);
  });

  it('completes names, in a document that was edited since it was opened', async () => {
    session.edit(uri, rangeOf(text, '"input": "합성곱_1"'), '"input": ""');
    const now = text.replace('"input": "합성곱_1"', '"input": ""');
    const position = positionOf(now, '"input": "', '"input": "'.length);
    const items = await session.ask<CompletionItem[]>('completion', uri, { position });
    assert.deepEqual(
      items.map(({ label }) => label),
      ['풀링🎉', '합성곱_1', 'data'],
    );
    const accepted = edited(now, [items[1]?.textEdit as TextEdit]);
    assert.equal(accepted, text);
  });

  it('completes a snippet for a client that knows them, and text for one that does not', async () => {
    const position = positionOf(text, '"activation"');
    const items = await session.ask<CompletionItem[]>('completion', uri, { position });
    const padding = items.find(({ label }) => label === 'padding');
    assert.match(insertedBy(padding), /\$\{1\|/);
    const plain = await ProtocolSession.start({ textDocument: { completion: {} } });
    const plainUri = plain.open(text);
    const plainItems = await plain.ask<CompletionItem[]>('completion', plainUri, { position });
    assert.equal(insertedBy(plainItems.find(({ label }) => label === 'padding')), '"padding": "same",');
    plain.client.kill();
  });

  it('explains a layer behind an emoji on the same line', async () => {
    const hover = await session.ask<Hover>('hover', uri, {
      position: positionOf(text, '"conv2d_set", "kernel": [3, 3], "channel": 4'),
    });
    assert.match(JSON.stringify(hover.contents), /30×30×8.*→.*30×30×4/);
  });

  it('shows shapes and the outline', async () => {
    const hints = await session.ask<InlayHint[]>('inlayHint', uri, { range: everything });
    assert.deepEqual(hints.map(({ label }) => label).slice(0, 2), ['→ 30×30×8 · 80 parameters', '→ 15×15×8']);
    const [, model] = await session.ask<DocumentSymbol[]>('documentSymbol', uri);
    const network = model?.children?.find(({ name }) => name === 'network');
    assert.deepEqual(
      network?.children?.map(({ name }) => name),
      ['합성곱_1', '풀링🎉', '🎉', '분류', 'dense_set_5'],
    );
  });

  it('shows only the hints that are configured, and asks again when the configuration changes', async () => {
    const other = await ProtocolSession.start({
      workspace: { configuration: true, inlayHint: { refreshSupport: true } },
    });
    const settings = { inlayHints: { outputShape: false, implicitHead: false } };
    other.client.answers['workspace/configuration'] = () => [settings];
    const refreshed = new Promise<void>((resolve) => {
      other.client.answers['workspace/inlayHint/refresh'] = () => {
        resolve();
        return null;
      };
    });
    const opened = other.open(text);
    other.client.notify('workspace/didChangeConfiguration', { settings: null });
    await refreshed;
    const hints = await other.ask<InlayHint[]>('inlayHint', opened, { range: everything });
    assert.deepEqual(hints.map(({ label }) => label)[0], '80 parameters');
    other.client.kill();
  });

  it('fixes', async () => {
    const actions = await session.ask<CodeAction[]>('codeAction', uri, {
      range: rangeOf(text, '"true"'),
      context: { diagnostics: [] },
    });
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(edited(text, fix?.edit?.changes?.[uri] ?? []), text.replace('"true"', 'true'));
    assert.equal(fix?.diagnostics?.[0]?.code, 'scheme/text-for-boolean');
    const all = await session.ask<CodeAction[]>('codeAction', uri, {
      range: everything,
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['source.fixAll.matchdown'],
    );
  });

  it('renames a layer everywhere, and says why it will not', async () => {
    const position = positionOf(text, '"합성곱_1"', 2);
    const { changes } = await session.ask<WorkspaceEdit>('rename', uri, { position, newName: 'conv' });
    assert.equal(edited(text, changes?.[uri] ?? []), text.replaceAll('합성곱_1', 'conv'));
    await assert.rejects(session.ask('rename', uri, { position, newName: '분류' }), (error: ResponseFailure) => {
      assert.match(error.message, /"분류"/);
      return true;
    });
    const references = await session.ask<Location[]>('references', uri, {
      position,
      context: { includeDeclaration: true },
    });
    assert.equal(references.length, 2);
  });

  it('keeps CRLF when it formats', async () => {
    const edits = await session.ask<TextEdit[]>('formatting', uri, { options: { tabSize: 4, insertSpaces: true } });
    const formatted = edited(text, edits);
    assert.ok(formatted.includes('\r\n    "data": { "image_size": [30, 30, 1], "label_dim": 3 },\r\n'));
    assert.doesNotMatch(formatted, /[^\r]\n/);
  });

  it('offers no commands to a client that has none', async () => {
    const lenses = await session.ask<CodeLens[]>('codeLens', uri);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      [''],
    );
    const other = await ProtocolSession.start({ initializationOptions: { commands: true } });
    const own = await other.ask<CodeLens[]>('codeLens', other.open(text));
    assert.deepEqual(
      own.map(({ command }) => command?.command),
      ['matchdown.runScheme', 'matchdown.openMatch', 'matchdown.describe'],
    );
    other.client.kill();
  });

  it('speaks the language of the messages that it is given', async () => {
    const messages = { '{0} parameters': '매개변수 {0}개' };
    const other = await ProtocolSession.start({ initializationOptions: { messages } });
    const hints = await other.ask<InlayHint[]>('inlayHint', other.open(text), { range: everything });
    assert.equal(hints[0]?.label, '→ 30×30×8 · 매개변수 80개');
    other.client.kill();
  });

  it('has nothing to say about a document that is no scheme', async () => {
    const other = session.open(text, 'untitled:package.json');
    assert.equal(await session.ask('hover', other, { position: positionOf(text, '"network"') }), null);
    assert.equal(await session.ask('documentSymbol', other), null);
    const marked = '{ "$schema": "x/model_scheme.schema.json", "data": {} }';
    const named = session.open(marked, 'untitled:other.json');
    assert.notEqual(await session.ask('hover', named, { position: positionOf(marked, '"data"') }), null);
  });

  const broken = [
    '',
    ' ',
    '{',
    '[',
    '"',
    '{ "data": ',
    '{ "model": { "network": [ { "type": ',
    '[1, 2',
    'null',
    '{]',
    '\u{FEFF}{',
    '[['.repeat(20_000),
  ];
  for (const document of broken) {
    it(`answers everything about ${JSON.stringify(document.slice(0, 40))}`, async () => {
      const other = session.open(document, 'untitled:broken/model_scheme.json');
      const position = { line: 0, character: Math.min(document.length, 1000) };
      const range = { start: { line: 0, character: 0 }, end: position };
      const options = { tabSize: 2, insertSpaces: true };
      const context = { diagnostics: [], includeDeclaration: true };
      const methods = [
        'completion',
        'hover',
        'definition',
        'references',
        'documentHighlight',
        'prepareRename',
        'codeAction',
        'formatting',
        'rangeFormatting',
        'documentSymbol',
        'foldingRange',
        'documentLink',
        'codeLens',
        'inlayHint',
        'semanticTokens/full',
        'semanticTokens/range',
      ];
      await Promise.all(methods.map((method) => session.ask(method, other, { position, range, options, context })));
      await session.ask('selectionRange', other, { positions: [position] });
      const report = await session.pull(other);
      assert.equal(report.kind, 'full');
    });
  }
});
