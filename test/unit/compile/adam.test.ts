import assert from 'node:assert/strict';
import { optimizers } from '../../../core/compile/optimizers';
import { randomNumbers } from '../../../core/compile/weights';
import type { Optimizer } from '../../../core/scheme/types';

const optimizer: Optimizer = {
  type: 'adam',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  momentum: 0,
  weightDecay: 0.01,
};
const settings = { optimizer, step: 3, learningRate: 0.01 };

function randomValues(length: number) {
  const random = randomNumbers('adam');
  const array = () => Float32Array.from({ length }, () => random() - 0.5);
  return { parameter: array(), gradient: array(), slots: [array(), array().map((value) => value * value)] };
}

describe('Adam, in WebAssembly', () => {
  it('does a parameter of any length as its rule says', () => {
    for (const length of [1, 3, 4096, 10001]) {
      const values = randomValues(length);
      const expected = values.parameter.map((parameter, i) => {
        const slope = values.gradient[i] + 0.01 * parameter;
        const mean = 0.9 * values.slots[0][i] + 0.1 * slope;
        const square = 0.999 * values.slots[1][i] + 0.001 * slope * slope;
        return parameter - (0.01 * (mean / (1 - 0.9 ** 3))) / (Math.sqrt(square / (1 - 0.999 ** 3)) + 1e-8);
      });
      optimizers.adam.update(values, settings);
      for (const [i, value] of values.parameter.entries()) assert.ok(Math.abs(value - expected[i]) < 1e-6, `${i}`);
    }
  });

  it('leaves what is around a parameter as it is, and the gradient', () => {
    const { parameter, gradient, slots } = randomValues(4200);
    const inner = (array: Float32Array) => array.subarray(5, 4150);
    const before = [parameter, ...slots].map((array) => array.slice());
    const gradientBefore = gradient.slice();
    optimizers.adam.update(
      { parameter: inner(parameter), gradient: inner(gradient), slots: slots.map(inner) },
      settings,
    );
    for (const [index, array] of [parameter, ...slots].entries()) {
      assert.deepEqual(array.subarray(0, 5), before[index].subarray(0, 5));
      assert.deepEqual(array.subarray(4150), before[index].subarray(4150));
      assert.notEqual(array[5], before[index][5]);
      assert.notEqual(array[4149], before[index][4149]);
    }
    assert.deepEqual(gradient, gradientBefore);
  });
});
