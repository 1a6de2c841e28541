import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { editDistance, nearest } from '../../../core/scheme/nearest';

describe('The nearest name', () => {
  const activations = ['linear', 'relu', 'relu6', 'leaky_relu', 'elu', 'selu', 'sigmoid'];

  it('is the one with the fewest edits', () => {
    assert.equal(nearest('rellu', activations), 'relu');
    assert.equal(nearest('sigmiod', activations), 'sigmoid');
    assert.equal(nearest('LeakyReLU', activations), 'leaky_relu');
  });

  it('is the shortest longer one', () => {
    assert.equal(nearest('conv2d', ['separable_conv2d_set', 'conv2d_transpose_set', 'conv2d_set']), 'conv2d_set');
  });

  it('is none when none is near', () => {
    assert.equal(nearest('banana', activations), undefined);
    assert.equal(nearest('', activations), undefined);
    assert.equal(nearest('x', ['y']), 'y');
  });

  it('counts a letter more, less, other, or two swapped', () => {
    for (const [a, b, distance] of [
      ['kernel', 'kernel', 0],
      ['kernel', 'kernl', 1],
      ['kernel', 'kernels', 1],
      ['kernel', 'karnel', 1],
      ['kernel', 'kenrel', 1],
      ['kernel', 'lenrek', 3],
      ['', 'abc', 3],
    ] as const) {
      assert.equal(editDistance(a, b), distance, `${a} -> ${b}`);
    }
  });

  it('is the same with and without a limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 6 }), (a, b, limit) => {
        assert.equal(editDistance(a, b, limit), Math.min(editDistance(a, b), limit));
        assert.equal(editDistance(a, b), editDistance(b, a));
      }),
    );
  });
});
