import assert from 'node:assert/strict';
import { renderMatch } from '../../../core/match/formats';
import type { MatchReport } from '../../../core/match/report';
import { validateReport } from './schema';

const hostile = `</td><script>alert("1")</script>|\`*x*\``;

const report: MatchReport = {
  verdict: 'mismatch',
  intended: { file: '/project/a b/model_scheme.json', kind: 'scheme', parameters: 12 },
  exported: { file: 'model.onnx', kind: 'onnx', producer: 'pytorch 2.13.0', opset: 17 },
  layers: [
    { name: 'first', status: 'same', reasons: [] },
    {
      name: 'second',
      status: 'different',
      reasons: [
        { kind: 'different', key: 'kernel', message: 'kernel: 3 x 3 intended, 5 x 5 exported' },
        { kind: 'equivalent', rule: 'dense-layout', message: 'written otherwise' },
      ],
      intended: { type: 'conv2d_set', summary: 'convolution', nodes: [], path: ['model', 'network', 1], line: 7 },
      exported: { type: 'convolution', summary: hostile, nodes: [{ name: 'n', opType: 'Conv' }] },
    },
    { name: hostile, status: 'extra', reasons: [{ kind: 'extra', message: 'not intended\u0001' }] },
  ],
  proof: { done: false, reason: 'the graphs differ' },
  cannotBeTold: ['first: dropout 0.5'],
  undecided: [],
  notes: ['a note'],
};

describe('a match report', () => {
  it('as text has the verdict, every layer with a sign, the reasons and what cannot be told', () => {
    const text = renderMatch(report, 'text');
    assert.match(text, /^mismatch: /);
    assert.match(text, /= first/);
    assert.match(text, /≠ second/);
    assert.match(text, /kernel: 3 x 3 intended, 5 x 5 exported/);
    assert.match(text, /dropout 0\.5/);
    assert.ok(text.endsWith('\n'));
  });

  it('as JSON is what its schema says', () => {
    assert.deepEqual(JSON.parse(renderMatch(report, 'json')), report);
    assert.ok(validateReport(report), JSON.stringify(validateReport.errors));
    assert.ok(!validateReport({ ...report, verdict: 'maybe' }));
  });

  it('as SARIF has a result for each difference, at the line of the scheme', () => {
    const [run] = JSON.parse(renderMatch(report, 'sarif')).runs;
    const rules = run.results.map(({ ruleId }: { ruleId: string }) => ruleId);
    assert.deepEqual(rules, ['match/different', 'match/extra', 'match/cannot-be-told']);
    const place = run.results[0].locations[0].physicalLocation;
    assert.equal(place.region.startLine, 7);
    assert.equal(place.artifactLocation.uri, 'file:///project/a%20b/model_scheme.json');
  });

  it('as JUnit has a case for each layer and one for the proof', () => {
    const xml = renderMatch(report, 'junit');
    assert.match(xml, /tests="4" failures="2" skipped="1"/);
    assert.ok(!xml.includes('<script>') && !xml.includes('\u0001'));
  });

  it('as Markdown and HTML lets no name become markup', () => {
    const markdown = renderMatch(report, 'markdown');
    assert.ok(!markdown.includes('<script>'));
    assert.equal(markdown.split('\n').filter((line) => line.startsWith('|')).length, 5);
    const html = renderMatch(report, 'html');
    assert.ok(!html.includes('<script>') && !html.includes('http://') && !html.includes('https://'));
    assert.match(html, /Content-Security-Policy/);
  });
});
