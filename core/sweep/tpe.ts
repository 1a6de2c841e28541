import { Random } from '../random';
import type { SweepDefinition } from './definition';
import { drawNew, isKnown, randomConfiguration, type Values } from './random';
import { type Interval, placeOf, type Range, valueAt } from './range';
import type { Ranked } from './ranking';

/** Configurations that are drawn at random before there is something to learn from. */
const startup = 10;
/** The share of the configurations that counts as good, and at most how many. */
const goodShare = 0.15;
const mostGood = 25;
/** Draws among which the most promising one is taken. */
const candidates = 24;
/** Proposals that were tried already before one is drawn at random instead. */
const mostRepeated = 10;

/**
 * The next configuration by a tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for
 * Hyper-Parameter Optimization", NIPS 2011, section 4. For each key, the places of the good configurations give a density `l`
 * and those of the others a density `g`; of some draws from `l` the one with the largest `l / g` is taken, which has the largest
 * expected improvement. Configurations that failed, or are still trained, count among the others, so that they are not
 * proposed again.
 *
 * @param ranked the configurations so far, the best first, those without a score last
 * @param known the same in the order in which they were proposed
 */
export function tpeConfiguration(
  definition: SweepDefinition,
  ranked: readonly Ranked[],
  known: readonly Values[],
): Values {
  const scored = ranked.filter(({ score }) => score !== undefined).length;
  if (scored < startup) return randomConfiguration(definition, known);
  const goodCount = Math.min(mostGood, Math.ceil(goodShare * scored));
  const good = ranked.slice(0, goodCount).map(({ values }) => values);
  const others = ranked.slice(goodCount).map(({ values }) => values);
  const random = new Random(definition.seed, known.length, 0x747065);
  const propose = () =>
    Object.fromEntries(
      Object.entries(definition.ranges).map(([key, range]) => [
        key,
        mostPromising(range, valuesOf(good, key), valuesOf(others, key), random),
      ]),
    );
  const proposed = drawNew(known, propose, mostRepeated);
  return isKnown(proposed, known) ? randomConfiguration(definition, known) : proposed;
}

const valuesOf = (configurations: readonly Values[], key: string) => configurations.map((values) => values[key]);

function mostPromising(range: Range, good: readonly unknown[], others: readonly unknown[], random: Random): unknown {
  const [l, g] = [densityOf(range, good), densityOf(range, others)];
  const places = Array.from({ length: candidates }, () => l.draw(random));
  const gains = places.map((place) => Math.log(l.at(place)) - Math.log(g.at(place)));
  return valueAt(range, places[gains.indexOf(Math.max(...gains))]!);
}

/** A distribution of places from 0 to 1. */
interface Density {
  at(place: number): number;
  draw(random: Random): number;
}

function densityOf(range: Range, values: readonly unknown[]): Density {
  return range.kind === 'choice' ? choiceDensity(range.values, values) : parzenDensity(range, values);
}

/** As often as each value was seen, and one more value spread over all of them. */
function choiceDensity(all: readonly unknown[], seen: readonly unknown[]): Density {
  const texts = all.map((value) => JSON.stringify(value));
  const counts = texts.map((text) => 1 / all.length + seen.filter((value) => JSON.stringify(value) === text).length);
  const total = seen.length + 1;
  return {
    at: (place) => counts[Math.floor(place * all.length)]! / total,
    draw: (random) => (pick(counts, random) + 0.5) / all.length,
  };
}

/** A normal distribution around each place seen, cut off at 0 and 1, and one over the whole range. */
function parzenDensity(range: Interval, values: readonly unknown[]): Density {
  const seen = values.filter((value) => typeof value === 'number').map((value) => placeOf(range, value));
  const bells = [{ mean: 0.5, deviation: 1 }, ...bellsAround(seen)].map(cutOff);
  const weights = bells.map(() => 1);
  return {
    at: (place) => bells.reduce((sum, bell) => sum + bell.at(place), 0) / bells.length,
    draw: (random) => bells[pick(weights, random)]!.draw(random),
  };
}

interface Bell {
  readonly mean: number;
  readonly deviation: number;
}

/** As wide as the larger distance to a neighbour (the paper's section 4.2), within limits that depend on their number. */
function bellsAround(places: readonly number[]): Bell[] {
  const sorted = [...places].sort((a, b) => a - b);
  const narrowest = 1 / Math.min(100, 2 * (sorted.length + 1));
  return sorted.map((mean, index) => {
    const left = mean - (sorted[index - 1] ?? 0);
    const right = (sorted[index + 1] ?? 1) - mean;
    return { mean, deviation: Math.min(1, Math.max(narrowest, Math.max(left, right))) };
  });
}

function cutOff({ mean, deviation }: Bell): Density {
  const inside = cumulative((1 - mean) / deviation) - cumulative(-mean / deviation);
  const factor = 1 / (deviation * Math.sqrt(2 * Math.PI) * inside);
  return {
    at: (place) => factor * Math.exp(-0.5 * ((place - mean) / deviation) ** 2),
    draw: (random) => {
      for (;;) {
        const place = mean + deviation * normal(random);
        if (place >= 0 && place < 1) return place;
      }
    },
  };
}

function pick(weights: readonly number[], random: Random): number {
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return index < 0 ? weights.length - 1 : index;
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** The standard normal distribution up to `x`; error below 1e-6 (Abramowitz and Stegun, 26.2.17). */
function cumulative(x: number): number {
  const k = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - tail : tail;
}
