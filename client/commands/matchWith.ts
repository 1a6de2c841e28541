import path from 'node:path';
import { t } from '../../core/l10n';
import type { MatchReport } from '../../core/match/report';
import type { MatchTarget } from '../panels/matchTitles';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { activeModel, fileFromArgument, isModelFile } from './arguments';
import { chooseFile } from './chooseFile';

/**
 * Holds a scheme or a model against another one that is chosen: any scheme, any model of a run or of the workspace, or a file
 * from anywhere. With two files selected in the explorer it is these two. Returns what `openMatch` does.
 */
export async function matchWith(
  services: Services,
  argument?: unknown,
  selected?: unknown,
): Promise<MatchReport | undefined> {
  if (!(await requireTrust())) return undefined;
  const target = pairOf(selected) ?? (await chosenTarget(services, argument));
  return target && services.matches.show(target).catch(() => undefined);
}

/** A scheme says what is intended; of two models the one that was selected first does. */
function pairOf(selected: unknown): MatchTarget | undefined {
  if (!Array.isArray(selected) || selected.length !== 2) return undefined;
  const [first, second] = selected.map((uri) => fileFromArgument(uri)?.fsPath);
  return first !== undefined && second !== undefined ? ordered(first, second) : undefined;
}

async function chosenTarget(services: Services, argument: unknown): Promise<MatchTarget | undefined> {
  const first =
    fileFromArgument(argument)?.fsPath ?? activeModel()?.fsPath ?? (await chooseFile(services, t('Match what?')));
  if (first === undefined) return undefined;
  const second = await chooseFile(services, t('Match {0} with what?', path.basename(first)), first);
  return second === undefined ? undefined : ordered(first, second);
}

function ordered(first: string, second: string): MatchTarget {
  const isTurned = isModelFile(first) && !isModelFile(second);
  return isTurned ? { intended: second, exported: first } : { intended: first, exported: second };
}
