import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction, PublishDiagnosticsParams } from 'vscode-languageserver';
import { compileInference } from '../../core/compile/inference';
import { initialWeights } from '../../core/compile/weights';
import type { MatchReport } from '../../core/match/report';
import { encodeModel } from '../../core/onnx/write';
import type { MatchFix } from '../../core/protocol/server';
import { analyze } from '../../core/shape/analyze';
import { ProtocolSession, rangeOf } from './session';

const text = `{
  "data": { "input_size": [4], "label_dim": 2 },
  "model": { "network": [{ "name": "hidden", "type": "dense_set", "unit": 8, "activation": "relu" }] }
}
`;

function onnx(scheme: string): Uint8Array {
  const { network } = analyze(scheme);
  assert.ok(network);
  return encodeModel(compileInference(network, initialWeights(network, 0)));
}

describe('matchdown/match', () => {
  let session: ProtocolSession;
  let folder: string;
  let scheme: string;

  const match = (exported: Uint8Array): Promise<MatchReport> => {
    const file = path.join(folder, 'model.onnx');
    writeFileSync(file, exported);
    return session.client.request('matchdown/match', {
      intended: scheme,
      exported: file,
      numeric: true,
      publish: true,
    });
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    scheme = path.join(folder, 'model_scheme.json');
    writeFileSync(scheme, text);
    session = await ProtocolSession.start({ folder, initializationOptions: { trusted: true } });
  });
  afterEach(() => {
    session.client.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers with the report', async () => {
    const { verdict, proof } = await match(onnx(text));
    assert.equal(verdict, 'match');
    assert.equal(proof.holds, true);
  });

  it('publishes differences on the scheme, with the exported value as a fix', async () => {
    const uri = session.open(text, pathToFileURL(scheme).href);
    const published = new Promise<PublishDiagnosticsParams>((resolve) => {
      session.client.on<PublishDiagnosticsParams>('textDocument/publishDiagnostics', (params) => {
        if (params.diagnostics.some(({ source }) => source === 'matchdown match')) resolve(params);
      });
    });
    const report = await match(onnx(text.replace('"relu"', '"tanh"')));
    assert.equal(report.verdict, 'mismatch');
    const diagnostic = (await published).diagnostics.find(({ source }) => source === 'matchdown match');
    assert.deepEqual(diagnostic?.range, rangeOf(text, '"relu"'));
    const actions = await session.client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic?.range,
      context: { diagnostics: [] },
    });
    const taken = actions.flatMap(({ edit }) => edit?.changes?.[uri] ?? []).map(({ newText }) => newText);
    assert.ok(taken.includes('"tanh"'), JSON.stringify(actions));
  });

  it('takes a difference back when the scheme is mended, and tells it again when that is undone', async () => {
    const uri = session.open(text, pathToFileURL(scheme).href);
    const told = (count: number) =>
      session.client.next<PublishDiagnosticsParams>(
        'textDocument/publishDiagnostics',
        ({ diagnostics }) => diagnostics.filter(({ source }) => source === 'matchdown match').length === count,
      );
    const [first] = [told(1), await match(onnx(text.replace('"relu"', '"tanh"')))];
    await first;
    const mended = told(0);
    session.replaceAll(uri, text.replace('"relu"', '"tanh"'));
    await mended;
    const undone = told(1);
    session.replaceAll(uri, text);
    await undone;
  });

  it('says which edits take exported values, for the text that is in the editor', async () => {
    const edited = `\n\n${text}`;
    session.open(edited, pathToFileURL(scheme).href);
    await match(onnx(text.replace('"relu"', '"tanh"')));
    const [fix, ...more] = await session.client.request<MatchFix[]>('matchdown/match/fixes', { scheme });
    assert.deepEqual(more, []);
    assert.deepEqual([fix?.layer, fix?.edits], ['hidden', [{ range: rangeOf(edited, '"relu"'), newText: '"tanh"' }]]);
    assert.match(fix?.message ?? '', /activation/);
  });

  it('answers a file that cannot be read with a sentence', async () => {
    await assert.rejects(match(new Uint8Array(0)), /model\.onnx.*empty/);
  });
});
