import type { SweepDefinition } from './definition';
import { gridConfigurations } from './grid';
import { type Rung, rungsOf } from './halving';
import { randomConfiguration, spaceSize, type Values } from './random';
import { rank, rankRung } from './ranking';
import { isOpen, type SweepTrial } from './record';
import { tpeConfiguration } from './tpe';

/** A trial that is to be started. */
export type PlannedTrial = Pick<SweepTrial, 'number' | 'configuration' | 'rung' | 'seed' | 'values' | 'epochs'>;

/**
 * The next trial of a sweep, given all that were started so far; undefined when there is none, or none before others have
 * ended. It follows from the definition and the trials alone, so that a sweep that was interrupted goes on as if it had not been.
 */
export function nextTrial(definition: SweepDefinition, trials: readonly SweepTrial[]): PlannedTrial | undefined {
  const next = missingSeed(definition, trials) ?? nextConfiguration(definition, trials);
  if (!next) return undefined;
  const epochs = definition.strategy === 'halving' ? rungs(definition)[next.rung]!.epochs : definition.epochs;
  return { ...next, number: trials.length + 1, ...(epochs < definition.epochs && { epochs }) };
}

/** How many trainings a sweep has, as far as that can be said at its start. */
export function plannedTrials(definition: SweepDefinition): number {
  const seeds = Math.max(1, definition.seeds.length);
  if (definition.strategy === 'halving')
    return rungs(definition).reduce((sum, { configurations }) => sum + configurations, 0) * seeds;
  return limitOf(definition) * seeds;
}

/** What the scheme is changed by for a trial. */
export function overridesOf(
  { fixed }: SweepDefinition,
  { values, seed, epochs }: Pick<SweepTrial, 'values' | 'seed' | 'epochs'>,
): Record<string, unknown> {
  return {
    ...fixed,
    ...values,
    ...(seed !== undefined && { 'model.seed': seed }),
    ...(epochs !== undefined && { 'model.iteration': epochs }),
  };
}

type Next = Pick<SweepTrial, 'configuration' | 'rung' | 'seed' | 'values'>;

/** Every configuration is trained with all seeds before another one is begun. */
function missingSeed({ seeds }: SweepDefinition, trials: readonly SweepTrial[]): Next | undefined {
  const last = trials.at(-1);
  if (!last || last.seed === undefined) return undefined;
  const seed = seeds[seeds.indexOf(last.seed) + 1];
  const { configuration, rung, values } = last;
  return seed === undefined ? undefined : { configuration, rung, values, seed };
}

function nextConfiguration(definition: SweepDefinition, trials: readonly SweepTrial[]): Next | undefined {
  const known = knownValues(trials);
  const seed = definition.seeds[0];
  const start = { rung: 0, ...(seed !== undefined && { seed }) };
  if (known.length < limitOf(definition)) {
    return { ...start, configuration: known.length, values: propose(definition, trials, known) };
  }
  const promoted = definition.strategy === 'halving' ? nextPromoted(definition, trials) : undefined;
  return promoted && { ...start, ...promoted };
}

/** The values of the configurations so far, in their order. */
function knownValues(trials: readonly SweepTrial[]): Values[] {
  const byConfiguration = new Map(trials.map(({ configuration, values }) => [configuration, values]));
  return [...byConfiguration].sort(([a], [b]) => a - b).map(([, values]) => values);
}

/** How many configurations are tried: no more than there are. */
function limitOf(definition: SweepDefinition): number {
  if (definition.strategy === 'grid') return gridConfigurations(definition).length;
  return Math.min(definition.trials, spaceSize(definition));
}

function propose(definition: SweepDefinition, trials: readonly SweepTrial[], known: readonly Values[]): Values {
  switch (definition.strategy) {
    case 'grid':
      return gridConfigurations(definition)[known.length]!;
    case 'tpe':
      return tpeConfiguration(definition, rank(definition, trials), known);
    default:
      return randomConfiguration(definition, known);
  }
}

/** A rung begins once the one below has ended; what failed there goes no further. */
function nextPromoted(
  definition: SweepDefinition,
  trials: readonly SweepTrial[],
): Pick<Next, 'configuration' | 'rung' | 'values'> | undefined {
  for (const [rung, { configurations }] of rungs(definition).entries()) {
    if (rung === 0) continue;
    if (trials.some((trial) => trial.rung === rung - 1 && isOpen(trial))) return undefined;
    const best = rankRung(definition, trials, rung - 1).filter(({ score }) => score !== undefined);
    const isStarted = (configuration: number) =>
      trials.some((trial) => trial.rung === rung && trial.configuration === configuration);
    const next = best.slice(0, configurations).find(({ configuration }) => !isStarted(configuration));
    if (next) return { configuration: next.configuration, values: next.values, rung };
  }
  return undefined;
}

const rungs = (definition: SweepDefinition): Rung[] => rungsOf({ ...definition, trials: limitOf(definition) });
