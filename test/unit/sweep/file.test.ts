import assert from 'node:assert/strict';
import { parseSweepFile } from '../../../core/sweep/file';

describe('A sweep file', () => {
  it('writes ranges in three ways', () => {
    const parsed = parseSweepFile(`{
      // Comments are allowed.
      "scheme": "model_scheme.json",
      "strategy": "tpe",
      "ranges": {
        "model.learning_rate": "1e-4..1e-1:log",
        "model.optimizer": ["adam", "sgd"],
        "data.batch_size": { "from": 16, "to": 256, "scale": "log", "points": 5 },
        "model.network.conv_1.dropout": { "from": 0, "to": 1, "integer": false },
      },
      "seeds": [1, 2]
    }`);
    const interval = { kind: 'interval' as const, isLogarithmic: true };
    assert.deepEqual(parsed, {
      ok: true,
      file: {
        scheme: 'model_scheme.json',
        strategy: 'tpe',
        ranges: {
          'model.learning_rate': { ...interval, from: 1e-4, to: 0.1, isInteger: false },
          'model.optimizer': { kind: 'choice', values: ['adam', 'sgd'] },
          'data.batch_size': { ...interval, from: 16, to: 256, isInteger: true, points: 5 },
          'model.network.conv_1.dropout': { ...interval, isLogarithmic: false, from: 0, to: 1, isInteger: false },
        },
        seeds: [1, 2],
      },
    });
  });

  for (const [text, place, reason] of [
    ['', 0, /no JSON/],
    ['{"ranges": {', 12, /no JSON/],
    ['[]', 0, /^The sweep: /],
    ['{}', 0, /"ranges" is missing/],
    ['{"ranges": {}, "trails": 3}', 15, /^trails: There is no such key\. Did you mean "trials"\?$/],
    ['{"ranges": {}, "trials": "3"}', 15, /^trials: It has to be a whole number\.$/],
    ['{"ranges": {}, "trials": 0}', 15, /^trials: It is 1 at least\.$/],
    ['{"ranges": {}, "concurrency": 1e9}', 15, /^concurrency: It is 1000 at most\.$/],
    ['{"ranges": {}, "scheme": 1}', 15, /^scheme: It has to be a text\.$/],
    ['{"ranges": {}, "seeds": 1}', 15, /^seeds: It has to be a list\.$/],
    ['{"ranges": []}', 1, /^ranges: It has to be an object\.$/],
    ['{"ranges": {}, "strategy": "bayes"}', 15, /^strategy: It is one of grid, random/],
    ['{"ranges": {"a": "5"}}', 12, /^ranges\.a: A range is written/],
    [
      '{"ranges": {"a": {"from": 1, "to": 2, "steps": 3}}}',
      38,
      /^ranges\.a\.steps: There is no such key\. There are: from, to,/,
    ],
    ['{"ranges": {"a": {"from": 2, "to": 1}}}', 12, /^a: .* smaller to a larger/],
    ['{"ranges": {"a": "0..1:log"}}', 12, /^a: .* above 0/],
    ['{"ranges": {"a": "[1,2]"}}', 12, /^a: .* one value/],
  ] as const)
    it(`names the place of what is wrong in ${text}`, () => {
      const parsed = parseSweepFile(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
      assert.equal(parsed.offset, place);
    });
});
