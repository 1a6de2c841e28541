import { strict as assert } from 'node:assert';
import { checkLayers, diagnosticOf, fixed } from './check';

/** A layer that fits anywhere. */
const any = (keys: string) => `{ ${keys}"type": "dropout", "rate": 0.1 }`;

describe('Names of layers', () => {
  it('are unique', () => {
    const same = checkLayers(`${any('"name": "one", ')}, ${any('"name": <<duplicate-name|"one">>, ')}`);
    assert.equal(diagnosticOf(same, 'duplicate-name').layer, 'one');
    assert.equal(diagnosticOf(same, 'duplicate-name').related!.length, 1);
    assert.match(fixed(same, 'duplicate-name'), /"name": "one_2"/);
    checkLayers(`${any('"name": "one", ')}, ${any('"name": "One", ')}`);
  });

  it('that are taken get the next free number', () => {
    const names = ['drop_1', 'drop_2', 'drop_1'].map((name, index) =>
      any(`"name": ${index === 2 ? `<<duplicate-name|"${name}">>` : `"${name}"`}, `),
    );
    assert.match(fixed(checkLayers(names.join(', ')), 'duplicate-name'), /"name": "drop_3"/);
  });

  it('are the type and the number where none is given', () => {
    const { layers } = checkLayers(`${any('')}, ${any('')}, { "type": "fully_connected_set", "unit": 2 }`);
    assert.deepEqual(
      layers.map(({ name, nameSpan }) => [name, nameSpan]),
      [
        ['dropout_1', undefined],
        ['dropout_2', undefined],
        ['dense_set_3', undefined],
      ],
    );
    checkLayers(`${any('"name": "dropout_2", ')}, ${any('').replace('"dropout"', '<<duplicate-name|"dropout">>')}`);
  });

  it('are not that of the data, and not empty', () => {
    checkLayers(any('"name": <<reserved-name|"data">>, '));
    checkLayers(any('"name": <<out-of-range|"">>, '));
    checkLayers(any('"name": "특징", '));
  });
});

describe('Inputs of layers', () => {
  it('are earlier layers, or the data', () => {
    const { network } = checkLayers(
      `${any('"name": "a", ')}, ${any('"name": "b", ')}, { "type": "add", "inputs": ["a", "b"] }, { "type": "add", "inputs": ["dropout_x", "data"] }`.replace(
        '"dropout_x"',
        '"add_3"',
      ),
    );
    assert.deepEqual(network!.operations.map(({ id, inputs }) => [id, inputs]).slice(0, 4), [
      ['a/dropout', ['data']],
      ['b/dropout', ['a/dropout']],
      ['add_3/add', ['a/dropout', 'b/dropout']],
      ['add_4/add', ['add_3/add', 'data']],
    ]);
  });

  it('that do not exist are errors, with the nearest name as a fix', () => {
    const near = checkLayers(`${any('"name": "one", ')}, ${any('"input": <<unknown-input|"ome">>, ')}`);
    assert.match(fixed(near, 'unknown-input'), /"input": "one"/);
    const far = checkLayers(`${any('')}, ${any('"input": <<unknown-input|"xyz">>, ')}`);
    assert.deepEqual(diagnosticOf(far, 'unknown-input').fixes, []);
    checkLayers(`{ "type": "add", "inputs": ["data", <<unknown-input|"xyz">>] }`);
  });

  it('are not the layer itself', () => {
    checkLayers(any('"name": "one", "input": <<self-input|"one">>, '));
  });

  it('do not come later', () => {
    const later = checkLayers(
      `${any('"name": "one", "input": <<later-input|"two">>, ')}, ${any('"name": "two", "input": "data", ')}`,
    );
    assert.equal(diagnosticOf(later, 'later-input').related!.length, 1);
  });

  it('are not a circle', () => {
    const circle = checkLayers(
      `${any('"name": "one", "input": <<cycle|"three">>, ')}, ${any('"name": "two", ')}, ${any('"name": "three", ')}`,
    );
    assert.match(diagnosticOf(circle, 'cycle').message, /one ← three ← two ← one/);
  });

  it('are two or more for layers that merge, one for the others', () => {
    checkLayers('{ "type": "add", "inputs": <<wrong-length|["data"]>> }');
    checkLayers('{ "type": <<missing-key|"add">> }');
    checkLayers('{ "type": "add", "inputs": ["data", "data"] }');
    checkLayers('{ "type": "flatten", <<unknown-key|"inputs">>: ["data", "data"] }');
  });
});
