import * as vscode from 'vscode';
import type { Target } from '../../core/runs/target';
import type { Services } from '../services';
import { chooseTarget, configureTargets as configure } from '../targets/chooseTarget';
import { requireTrust } from '../trust';

/** Asks a target what it has: of the row that the command is called from, or that the user picks. */
export async function checkTarget({ targets }: Services, argument?: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const target = targetFromArgument(argument);
  if (target) await asking([target], targets);
  else await chooseTarget(targets);
}

/** Asks all of them. */
export async function refreshTargets({ targets }: Services): Promise<void> {
  if (!(await requireTrust())) return;
  const read = await targets.read();
  await asking(read.targets, targets);
}

/** The view shows that something is under way: one that stopped answering may take minutes to say so. */
async function asking(asked: readonly Target[], targets: Services['targets']): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'matchdown.targets' } }, () =>
    Promise.all(asked.map((target) => targets.check(target))),
  );
}

export function configureTargets(): Promise<void> {
  return configure();
}

/** The target of a row of the Targets view. */
export function targetFromArgument(argument: unknown): Target | undefined {
  if (typeof argument !== 'object' || argument === null || !('target' in argument)) return undefined;
  const { target } = argument as { target?: Target };
  return typeof target?.name === 'string' ? target : undefined;
}
