import type { Columns } from '../../core/events/columns';
import { scalars } from '../../core/events/run';
import type { RunRecord } from '../../core/runs/record';
import { EventFolder } from '../events';

/** The last and the best value of every scalar that a folder's event files hold; what was written by whatever program. */
export async function metricsOfLogs(log: EventFolder | string): Promise<RunRecord['metrics']> {
  const events = typeof log === 'string' ? new EventFolder(log) : log;
  await events.refresh().catch(() => false);
  const tags = events.tags().filter(({ kind }) => kind === scalars);
  const final = tags.map(({ tag, columns }) => [tag, lastValue(columns)] as const);
  const best = tags.map(({ tag, columns }) => [tag, bestValue(tag, columns)] as const);
  return { final: finite(final), best: finite(best) };
}

function lastValue({ values, count }: Columns): number | undefined {
  return values.subarray(0, count).findLast(Number.isFinite);
}

/** Undefined for what a run is not judged by: learning rates, speeds. */
function bestValue(tag: string, { values, count }: Columns): number | undefined {
  const better = direction(tag);
  if (!better) return undefined;
  let best: number | undefined;
  for (const value of values.subarray(0, count))
    if (Number.isFinite(value)) best = best === undefined ? value : better(best, value);
  return best;
}

/** By the words that programs use in their tags. */
function direction(tag: string): typeof Math.max | undefined {
  if (/acc|auc|f1|precision|recall|dice|iou|r2|score/i.test(tag)) return Math.max;
  return /loss|err|mse|mae|rmse|perplexity/i.test(tag) ? Math.min : undefined;
}

const finite = (entries: readonly (readonly [string, number | undefined])[]): Record<string, number> =>
  Object.fromEntries(entries.filter((entry): entry is readonly [string, number] => entry[1] !== undefined));
