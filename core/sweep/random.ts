import { Random } from '../random';
import type { SweepDefinition } from './definition';
import { sizeOf, valueAt } from './range';

export type Values = Readonly<Record<string, unknown>>;

/** Draws every key by itself. `known` configurations are not drawn again, as long as there are others. */
export function randomConfiguration(definition: SweepDefinition, known: readonly Values[]): Values {
  const random = new Random(definition.seed, known.length);
  return drawNew(known, () =>
    Object.fromEntries(
      Object.entries(definition.ranges).map(([key, range]) => [key, valueAt(range, random.uniform())]),
    ),
  );
}

/** How many different configurations there are. */
export function spaceSize({ ranges }: SweepDefinition): number {
  return Object.values(ranges).reduce((product, range) => product * sizeOf(range), 1);
}

/** In a nearly exhausted space most draws are known already. */
const mostDraws = 1000;

/** The first draw that is not known; after `most` draws whatever comes. */
export function drawNew(known: readonly Values[], draw: () => Values, most = mostDraws): Values {
  let values = draw();
  for (let draws = 1; draws < most && isKnown(values, known); draws++) values = draw();
  return values;
}

export function isKnown(values: Values, known: readonly Values[]): boolean {
  const text = JSON.stringify(values);
  return known.some((other) => JSON.stringify(other) === text);
}
