import assert from 'node:assert/strict';
import type { SweepDefinition } from '../../../core/sweep/definition';
import { bestTrial } from '../../../core/sweep/ranking';
import type { SweepTrial } from '../../../core/sweep/record';
import { carryOut, sweep } from './sweeps';

/** A bowl with its lowest place at a rate of 0.01, a dropout of 0.3, 64 channels and the second optimizer. */
function loss({ values }: SweepTrial): number {
  const rate = Math.log10(values.rate as number) + 2;
  const dropout = ((values.dropout as number) - 0.3) * 4;
  const channels = Math.log2(values.channels as number) - 6;
  return rate ** 2 + dropout ** 2 + (channels / 2) ** 2 + (values.optimizer === 'adam' ? 0 : 0.5);
}

const space = { rate: '1e-5..1.0:log', dropout: '0.0..0.9', channels: '4..512:log', optimizer: 'sgd,adam,rmsprop' };

describe('The tree-structured Parzen estimator', () => {
  const best = (definition: SweepDefinition) => bestTrial(definition, carryOut(definition, loss))!.objective!;
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);

  it('finds better configurations than a random search, over 40 seeds', () => {
    const bests = (strategy: 'tpe' | 'random') =>
      seeds.map((seed) => best(sweep(space, { strategy, trials: 40, seed })));
    const [tpe, random] = [bests('tpe'), bests('random')];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const wins = tpe.filter((value, index) => value < random[index]!).length;
    assert.ok(mean(tpe) < mean(random) / 2, `${mean(tpe)} and ${mean(random)}`);
    assert.ok(wins >= 32, `${wins} of 40`);
  });

  it('maximizes too', () => {
    const definition = sweep(space, { strategy: 'tpe', trials: 40 });
    const maximum = { ...definition, objective: { tag: 'accuracy/validation', direction: 'maximize' as const } };
    const found = bestTrial(
      maximum,
      carryOut(maximum, (trial) => -loss(trial)),
    )!;
    assert.ok(found.objective! > -0.5, String(found.objective));
  });

  it('stays within the ranges and proposes nothing twice', () => {
    const definition = sweep({ x: '1..6', y: 'a,b,c,d' }, { strategy: 'tpe', trials: 24 });
    const trials = carryOut(definition, ({ values }) => values.x as number);
    assert.equal(new Set(trials.map(({ values }) => JSON.stringify(values))).size, 24);
    assert.ok(trials.every(({ values }) => [1, 2, 3, 4, 5, 6].includes(values.x as number)));
  });

  it('keeps away from where trainings fail', () => {
    const definition = sweep({ x: '0.0..1.0' }, { strategy: 'tpe', trials: 40 });
    const place = ({ values }: SweepTrial) => values.x as number;
    const trials = carryOut(definition, (trial) => (place(trial) > 0.5 ? undefined : (place(trial) - 0.3) ** 2));
    const late = trials.slice(20).filter(({ state }) => state === 'failed').length;
    assert.ok(late <= 3, `${late} of 20, where a random search has 10`);
  });
});
