import assert from 'node:assert/strict';
import { compileInference } from '../../../core/compile/inference';
import { initialWeights } from '../../../core/compile/weights';
import { matchSides } from '../../../core/match/match';
import type { MatchReport } from '../../../core/match/report';
import type { OnnxModel, OnnxNode } from '../../../core/onnx/model';
import { analyze } from '../../../core/shape/analyze';
import { literature } from '../shape/literature';
import { smallNetworks } from '../shape/smallNetworks';

const lstm = '{ "name": "lstm", "type": "lstm_set", "unit": 5 }';
const conv = (kernel: number) => `{ "name": "conv", "type": "conv1d_set", "kernel": ${kernel}, "channel": 4 }`;
const scheme = (...layers: string[]) =>
  `{ "data": { "input_size": [9, 3], "label_dim": 2 }, "model": { "network": [${layers}, { "type": "dense_set", "unit": 2 }] } }`;

function compiled(text: string) {
  const network = analyze(text).network!;
  return { network, model: compileInference(network, initialWeights(network, 1)) };
}

/** As somebody else would write it: another name for the producer, and the LSTM with an attribute that is not read. */
function written(model: OnnxModel, producerName = 'pytorch'): OnnxModel {
  const clip = ['clip', { type: 'float', value: 1e6 }] as const;
  const plain = (node: OnnxNode) =>
    node.opType === 'LSTM' ? { ...node, attributes: new Map([...node.attributes, clip]) } : node;
  return { ...model, producerName, graph: { ...model.graph, nodes: model.graph.nodes.map(plain) } };
}

async function verdict(intended: string, exported: OnnxModel): Promise<MatchReport['verdict']> {
  const side = { file: 'scheme.json', source: {}, ...compiled(intended) };
  const other = { file: 'model.onnx', source: {}, model: exported };
  return (await matchSides(side, other, async () => ({ done: true, holds: true }), { numeric: false })).verdict;
}

describe('layers that are written in ways which no rule reads', () => {
  it('leave the verdict open, where nothing else differs', async () => {
    const text = scheme(conv(3), lstm);
    assert.equal(await verdict(text, written(compiled(text).model)), 'undecided');
    assert.equal(await verdict(text, compiled(text).model), 'match');
  });

  it('do not hide what differs for certain', async () => {
    const exported = written(compiled(scheme(conv(3), lstm)).model);
    assert.equal(await verdict(scheme(conv(5), lstm), exported), 'mismatch');
    const more = '{ "name": "more", "type": "conv1d_set", "kernel": 3, "channel": 4 }';
    assert.equal(await verdict(scheme(conv(3), more, lstm), exported), 'mismatch');
  });

  it('differ for certain where everything was read', async () => {
    const text = scheme(conv(3), lstm);
    const gru = compiled(text.replace('lstm_set', 'gru_set')).model;
    assert.equal(await verdict(text, { ...gru, producerName: 'pytorch' }), 'mismatch');
    const both = compiled(text.replace('"unit": 5', '"unit": 5, "bidirectional": true')).model;
    assert.equal(await verdict(text, { ...both, producerName: 'pytorch' }), 'mismatch');
  });

  it('differ for certain in our own exports', async () => {
    const text = scheme(conv(3), lstm);
    assert.equal(await verdict(text, written(compiled(text).model, 'matchdown')), 'mismatch');
    const gru = compiled(text.replace('lstm_set', 'gru_set')).model;
    assert.equal(await verdict(text, gru), 'mismatch');
  });

  it('are themselves, every one of them', async () => {
    const fixtures = ['resnet18', 'bilstm_text', 'small_vision_transformer'].map((name) => literature[name]!.scheme);
    for (const each of [...Object.values(smallNetworks), ...fixtures]) {
      const text = JSON.stringify(each);
      assert.equal(await verdict(text, compiled(text).model), 'match', text);
    }
  });
});
