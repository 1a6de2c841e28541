import assert from 'node:assert/strict';
import { schemeDifference } from '../../../core/report/schemeDifference';

const scheme = (network: string, model = '') =>
  `{"data": {"batch_size": 8}, "model": {${model} "network": [${network}]}}`;
const conv = (name: string, kernel = 3) =>
  `{"name": "${name}", "type": "conv2d_set", "kernel": [${kernel}, ${kernel}]}`;

describe('the difference between two schemes', () => {
  it('is empty for the same scheme written another way', () => {
    assert.deepEqual(schemeDifference(scheme(conv('a')), `// note\n${scheme(`${conv('a')},`)}`), []);
  });

  it('names a changed value by its place', () => {
    const [change, ...rest] = schemeDifference(
      scheme(conv('a'), '"learning_rate": 0.001,'),
      scheme(conv('a'), '"learning_rate": 0.01,'),
    );
    assert.deepEqual(change, { subject: 'model.learning_rate', kind: 'changed', before: 0.001, after: 0.01 });
    assert.equal(rest.length, 0);
  });

  it('follows layers by name: one inserted layer is one change', () => {
    assert.deepEqual(
      schemeDifference(scheme(`${conv('a')}, ${conv('b')}`), scheme(`${conv('a')}, ${conv('x')}, ${conv('b', 5)}`)),
      [
        { subject: 'x', kind: 'added', after: 'conv2d_set' },
        { subject: 'b.kernel', kind: 'changed', before: [3, 3], after: [5, 5] },
      ],
    );
  });

  it('tells moved layers from changed ones', () => {
    const [first, second, third] = ['a', 'b', 'c'].map((name) => conv(name));
    assert.deepEqual(
      schemeDifference(scheme(`${first}, ${second}, ${third}`), scheme(`${third}, ${first}, ${second}`)),
      [{ subject: 'c', kind: 'moved' }],
    );
    assert.deepEqual(schemeDifference(scheme(`${first}, ${second}`), scheme(second)), [
      { subject: 'a', kind: 'removed', before: 'conv2d_set' },
    ]);
  });

  it('looks into nested values and survives what is no scheme', () => {
    const optimizer = (momentum: number) => scheme('', `"optimizer": {"type": "momentum", "momentum": ${momentum}},`);
    assert.deepEqual(schemeDifference(optimizer(0.9), optimizer(0.5)), [
      { subject: 'model.optimizer.momentum', kind: 'changed', before: 0.9, after: 0.5 },
    ]);
    assert.deepEqual(schemeDifference('[1', 'null'), []);
  });
});
