import { strict as assert } from 'node:assert';
import { analyze } from '../../../core/shape/analyze';
import { processorSeconds } from '../../support/processorTime';
import { check, diagnosticOf, schemeOf } from './check';

const layer = '{ "type": "dense_set", "unit": 2 }';
const table = '"input_size": [4], "label_dim": 2';

describe('A scheme with extreme values', () => {
  it('has no number that is beyond all others', () => {
    const infinite = check(schemeOf(layer, table, '"learning_rate": <<wrong-type|1e999>>, '));
    assert.match(diagnosticOf(infinite, 'wrong-type').message, /a number above 0, not one beyond/);
    check(schemeOf(layer, table, '"learning_rate": 1e-3, '));
  });

  it('is checked in seconds, also when it is another program’s large file', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `"key${i}": ${i}`);
    const seconds = processorSeconds(() => {
      const { diagnostics, network } = analyze(`{${keys.join(',')}}`);
      assert.equal(network, undefined);
      assert.ok(diagnostics.length > 100 && diagnostics.length <= 500, String(diagnostics.length));
    });
    assert.ok(seconds < 20, `${seconds} s`);
  });
});
