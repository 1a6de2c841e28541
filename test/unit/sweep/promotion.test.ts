import assert from 'node:assert/strict';
import { promotedFrom, whyFromTheBeginning } from '../../../core/sweep/promotion';
import type { SweepRecord } from '../../../core/sweep/record';
import { carryOut, sweep } from './sweeps';

describe('a trial that was promoted', () => {
  const model = (type: 'constant' | 'step' | 'cosine') => ({
    learningRateSchedule: { type, warmup: 0, every: 1, gamma: 0.1 },
  });
  const embedded: SweepRecord['launch'] = { target: { name: 'embedded', kind: 'embedded' } };

  it('is the continuation of the same configuration with the same seed, one rung below', () => {
    const definition = sweep(
      { 'model.learning_rate': '1e-4..1e-1:log' },
      { strategy: 'halving', trials: 9, seeds: [1, 2] },
    );
    const trials = carryOut(definition, ({ values }) => values['model.learning_rate'] as number);
    for (const trial of trials) {
      const earlier = promotedFrom(trials, trial);
      if (trial.rung === 0) assert.equal(earlier, undefined);
      else
        assert.deepEqual([earlier?.rung, earlier?.values, earlier?.seed], [trial.rung - 1, trial.values, trial.seed]);
    }
    assert.equal(trials.filter(({ rung }) => rung > 0).length, 8);
  });

  it('goes on from its checkpoint where the result is the same', () => {
    assert.equal(whyFromTheBeginning(embedded, model('constant')), undefined);
    assert.equal(whyFromTheBeginning({ ...embedded, device: 'cpu' }, model('step')), undefined);
  });

  it('is trained from its beginning where it would not be', () => {
    assert.match(whyFromTheBeginning(embedded, model('cosine')) ?? '', /cosine/);
    assert.match(whyFromTheBeginning({ ...embedded, device: 'cuda' }, model('constant')) ?? '', /processor/);
    assert.match(whyFromTheBeginning({ target: { name: 'l', kind: 'local' } }, model('constant')) ?? '', /embedded/);
  });
});
