import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, DocumentLink, Hover, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { ProtocolSession, positionOf } from './session';

const text = (channel: number) =>
  [
    '{',
    '  "data": { "image_size": [30, 30, 1], "label_dim": 3, "data_path": "d" },',
    `  "model": { "network": [{ "type": "conv2d_set", "kernel": [3, 3], "channel": ${channel} }] }`,
    '}',
  ].join('\r\n');

const whole = { tabSize: 2, insertSpaces: true };

describe('documents of every kind', function () {
  this.timeout(20_000);
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
});
