import assert from 'node:assert/strict';
import type {
  DocumentDiagnosticReport,
  FullDocumentDiagnosticReport,
  InlayHint,
  PublishDiagnosticsParams,
} from 'vscode-languageserver';
import type { ResponseFailure } from './plainClient';
import { ProtocolSession, rangeOf } from './session';

const text = `{
  "data": { "image_size": [30, 30, 1], "label_dim": 3 },
  "model": { "network": [{ "type": "conv2d_set", "kernel": [3, 3], "chanel": 8 }] }
}
`;

function codesOf(report: DocumentDiagnosticReport): unknown[] {
  return (report as FullDocumentDiagnosticReport).items.map(({ code }) => code);
}

/** A scheme of so many layers; each takes four lines, so that edits and positions are like those of a real one. */
function longScheme(layers: number): string {
  const layer = (index: number) =>
    `      {\n        "name": "conv_${index}",\n        "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "activation": "relu"\n      }`;
  const network = Array.from({ length: layers }, (_, index) => layer(index)).join(',\n');
  return `{\n  "data": { "image_size": [32, 32, 8], "label_dim": 3 },\n  "model": {\n    "network": [\n${network}\n    ]\n  }\n}\n`;
}

describe('diagnostics that a client asks for', () => {
  let session: ProtocolSession;

  beforeEach(async () => {
    session = await ProtocolSession.start({ textDocument: { diagnostic: {} } });
  });

  afterEach(() => session.client.kill());

  it('come when they are asked for, and only then', async () => {
    let pushes = 0;
    session.client.on<PublishDiagnosticsParams>('textDocument/publishDiagnostics', () => pushes++);
    const report = await session.pull(session.open(text));
    assert.equal(report.kind, 'full');
    assert.ok(codesOf(report).includes('scheme/unknown-key'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(pushes, 0);
  });

  it('are not sent twice for one text', async () => {
    const uri = session.open(text);
    const first = await session.pull(uri);
    const again = await session.pull(uri, first.resultId);
    assert.deepEqual(again, { kind: 'unchanged', resultId: first.resultId });
    session.edit(uri, rangeOf(text, 'chanel'), 'channel');
    const mended = await session.pull(uri, first.resultId);
    assert.equal(mended.kind, 'full');
    assert.ok(!codesOf(mended).includes('scheme/unknown-key'));
  });

  it('are sent for a document that was closed and opened with another text, although its version is the same', async () => {
    const uri = session.open(text);
    const first = await session.pull(uri);
    session.close(uri);
    session.open(text.replace('chanel', 'channel'));
    const other = await session.pull(uri, first.resultId);
    assert.equal(other.kind, 'full');
    assert.ok(!codesOf(other).includes('scheme/unknown-key'));
  });

  it('that are cancelled are not computed', async () => {
    const uri = session.open(longScheme(3000));
    const { id, result } = session.client.requestWithId('textDocument/diagnostic', { textDocument: { uri } });
    session.client.notify('$/cancelRequest', { id });
    await assert.rejects(result, (error: ResponseFailure) => [-32800, -32802].includes(error.code));
  });

  it('of 10,000 layers take ten times as long as those of 1,000, not a hundred times', async () => {
    // The least of three: what else the machine does only adds to it.
    const timeOf = async (layers: number) => {
      const times: number[] = [];
      for (const turn of [1, 2, 3]) {
        const uri = session.open(longScheme(layers), `untitled:${layers}/${turn}/model_scheme.json`);
        const started = performance.now();
        const report = await session.pull(uri);
        times.push(performance.now() - started);
        assert.ok(codesOf(report).includes('scheme/implicit-head'));
        session.close(uri);
      }
      return Math.min(...times);
    };
    await timeOf(100);
    const thousand = await timeOf(1000);
    const tenThousand = await timeOf(10_000);
    assert.ok(tenThousand < 40 * thousand, `${tenThousand} ms for 10,000 layers, ${thousand} ms for 1,000`);
  });

  it('and everything else of 10,000 layers is about the text as it is now', async () => {
    const long = longScheme(10_000);
    const uri = session.open(long);
    session.edit(uri, rangeOf(long, '"channel": 8'), '"channel": 16');
    const lines = { start: { line: 4, character: 0 }, end: { line: 9, character: 0 } };
    const [hints] = await Promise.all([
      session.ask<InlayHint[]>('inlayHint', uri, { range: lines }),
      session.pull(uri),
    ]);
    assert.match(String(hints[0]?.label), /32×32×16/);
  });
});
