import type { SweepDefinition } from './definition';
import { isOpen, type SweepTrial } from './record';

/** A configuration with all of its trials of one rung. */
export interface Ranked {
  readonly configuration: number;
  readonly rung: number;
  readonly values: SweepTrial['values'];
  readonly trials: readonly SweepTrial[];
  /** Mean of the trials' objectives; undefined until each of them has ended with one. */
  readonly score: number | undefined;
}

/**
 * The configurations, the best first: those that came to a later rung before the others, those without a score last. Equal ones
 * stay in order.
 */
export function rank(definition: SweepDefinition, trials: readonly SweepTrial[]): Ranked[] {
  const last = new Map<number, Ranked>();
  for (const ranked of configurations(definition, trials)) {
    const known = last.get(ranked.configuration);
    if (!known || known.rung < ranked.rung) last.set(ranked.configuration, ranked);
  }
  const better = comparison(definition);
  return [...last.values()].sort((a, b) => b.rung - a.rung || better(a, b));
}

/** The configurations of one rung, the best first. */
export function rankRung(definition: SweepDefinition, trials: readonly SweepTrial[], rung: number): Ranked[] {
  return configurations(definition, trials)
    .filter((ranked) => ranked.rung === rung)
    .sort(comparison(definition));
}

/** The best trial of the best configuration that has a score. */
export function bestTrial(definition: SweepDefinition, trials: readonly SweepTrial[]): SweepTrial | undefined {
  const best = rank(definition, trials).find(({ score }) => score !== undefined);
  const sign = definition.objective.direction === 'minimize' ? 1 : -1;
  return best && [...best.trials].sort((a, b) => sign * (a.objective! - b.objective!))[0];
}

/** In order of configuration and rung. */
export function configurations(definition: SweepDefinition, trials: readonly SweepTrial[]): Ranked[] {
  const groups = new Map<string, SweepTrial[]>();
  for (const trial of trials) {
    const key = `${trial.configuration} ${trial.rung}`;
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  const expected = Math.max(1, definition.seeds.length);
  return [...groups.values()].map((group) => {
    const { configuration, rung, values } = group[0]!;
    return { configuration, rung, values, trials: group, score: scoreOf(group, expected) };
  });
}

function scoreOf(trials: readonly SweepTrial[], expected: number): number | undefined {
  const objectives = trials.filter((trial) => !isOpen(trial)).map(({ objective }) => objective);
  if (objectives.length < expected || objectives.includes(undefined)) return undefined;
  return objectives.reduce<number>((sum, objective) => sum + objective!, 0) / objectives.length;
}

function comparison({ objective }: SweepDefinition): (a: Ranked, b: Ranked) => number {
  const sign = objective.direction === 'minimize' ? 1 : -1;
  return (a, b) => {
    if (a.score === undefined || b.score === undefined)
      return Number(a.score === undefined) - Number(b.score === undefined);
    return sign * (a.score - b.score);
  };
}
