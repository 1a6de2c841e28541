import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, DocumentLink, InitializeResult } from 'vscode-languageserver';
import { projectRoot } from '../support/projectRoot';
import { ProtocolSession } from './session';

describe('the server in its process', () => {
  it('speaks over Node’s own channel, as VS Code’s client wants it', async () => {
    const server = fork(path.join(projectRoot, 'dist', 'server.js'), ['--node-ipc'], { silent: true });
    try {
      const replied = once(server, 'message');
      const params = { processId: process.pid, rootUri: null, capabilities: {} };
      server.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
      const [{ result }] = (await replied) as [{ result: InitializeResult }];
      assert.equal(result.serverInfo?.name, 'matchdown');
      const shutDown = once(server, 'message');
      server.send({ jsonrpc: '2.0', id: 2, method: 'shutdown' });
      await shutDown;
      const ended = once(server, 'exit');
      server.send({ jsonrpc: '2.0', method: 'exit' });
      assert.deepEqual(await ended, [0, null]);
    } finally {
      server.kill('SIGKILL');
    }
  });

  it('ends when its client is gone', async () => {
    const server = fork(path.join(projectRoot, 'dist', 'server.js'), ['--stdio'], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    const ended = once(server, 'exit');
    server.stdin?.end();
    const [code] = await ended;
    assert.equal(code, 1);
  });

  it('looks into the folders beside the scheme, and no document leaves a trace of an exception', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'matchdown-paths-'));
    const session = await ProtocolSession.start({ folder });
    try {
      mkdirSync(path.join(folder, '그림 data', 'train'), { recursive: true });
      writeFileSync(path.join(folder, 'table.csv'), 'a,b\n');
      const uri = pathToFileURL(path.join(folder, 'model_scheme.json')).href;
      const text = '{ "data": { "data_path": "" } }';
      session.open(text, uri);
      const items = await session.ask<CompletionItem[]>('completion', uri, { position: { line: 0, character: 26 } });
      assert.deepEqual(
        items.map(({ label }) => label),
        ['그림 data', 'table.csv'],
      );
      session.replaceAll(uri, text.replace('""', '"그림 data/"'));
      const below = await session.ask<CompletionItem[]>('completion', uri, { position: { line: 0, character: 34 } });
      assert.deepEqual(
        below.map(({ label }) => label),
        ['train'],
      );
      const [link] = await session.ask<DocumentLink[]>('documentLink', uri);
      assert.equal(link?.target, pathToFileURL(path.join(folder, '그림 data')).href);
      assert.equal(session.client.errors, '');
    } finally {
      session.client.kill();
      rmSync(folder, { recursive: true });
    }
  });

  it('describes an open scheme as a table, or says that there is none to describe', async () => {
    const session = await ProtocolSession.start();
    const uri = session.open(
      '{ "data": { "image_size": [8, 8, 1], "label_dim": 3 }, "model": { "network": [{ "type": "flatten" }] } }',
    );
    const { markdown } = await session.client.request<{ markdown?: string }>('matchdown/describe', { uri });
    assert.match(markdown ?? '', /\| flatten\\_1 \| `flatten` \| 64 \| 0 \| 0 \|/);
    assert.deepEqual(await session.client.request('matchdown/describe', { uri: 'untitled:other' }), {});
    session.client.kill();
  });
});
