import type { SweepDefinition } from '../../../core/sweep/definition';
import { nextTrial } from '../../../core/sweep/plan';
import { parseRange, type Range } from '../../../core/sweep/range';
import type { SweepTrial } from '../../../core/sweep/record';

export function sweep(ranges: Readonly<Record<string, string>>, more: Partial<SweepDefinition> = {}): SweepDefinition {
  return {
    strategy: 'random',
    trials: 10,
    ranges: Object.fromEntries(Object.entries(ranges).map(([key, text]) => [key, range(text)])),
    fixed: {},
    objective: { tag: 'loss/validation', direction: 'minimize' },
    concurrency: 1,
    target: 'embedded',
    seeds: [],
    seed: 0,
    epochs: 27,
    ...more,
  };
}

export function range(text: string): Range {
  const parsed = parseRange(text);
  if (!parsed.ok || !parsed.range) throw new Error(`${text} is no range`);
  return parsed.range;
}

type Outcome = Pick<SweepTrial, 'state' | 'objective'>;

/** All trials of a sweep whose trainings end at once, one after the other. */
export function carryOut(definition: SweepDefinition, train: (trial: SweepTrial) => number | undefined): SweepTrial[] {
  const trials: SweepTrial[] = [];
  for (let planned = nextTrial(definition, trials); planned; planned = nextTrial(definition, trials)) {
    const trial: SweepTrial = { ...planned, state: 'running' };
    const objective = train(trial);
    const outcome: Outcome = objective === undefined ? { state: 'failed' } : { state: 'finished', objective };
    trials.push({ ...trial, ...outcome });
  }
  return trials;
}
