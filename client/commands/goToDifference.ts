import type { Services } from '../services';

/** Goes on to the next difference of the Match panel in front, round the end. */
export function nextDifference({ matches }: Services): void {
  matches.goToDifference(1);
}

/** Goes back to the one before. */
export function previousDifference({ matches }: Services): void {
  matches.goToDifference(-1);
}
