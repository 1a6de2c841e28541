import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { CodeAction, Hover, PublishDiagnosticsParams, ShowMessageParams } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { ProtocolSession, positionOf, rangeOf } from './session';

const text = [
  '{',
  '  "data": { "batch_size": 100, "input_size": [2], "label_dim": 2, "data_path": "points.csv" },',
  '  "model": { "network": [ { "type": "dense_set", "unit": 1000, "activation": "relu" } ] }',
  '}',
].join('\n');

const table = (rows: number) => ['a,b,kind', ...Array.from({ length: rows }, (_, row) => `1,2,${row % 2}`)].join('\n');

const codesIn = ({ diagnostics }: PublishDiagnosticsParams) => diagnostics.map(({ code }) => code);

describe('what is known from outside a scheme', () => {
  let session: ProtocolSession;
  let folder: string;

  async function start(options: { trusted?: boolean; device?: unknown } = {}): Promise<string> {
    folder = temporaryFolder();
    writeFileSync(path.join(folder, 'points.csv'), table(50));
    const initializationOptions = { trusted: options.trusted === true };
    session = await ProtocolSession.start({ folder, initializationOptions });
    session.client.notify('workspace/didChangeConfiguration', { settings: { matchdown: { device: options.device } } });
    return pathToFileURL(path.join(folder, 'model_scheme.json')).href;
  }

  const pushed = (condition: (codes: readonly unknown[]) => boolean) =>
    session.client.next<PublishDiagnosticsParams>('textDocument/publishDiagnostics', (one) => condition(codesIn(one)));

  async function fixed(uri: string, title: string): Promise<string> {
    const actions = await session.ask<CodeAction[]>('codeAction', uri, {
      range: rangeOf(text, '100'),
      context: { diagnostics: [] },
    });
    const changes = actions.find((action) => action.title === title)?.edit?.changes?.[uri];
    assert.ok(changes, actions.map((action) => action.title).join());
    return TextDocument.applyEdits(TextDocument.create(uri, 'json', 0, text), changes);
  }

  afterEach(() => session.client.kill());

  it('is how many samples the data leaves for training, counted anew when the data or the scheme changes', async () => {
    const uri = await start({ trusted: true });
    const warned = pushed((codes) => codes.includes('scheme/batch-larger-than-data'));
    session.open(text, uri);
    const [warning] = (await warned).diagnostics.filter(({ code }) => code === 'scheme/batch-larger-than-data');
    assert.match(String(warning?.message), /40 samples to train with/);
    assert.match(await fixed(uri, 'Change to 40'), /"batch_size": 40,/);
    writeFileSync(path.join(folder, 'points.csv'), table(500));
    const gone = pushed((codes) => !codes.includes('scheme/batch-larger-than-data'));
    session.replaceAll(uri, `${text}\n`);
    await gone;
  });

  it('is not looked at in a workspace that is not trusted', async () => {
    const uri = await start();
    const seen: unknown[] = [];
    session.client.on<PublishDiagnosticsParams>('textDocument/publishDiagnostics', (one) => seen.push(...codesIn(one)));
    const first = pushed(() => true);
    session.open(text, uri);
    await first;
    await wait(1200);
    assert.ok(seen.length > 0);
    assert.ok(!seen.includes('scheme/batch-larger-than-data'), seen.join());
  });

  it('is the device that is configured: what does not fit is told, with the largest batch that does', async () => {
    const uri = await start({ device: { name: 'small', memoryGiB: 0.0002 } });
    const warned = pushed((codes) => codes.includes('scheme/memory-beyond-device'));
    session.open(text, uri);
    await warned;
    assert.match(await fixed(uri, 'Change to 16'), /"batch_size": 16,/);
    const hover = await session.ask<Hover>('hover', uri, { position: positionOf(text, 'batch_size') });
    const { value } = hover.contents as { value: string };
    assert.match(value, /largest batch that fits into small \(210 KiB\) is \*\*16\*\*/);
    assert.match(value, /Activations of 100 samples/);
    session.client.notify('workspace/didChangeConfiguration', { settings: { matchdown: { device: 'nvidia H100' } } });
    await pushed((codes) => !codes.includes('scheme/memory-beyond-device'));
  });

  it('a device that is not known is answered with what to write', async () => {
    await start();
    const told = session.client.next<ShowMessageParams>('window/showMessage');
    session.client.notify('workspace/didChangeConfiguration', { settings: { matchdown: { device: 'H1000' } } });
    assert.match((await told).message, /"H1000".*memoryGiB/);
  });
});
