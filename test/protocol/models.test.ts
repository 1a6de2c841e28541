import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseModel } from '../../core/onnx/parseText';
import { encodeModel } from '../../core/onnx/write';
import type { GraphOutline, ModelReading, NodeDetails, TensorStatistics } from '../../core/protocol/onnx';
import { ProtocolSession } from './session';

const text = `<opset_import: ["" : 17]> g (float[batch,2,4,4] x) => (float y) <float[3,2,3,3] w> {
  a = Conv(x, w)
  y = Relu(a)
}`;

/** In a folder that is not trusted: models are only read. */
describe('matchdown/model', () => {
  let session: ProtocolSession;
  let folder: string;
  let file: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-'));
    file = path.join(folder, 'model.onnx');
    session = await ProtocolSession.start({ folder });
  });
  beforeEach(() => writeFileSync(file, encodeModel(parseModel(text))));
  after(() => {
    session.client.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = <R>(about: string, params: object) => session.client.request<R>(`matchdown/model/${about}`, params);

  async function question() {
    const reading = await ask<ModelReading>('read', { file });
    assert.ok(reading.ok);
    return { file, version: reading.version, graph: '' };
  }

  it('answers what is in a model', async () => {
    const asked = await question();
    const { nodes } = await ask<GraphOutline>('graph', asked);
    assert.deepEqual(
      nodes.map(({ operator, from }) => [operator, from]),
      [
        ['Conv', [-1]],
        ['Relu', [0]],
      ],
    );
    assert.deepEqual(await ask('shapes', asked), [
      ['batch', 3, 2, 2],
      ['batch', 3, 2, 2],
    ]);
    const details = await ask<NodeDetails>('node', { ...asked, node: 0 });
    const { tensor } = details.inputs[1]!;
    const { figures } = await ask<TensorStatistics>('tensor', { ...asked, node: 0, tensor });
    assert.equal(figures?.count, 54);
  });

  it('answers a damaged model with the place, and a missing one with a sentence', async () => {
    writeFileSync(file, 'no model at all');
    const reading = await ask<ModelReading>('read', { file });
    assert.ok(!reading.ok && reading.offset !== undefined);
    await assert.rejects(ask('read', { file: path.join(folder, 'none.onnx') }), /none\.onnx.*no such file/i);
  });

  it('refuses questions about what was there before', async () => {
    const asked = await question();
    await question();
    await assert.rejects(ask('graph', asked), /has changed/);
  });
});
