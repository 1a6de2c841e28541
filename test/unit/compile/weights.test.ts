import assert from 'node:assert/strict';
import { initialWeights, randomNumbers } from '../../../core/compile/weights';
import type { Network, Parameter } from '../../../core/shape/network';
import { NetworkBuilder } from './networkBuilder';

function withParameter(parameter: Omit<Parameter, 'role' | 'trainable'>): Network {
  const network = new NetworkBuilder([2]).network();
  const operation = { parameters: [{ ...parameter, role: 'weight', trainable: true }] };
  return { ...network, operations: [operation as unknown as Network['operations'][number]] };
}

function values(parameter: Omit<Parameter, 'role' | 'trainable' | 'name'>, seed = 1, name = 'w'): Float32Array {
  return initialWeights(withParameter({ ...parameter, name }), seed).get(name)!;
}

function moments(numbers: Float32Array): { mean: number; deviation: number } {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const square = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(square) };
}

const normal = { kind: 'normal', fanIn: 50, gain: Math.SQRT2 } as const;

describe('weights before training', () => {
  it('are the same for the same seed and name, and no others', () => {
    const shape = [4, 5];
    assert.deepEqual(values({ shape, initializer: normal }), values({ shape, initializer: normal }));
    assert.notDeepEqual(values({ shape, initializer: normal }, 2), values({ shape, initializer: normal }));
    assert.notDeepEqual(values({ shape, initializer: normal }, 1, 'v'), values({ shape, initializer: normal }));
  });

  it('do not depend on other layers', () => {
    const alone = new NetworkBuilder([4]);
    alone.dense(3);
    const followed = new NetworkBuilder([4]);
    followed.dense(3);
    followed.dense(2);
    const name = 'layer_1/dense.weight';
    assert.deepEqual(initialWeights(alone.network(), 5).get(name), initialWeights(followed.network(), 5).get(name));
  });

  it('have the deviation of the normal initializer', () => {
    const { mean, deviation } = moments(values({ shape: [40_000], initializer: normal }));
    assert.ok(Math.abs(mean) < 0.005, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 0.2) < 0.005, `deviation ${deviation}`);
  });

  it('fill the range of the uniform initializer and stay inside', () => {
    const numbers = values({ shape: [40_000], initializer: { kind: 'glorot_uniform', fanIn: 10, fanOut: 14 } });
    assert.ok(Math.abs(Math.max(...numbers.slice(0, 9_000)) - 0.5) < 0.01);
    assert.ok(numbers.every((value) => Math.abs(value) <= 0.5));
    assert.ok(Math.abs(moments(numbers).deviation - 0.5 / Math.sqrt(3)) < 0.005);
  });

  it('are constant where they are to be', () => {
    assert.deepEqual([...values({ shape: [2], initializer: { kind: 'constant', value: 3 } })], [3, 3]);
  });
});

describe('random numbers', () => {
  it('stay as they are: old runs must be repeatable', () => {
    const next = randomNumbers('1 conv_1/conv.weight');
    const bits = Array.from({ length: 3 }, () => Math.floor(next() * 2 ** 32));
    assert.deepEqual(bits, [2838701856, 856930558, 2628196744]);
  });
});
