import assert from 'node:assert/strict';
import type { LearningRateSchedule, ModelSection } from '../../../core/scheme/types';
import { learningRate } from '../../../engine/training/schedule';

/** The rates of all steps of 4 epochs of 2 steps each. */
function rates(schedule: Partial<LearningRateSchedule>): number[] {
  const learningRateSchedule: LearningRateSchedule = { type: 'constant', warmup: 0, every: 1, gamma: 0.5, ...schedule };
  const model = { learningRate: 8, iteration: 4, learningRateSchedule } as ModelSection;
  return Array.from({ length: 8 }, (_, step) => Math.round(learningRate(model, step, 2) * 1e6) / 1e6);
}

describe('learning rates', () => {
  it('constant', () => assert.deepEqual(rates({}), [8, 8, 8, 8, 8, 8, 8, 8]));
  it('rising over the warm-up', () => assert.deepEqual(rates({ warmup: 2 }), [2, 4, 6, 8, 8, 8, 8, 8]));
  it('in steps of epochs', () => assert.deepEqual(rates({ type: 'step', every: 2 }), [8, 8, 8, 8, 4, 4, 4, 4]));
  it('half a cosine, from the full rate towards 0', () => {
    const expected = Array.from(
      { length: 8 },
      (_, step) => Math.round(4 * (1 + Math.cos((Math.PI * step) / 8)) * 1e6) / 1e6,
    );
    assert.deepEqual(rates({ type: 'cosine' }), expected);
  });
  it('half a cosine after the warm-up', () => {
    const [first, second, third, ...rest] = rates({ type: 'cosine', warmup: 1 });
    assert.deepEqual([first, second, third], [4, 8, 8]);
    assert.ok(rest.every((rate, i) => rate < [third!, ...rest][i]!) && rest.at(-1)! > 0);
  });
});
