import assert from 'node:assert/strict';
import { optimizers } from '../../../core/compile/optimizers';
import { stateArrays } from '../../../core/compile/optimizers/momentsProgram';
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
    for (const length of [1, 3, 16384, 40001]) {
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

  it('does the same where the state lies in its own memory', () => {
    const lengths = [17, 20001, 3];
    const states = lengths.map(randomValues);
    const own = stateArrays(lengths.flatMap((length) => [length, length, length]));
    for (const [index, { parameter, gradient, slots }] of states.entries()) {
      const [ownParameter, ...ownSlots] = own.slice(3 * index, 3 * index + 3);
      for (const [to, from] of [parameter, ...slots].entries()) own[3 * index + to].set(from);
      optimizers.adam.update({ parameter: ownParameter, gradient, slots: ownSlots }, settings);
      optimizers.adam.update({ parameter, gradient, slots }, settings);
    }
    const expected = states.flatMap(({ parameter, slots }) => [parameter, ...slots]);
    for (const [index, array] of own.entries()) assert.deepEqual(array, expected[index]);
  });

  it('leaves what is around a parameter as it is, and the gradient', () => {
    const { parameter, gradient, slots } = randomValues(20000);
    const inner = (array: Float32Array) => array.subarray(5, 19990);
    const before = [parameter, ...slots].map((array) => array.slice());
    const gradientBefore = gradient.slice();
    optimizers.adam.update(
      { parameter: inner(parameter), gradient: inner(gradient), slots: slots.map(inner) },
      settings,
    );
    for (const [index, array] of [parameter, ...slots].entries()) {
      assert.deepEqual(array.subarray(0, 5), before[index].subarray(0, 5));
      assert.deepEqual(array.subarray(19990), before[index].subarray(19990));
      assert.notEqual(array[5], before[index][5]);
      assert.notEqual(array[19989], before[index][19989]);
    }
    assert.deepEqual(gradient, gradientBefore);
  });
});
