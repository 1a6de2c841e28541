import assert from 'node:assert/strict';
import type { LayerVerdict, MatchReport, Reason } from '../../../core/match/report';
import { analyze } from '../../../core/shape/analyze';
import { matchFindings } from '../../../server/matchFindings';

const text = `{
  "data": { "image_size": [8, 8, 1], "label_dim": 3 },
  "model": { "network": [
    { "name": "one", "type": "conv2d_set", "kernel": [3, 3], "channel": 4, "activation": "leaky_relu",
      "maxpooling": { "pooling_size": [2, 2] }, "dropout": 0.5 },
    { "name": "two", "type": "conv2d_set", "kernel": [3, 3], "channel": 4 }
  ] }
}`;

function reportOf(name: string, status: LayerVerdict['status'], reason: Partial<Reason>): MatchReport {
  const reasons = [{ kind: status, message: 'a reason', ...reason }];
  return {
    verdict: 'mismatch',
    intended: { file: 'a.json', kind: 'scheme' },
    exported: { file: 'b.onnx', kind: 'onnx' },
    layers: [{ name, status, reasons }],
    proof: { done: false },
    cannotBeTold: [],
    undecided: [],
    notes: [],
  };
}

/** The scheme after the fix, as data; and what the finding stands on. */
function fixed(name: string, status: LayerVerdict['status'], reason: Partial<Reason>) {
  const [finding] = matchFindings(analyze(text), reportOf(name, status, reason));
  assert.ok(finding);
  const place = text.slice(finding.span.start, finding.span.end);
  const [fix] = finding.fixes;
  let after = text;
  for (const { span, text: inserted } of [...(fix?.changes ?? [])].reverse()) {
    after = after.slice(0, span.start) + inserted + after.slice(span.end);
  }
  const analysis = analyze(after);
  assert.deepEqual(
    analysis.diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return { place, title: fix?.title, network: JSON.parse(after).model.network, code: finding.code };
}

describe('a difference on the scheme', () => {
  it('stands on the value that differs, and can be taken over', () => {
    const { place, network, title, code } = fixed('one', 'different', { key: 'kernel', exportedValue: [5, 5] });
    assert.equal(place, '[3, 3]');
    assert.equal(code, 'match/different');
    assert.match(title!, /kernel = \[5,5\]/);
    assert.deepEqual(network[0].kernel, [5, 5]);
  });

  it('stands on the layer when the scheme leaves the value out, which is then written', () => {
    const { place, network } = fixed('two', 'different', { key: 'stride', exportedValue: [2, 2] });
    assert.equal(place, '"two"');
    assert.deepEqual(network[1].stride, [2, 2]);
  });

  it('is found in the object that a setting stands in', () => {
    const pooled = fixed('one', 'different', { key: 'pooling_size', exportedValue: [4, 4] });
    assert.deepEqual(pooled.network[0].maxpooling, { pooling_size: [4, 4] });
    const alpha = fixed('one', 'different', { key: 'alpha', exportedValue: Math.fround(0.2) });
    assert.deepEqual(alpha.network[0].activation, { type: 'leaky_relu', alpha: 0.2 });
  });

  it('removes what is not exported, a whole layer too', () => {
    const without = fixed('one', 'different', { key: 'maxpooling', intendedValue: [2, 2] });
    assert.ok(!('maxpooling' in without.network[0]));
    assert.deepEqual(fixed('two', 'missing', {}).network.length, 1);
  });

  it('has no fix where none can be written', () => {
    assert.equal(fixed('one', 'different', { key: 'activation', exportedValue: 'Gelu' }).title, undefined);
    assert.equal(fixed('one', 'different', { key: 'dtype', exportedValue: 'float16' }).title, undefined);
    assert.equal(fixed('Conv_7', 'extra', {}).title, undefined);
  });

  it('is none where the layers only are written differently', () => {
    assert.deepEqual(matchFindings(analyze(text), reportOf('one', 'equivalent', { rule: 'x' })), []);
    assert.deepEqual(matchFindings(analyze(text), reportOf('one', 'cannot be told', {})), []);
  });
});
