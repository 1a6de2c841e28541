import assert from 'node:assert/strict';
import { rungsOf } from '../../../core/sweep/halving';
import { nextTrial, overridesOf, plannedTrials } from '../../../core/sweep/plan';
import { bestTrial, rank } from '../../../core/sweep/ranking';
import type { SweepTrial } from '../../../core/sweep/record';
import { carryOut, sweep } from './sweeps';

const number = (trial: SweepTrial, key = 'x') => trial.values[key] as number;

describe('A grid', () => {
  it('has every combination, the last key changing fastest', () => {
    const trials = carryOut(sweep({ x: '1,2', y: 'a,b,c' }, { strategy: 'grid' }), () => 0);
    assert.deepEqual(
      trials.map(({ values }) => `${values.x}${values.y}`),
      ['1a', '1b', '1c', '2a', '2b', '2c'],
    );
    assert.deepEqual(trials[0]!.number, 1);
  });

  it('gives ranges as many values as there is room for', () => {
    const grid = sweep({ x: '0.0..1.0', y: '1e-3..1e-1:log', z: 'a,b,c' }, { strategy: 'grid', trials: 27 });
    const trials = carryOut(grid, () => 0);
    assert.equal(trials.length, 27);
    assert.deepEqual([...new Set(trials.map((trial) => number(trial)))], [0, 0.5, 1]);
    assert.deepEqual([...new Set(trials.map((trial) => number(trial, 'y')))], [0.001, 0.01, 0.1]);
  });

  it('of more combinations than trials draws some, all different', () => {
    const grid = sweep({ x: '0.0..1.0:100', y: '0.0..1.0:100' }, { strategy: 'grid', trials: 12 });
    const trials = carryOut(grid, () => 0);
    assert.equal(new Set(trials.map(({ values }) => JSON.stringify(values))).size, 12);
    assert.equal(plannedTrials(grid), 12);
  });
});

describe('A random search', () => {
  it('draws the same again, and something else with another seed', () => {
    const definition = sweep({ x: '1e-4..1e-1:log', y: '1..100' });
    const values = (seed: number) => carryOut({ ...definition, seed }, () => 0).map((trial) => trial.values);
    assert.deepEqual(values(3), values(3));
    assert.notDeepEqual(values(3), values(4));
  });

  it('tries no more configurations than there are, and each once', () => {
    const trials = carryOut(sweep({ x: '1..3', y: 'a,b' }, { trials: 50 }), () => 0);
    assert.equal(new Set(trials.map(({ values }) => JSON.stringify(values))).size, 6);
    assert.equal(trials.length, 6);
  });
});

describe('Seeds', () => {
  const definition = sweep({ x: '1,2' }, { strategy: 'grid', seeds: [7, 8, 9] });

  it('train each configuration as often', () => {
    const trials = carryOut(definition, () => 0);
    assert.deepEqual(
      trials.map(({ configuration, seed }) => [configuration, seed]),
      [0, 1].flatMap((configuration) => [7, 8, 9].map((seed) => [configuration, seed])),
    );
    assert.equal(plannedTrials(definition), 6);
    assert.deepEqual(overridesOf({ ...definition, fixed: { a: 1 } }, trials[1]!), { a: 1, x: 1, 'model.seed': 8 });
  });

  it('are averaged: one lucky training does not make a configuration the best', () => {
    const trials = carryOut(definition, ({ values, seed }) => (values.x === 1 ? (seed === 7 ? 0 : 1) : 0.5));
    assert.deepEqual(
      rank(definition, trials).map(({ values, score }) => [values.x, score]),
      [
        [2, 0.5],
        [1, 2 / 3],
      ],
    );
    assert.equal(bestTrial(definition, trials)?.values.x, 2);
  });

  it('a configuration with a training that failed has no score', () => {
    const trials = carryOut(definition, ({ values, seed }) => (values.x === 1 && seed === 8 ? undefined : 0));
    assert.equal(bestTrial(definition, trials)?.values.x, 2);
    assert.equal(rank(definition, trials)[1]?.score, undefined);
  });
});

describe('Successive halving', () => {
  const definition = sweep({ x: '0.0..1.0' }, { strategy: 'halving', trials: 9, epochs: 27 });

  it('trains a third of the configurations three times as long', () => {
    assert.deepEqual(rungsOf({ trials: 9, epochs: 27 }), [
      { configurations: 9, epochs: 3 },
      { configurations: 3, epochs: 9 },
      { configurations: 1, epochs: 27 },
    ]);
    assert.deepEqual(rungsOf({ trials: 20, epochs: 4 }), [
      { configurations: 20, epochs: 1 },
      { configurations: 6, epochs: 4 },
    ]);
    assert.deepEqual(rungsOf({ trials: 2, epochs: 100 }), [{ configurations: 2, epochs: 100 }]);
  });

  it('goes on with the best of each rung', () => {
    const trials = carryOut(definition, (trial) => number(trial));
    assert.equal(trials.length, 13);
    const smallest = trials
      .slice(0, 9)
      .map((trial) => number(trial))
      .sort((a, b) => a - b);
    assert.deepEqual(
      trials.slice(9, 12).map((trial) => number(trial)),
      smallest.slice(0, 3),
    );
    assert.equal(number(trials[12]!), smallest[0]);
    assert.deepEqual(
      trials.map(({ epochs }) => epochs),
      [...Array(9).fill(3), 9, 9, 9, undefined],
    );
    assert.deepEqual(bestTrial(definition, trials), trials[12]);
    assert.equal(plannedTrials(definition), 13);
  });

  it('waits for a rung to end, and goes on without those that failed', () => {
    const trials = carryOut(definition, (trial) => (trial.number > 2 ? undefined : number(trial)));
    assert.equal(trials.filter(({ rung }) => rung === 1).length, 2);
    const first = carryOut(definition, () => 0).slice(0, 9);
    const going = [...first.slice(0, 8), { ...first[8]!, state: 'running' as const }];
    assert.equal(nextTrial(definition, going), undefined);
    assert.equal(nextTrial(definition, first)?.rung, 1);
  });

  it('ends when every training failed', () => {
    assert.equal(carryOut(definition, () => undefined).length, 9);
  });
});

describe('A sweep that was interrupted', () => {
  for (const strategy of ['grid', 'random', 'halving', 'tpe'] as const)
    it(`goes on as if it had not been: ${strategy}`, () => {
      const definition = sweep({ x: '1e-3..1.0:log', y: 'a,b,c' }, { strategy, trials: 14, seeds: [1, 2] });
      const loss = (trial: SweepTrial) => (number(trial) - 0.2) ** 2 + (trial.values.y === 'b' ? 0 : 1);
      const whole = carryOut(definition, loss);
      for (const at of [1, 5, whole.length - 1]) {
        const read = JSON.parse(JSON.stringify({ definition, trials: whole.slice(0, at) }));
        assert.deepEqual(nextTrial(read.definition, read.trials)?.values, whole[at]!.values);
      }
    });
});
