import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  createConnection,
  createProtocolConnection,
  type FullDocumentDiagnosticReport,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { capabilities } from '../../server/capabilities';
import { DiagnosticsService } from '../../server/diagnostics';
import { SchemeDocuments } from '../../server/schemeDocuments';

const text = `{
  "data": { "image_size": [30, 30, 1], "label_dim": 3 },
  "model": { "network": [{ "name": "one", "type": "conv2d_set", "kernel": [3, 3], "channel": "8" }] }
}
`;

const difference: Diagnostic = {
  code: 'match/kernel',
  severity: 'error',
  message: 'The exported kernel is 5x5.',
  layer: 'one',
  path: ['model', 'network', 0, 'kernel'],
  span: { start: 0, end: 1 },
  fixes: [],
};

/** The server's diagnostics and a client, connected in memory. */
class Pair {
  readonly service: DiagnosticsService;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly client: ProtocolConnection;
  private readonly server;

  constructor() {
    const [up, down] = [new PassThrough(), new PassThrough()];
    this.server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
    const documents = new SchemeDocuments();
    this.service = new DiagnosticsService(this.server, documents);
    this.server.onInitialize((params) => {
      this.service.initialize(params);
      return { capabilities };
    });
    documents.listen(this.server);
    this.server.listen();
    this.client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    this.client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
    });
    this.client.listen();
  }

  async initialize(capabilitiesOfClient: object): Promise<void> {
    await this.client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: capabilitiesOfClient });
  }

  open(uri: string): Promise<void> {
    return this.client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'model-scheme', version: 1, text },
    });
  }

  async pull(uri: string, previousResultId?: string): Promise<FullDocumentDiagnosticReport> {
    return this.client.sendRequest('textDocument/diagnostic', { textDocument: { uri }, previousResultId });
  }

  /** The codes that were pushed last for a document, once they are what they should be. */
  async pushedCodes(uri: string, expected: readonly string[]): Promise<void> {
    const codes = () =>
      this.published.findLast((params) => params.uri === uri)?.diagnostics.map(({ code }) => String(code));
    for (let wait = 0; wait < 1500 && codes()?.join() !== expected.join(); wait++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(codes(), expected);
  }

  dispose(): void {
    this.service.dispose();
    this.client.dispose();
    this.server.dispose();
  }
}

describe('diagnostics of the match beside the scheme’s own', () => {
  let pair: Pair;
  let folder: string;
  let uri: string;

  beforeEach(() => {
    pair = new Pair();
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-extra-'));
    const file = path.join(folder, 'model_scheme.json');
    writeFileSync(file, `\n\n${text}`);
    uri = pathToFileURL(file).href;
  });

  afterEach(() => {
    pair.dispose();
    rmSync(folder, { recursive: true });
  });

  it('come with them when they are asked for, at the text as it is now', async () => {
    let refreshed = 0;
    pair.client.onRequest('workspace/diagnostic/refresh', () => {
      refreshed++;
      return null;
    });
    await pair.initialize({ textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } });
    await pair.open(uri);
    const before = await pair.pull(uri);
    pair.service.setExtra(uri, 'matchdown match', [difference]);
    const after = await pair.pull(uri, before.resultId);
    const extra = after.items.filter(({ source }) => source === 'matchdown match');
    assert.deepEqual(
      extra.map(({ range }) => range.start),
      [{ line: 2, character: text.split('\n')[2]?.indexOf('[3, 3]') }],
    );
    assert.equal(after.items.length, before.items.length + 1);
    pair.service.setExtra(uri, 'matchdown match', []);
    const last = await pair.pull(uri, after.resultId);
    assert.equal(last.items.length, before.items.length);
    assert.equal(refreshed, 2);
  });

  it('are pushed with them to a client that does not ask', async () => {
    await pair.initialize({});
    await pair.open(uri);
    await pair.pushedCodes(uri, ['scheme/wrong-type']);
    pair.service.setExtra(uri, 'matchdown match', [difference]);
    await pair.pushedCodes(uri, ['scheme/wrong-type', 'match/kernel']);
  });

  it('are pushed for a file that is not open, placed in what it says, and go over to the editor when it is opened', async () => {
    await pair.initialize({ textDocument: { diagnostic: {} } });
    pair.service.setExtra(uri, 'matchdown match', [difference]);
    await pair.pushedCodes(uri, ['match/kernel']);
    assert.equal(pair.published.at(-1)?.diagnostics[0]?.range.start.line, 4);
    await pair.open(uri);
    await pair.pushedCodes(uri, []);
    assert.ok((await pair.pull(uri)).items.some(({ code }) => code === 'match/kernel'));
    await pair.client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await pair.pushedCodes(uri, ['match/kernel']);
  });

  it('are not pushed for a file that is gone', async () => {
    await pair.initialize({});
    pair.service.setExtra(`${uri}.gone`, 'matchdown match', [difference]);
    await pair.pushedCodes(`${uri}.gone`, []);
  });
});
