import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, DocumentLink, Hover, PublishDiagnosticsParams, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { ProtocolSession, positionOf, rangeOf } from './session';

const text = (channel: number) =>
  [
    '{',
    '  "data": { "image_size": [30, 30, 1], "label_dim": 3, "data_path": "d" },',
    `  "model": { "network": [{ "type": "conv2d_set", "kernel": [3, 3], "channel": ${channel} }] }`,
    '}',
  ].join('\r\n');

const whole = { tabSize: 2, insertSpaces: true };

describe('documents of every kind', () => {
  let session: ProtocolSession;

  beforeEach(async () => {
    session = await ProtocolSession.start({
      textDocument: { diagnostic: {} },
      initializationOptions: { trusted: true },
    });
  });
  afterEach(() => session.client.kill());

  const hover = async (uri: string, at: string, source: string): Promise<string> => {
    const answer = await session.ask<Hover | null>('hover', uri, { position: positionOf(source, at, 3) });
    return (answer?.contents as { value: string } | undefined)?.value ?? '';
  };

  it('two of one name in two folders are two', async () => {
    const uris = ['one', 'two'].map((name) => {
      const folder = path.join(temporaryFolder(), name);
      mkdirSync(path.join(folder, `data-of-${name}`), { recursive: true });
      return session.open(text(name === 'one' ? 8 : 16), pathToFileURL(path.join(folder, 'model_scheme.json')).href);
    });
    assert.match(await hover(uris[0] ?? '', 'conv2d_set', text(8)), /30×30×8/);
    assert.match(await hover(uris[1] ?? '', 'conv2d_set', text(16)), /30×30×16/);
    const paths = await Promise.all(
      uris.map((uri) =>
        session.ask<CompletionItem[]>('completion', uri, { position: positionOf(text(8), '"data_path": "', 14) }),
      ),
    );
    assert.deepEqual(
      paths.map((items) => items.map(({ label }) => label)),
      [['data-of-one'], ['data-of-two']],
    );
    session.close(uris[0] ?? '');
    assert.match(await hover(uris[1] ?? '', 'conv2d_set', text(16)), /30×30×16/);
  });

  for (const uri of [
    'untitled:model_scheme.json',
    'untitled:Untitled-1',
    'vscode-vfs://github/some/repository/model_scheme.json',
  ])
    it(`has the language, and no paths, in ${uri}`, async () => {
      session.open(text(8), uri, 'model-scheme');
      assert.match(await hover(uri, 'conv2d_set', text(8)), /30×30×8/);
      const report = await session.pull(uri);
      assert.ok(report.kind === 'full');
      const position = positionOf(text(8), '"data_path": "', 14);
      assert.deepEqual(await session.ask<CompletionItem[]>('completion', uri, { position }), []);
      assert.deepEqual(await session.ask<DocumentLink[]>('documentLink', uri), []);
    });

  it('a folder whose name has blanks, Korean and a percent sign is found', async () => {
    const folder = path.join(temporaryFolder(), '모델 100% x#y');
    mkdirSync(path.join(folder, '자료'), { recursive: true });
    writeFileSync(path.join(folder, '자료', 'a.csv'), '');
    const uri = session.open(text(8), pathToFileURL(path.join(folder, 'model_scheme.json')).href);
    const position = positionOf(text(8), '"data_path": "', 14);
    const items = await session.ask<CompletionItem[]>('completion', uri, { position });
    assert.deepEqual(
      items.map(({ label }) => label),
      ['자료'],
    );
  });

  it('a byte order mark stays where it is', async () => {
    const marked = `\ufeff${text(8)}`;
    const uri = session.open(marked);
    assert.match(await hover(uri, 'conv2d_set', marked), /30×30×8/);
    const edits = await session.ask<TextEdit[]>('formatting', uri, { options: whole });
    const formatted = TextDocument.applyEdits(TextDocument.create(uri, 'json', 0, marked), edits);
    assert.match(formatted, /^\ufeff\{\r\n {2}"data"/);
    const items = await session.ask<CompletionItem[]>('completion', uri, {
      position: positionOf(marked, '"label_dim"'),
    });
    assert.ok(
      items.some(({ label }) => label === 'normalize'),
      items.map(({ label }) => label).join(),
    );
  });

  it('an unsaved one is another than the file that it is saved to', async () => {
    const unsaved = session.open(text(8), 'untitled:model_scheme.json', 'model-scheme');
    assert.match(await hover(unsaved, 'conv2d_set', text(8)), /30×30×8/);
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'd'));
    const saved = session.open(text(8), pathToFileURL(path.join(folder, 'model_scheme.json')).href);
    session.close(unsaved);
    assert.equal(await session.ask('hover', unsaved, { position: positionOf(text(8), 'conv2d_set') }), null);
    assert.equal((await session.ask<DocumentLink[]>('documentLink', saved)).length, 1);
    session.edit(saved, rangeOf(text(8), '"channel": 8'), '"channel": 16');
    assert.match(await hover(saved, 'conv2d_set', text(16)), /30×30×16/);
  });
});

describe('a workspace of several folders', () => {
  let session: ProtocolSession;
  afterEach(() => session.client.kill());

  /** A folder with a table of so many rows, of which a fifth is kept for validation. */
  const csvFolder = (rows: number) => {
    const folder = temporaryFolder();
    const lines = Array.from({ length: rows }, (_, row) => `1,${row % 3}`);
    writeFileSync(path.join(folder, 'd.csv'), ['a,b', ...lines].join('\n'));
    return folder;
  };
  const table = text(8)
    .replace('"image_size": [30, 30, 1]', '"batch_size": 1000, "input_size": [1]')
    .replace('"d"', '"d.csv"')
    .replace(/\{ "type": "conv2d_set".*?\}/, '{ "type": "dense_set", "unit": 3 }');
  const open = (folder: string) => session.open(table, pathToFileURL(path.join(folder, 'model_scheme.json')).href);
  const samplesOf = async (uri: string) => {
    const { diagnostics } = await session.client.next<PublishDiagnosticsParams>(
      'textDocument/publishDiagnostics',
      (params) => params.uri === uri && params.diagnostics.some(({ code }) => code === 'scheme/batch-larger-than-data'),
    );
    const told = diagnostics.find(({ code }) => code === 'scheme/batch-larger-than-data');
    return /\d+ samples to train with/.exec(String(told?.message))?.[0];
  };
  it('has in each scheme what is beside it, also in a folder that is added later, and outside of all', async () => {
    const [first, second, later, outside] = [csvFolder(15), csvFolder(30), csvFolder(45), csvFolder(60)];
    session = await ProtocolSession.start({
      folder: first,
      otherFolders: [second],
      workspace: { workspaceFolders: true },
      initializationOptions: { trusted: true },
    });
    let folders = [first, second];
    const named = (folder: string) => ({ uri: pathToFileURL(folder).href, name: path.basename(folder) });
    session.client.answers['workspace/workspaceFolders'] = () => folders.map(named);
    const change = (added: readonly string[], removed: readonly string[]) => {
      folders = [...folders.filter((folder) => !removed.includes(folder)), ...added];
      const event = { added: added.map(named), removed: removed.map(named) };
      session.client.notify('workspace/didChangeWorkspaceFolders', { event });
    };
    const told = [samplesOf(open(first)), samplesOf(open(second))];
    assert.deepEqual(await Promise.all(told), ['12 samples to train with', '24 samples to train with']);
    change([later], [second]);
    assert.equal(await samplesOf(open(later)), '36 samples to train with');
    assert.equal(await samplesOf(open(outside)), '48 samples to train with');
  });

  it('has the language only, where it is not trusted or not on this machine', async () => {
    const folder = csvFolder(15);
    session = await ProtocolSession.start({ folder, otherFolders: [csvFolder(30)] });
    const told: (readonly unknown[])[] = [];
    session.client.on<PublishDiagnosticsParams>('textDocument/publishDiagnostics', ({ diagnostics }) =>
      told.push(diagnostics.map(({ code }) => code)),
    );
    const first = session.client.next<PublishDiagnosticsParams>('textDocument/publishDiagnostics');
    open(folder);
    const elsewhere = session.open(table, 'vscode-vfs://github/some/repository/model_scheme.json', 'model-scheme');
    const answer = await session.ask<Hover | null>('hover', elsewhere, { position: positionOf(table, 'dense_set') });
    assert.match(JSON.stringify(answer?.contents), /→ .?`3`/);
    await first;
    await wait(1200);
    assert.ok(told.length > 0);
    assert.ok(!told.flat().includes('scheme/batch-larger-than-data'), told.join());
  });
});

describe('edits as an editor sends them', () => {
  let session: ProtocolSession;
  afterEach(() => session.client.kill());

  const source = [
    '{',
    '  "data": { "image_size": [30, 30, 1], "label_dim": 3 }, // 자료 🎉',
    '  "model": { "network": [',
    '    { "name": "합성곱🎉", "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "use_bias": "true" },',
    '    { "name": "🎉🎉", "type": "maxpooling", "pooling_size": 2 },',
    '    { "name": "합", "input": "합성곱🎉", "type": "flatten" }, { "type": "add", "inputs": ["합", "합"] }',
    '  ] }',
    '}',
  ].join('\r\n');
  const pieces = ['', ' ', '\r\n', '\n', '🎉', '합', '"', '{', '}', ']', ',', '{ "type": "flatten" },', '16', '"true"'];

  /** Numbers that look random, and are the same in each run. */
  function* numbers(seed: number): Generator<number> {
    for (let state = seed; ; ) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield state / 2 ** 32;
    }
  }

  it('lead to what a text says that was opened so: CRLF, surrogate pairs, Korean', async () => {
    session = await ProtocolSession.start({ textDocument: { diagnostic: {} } });
    const random = numbers(7);
    const next = (below: number) => Math.floor((random.next().value as number) * below);
    const uri = session.open(source);
    let now = TextDocument.create(uri, 'json', 1, source);
    for (let edit = 0; edit < 150; edit++) {
      const start = next(now.getText().length + 1);
      const end = Math.min(start + (next(3) === 0 ? next(12) : 0), now.getText().length);
      const range = { start: now.positionAt(start), end: now.positionAt(end) };
      const inserted = pieces[next(pieces.length)] ?? '';
      session.edit(uri, range, inserted);
      now = TextDocument.create(uri, 'json', 1, TextDocument.applyEdits(now, [{ range, newText: inserted }]));
      const fresh = session.open(now.getText(), `untitled:${edit}/model_scheme.json`);
      const seen = await Promise.all([uri, fresh].map((one) => everythingOf(one)));
      assert.deepEqual(seen[0], seen[1], now.getText());
      session.close(fresh);
      // Torn for good, nothing more would be learned.
      if (edit % 15 === 14) {
        session.replaceAll(uri, source);
        now = TextDocument.create(uri, 'json', 1, source);
      }
    }
  });

  async function everythingOf(uri: string): Promise<unknown[]> {
    const range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
    const report = await session.pull(uri);
    const answers = await Promise.all([
      session.ask('documentSymbol', uri),
      session.ask('inlayHint', uri, { range }),
      session.ask('semanticTokens/full', uri),
      session.ask('foldingRange', uri),
    ]);
    return JSON.parse(JSON.stringify([report.kind === 'full' ? report.items : [], ...answers]).replaceAll(uri, 'uri'));
  }
});
