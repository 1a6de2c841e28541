import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import type { Sweep } from '../../engine/sweep/store';
import { runDescription, runLabel } from '../runs/presentation';
import type { WorkspaceRuns } from '../runs/workspaceRuns';

/**
 * The run that a command is about, from what it may be called with: a row of the Runs view, a run's folder, any file inside
 * it. Undefined when the arguments name none.
 */
export function runFromArgument(runs: WorkspaceRuns, argument: unknown): RunSummary | undefined {
  const place = placeOf(argument);
  if (place === undefined) return undefined;
  return runs.find(place) ?? runs.find(path.dirname(place));
}

/** The named run, the only one that qualifies, or the one that the user picks. */
export async function chooseRun(
  runs: WorkspaceRuns,
  argument: unknown,
  qualifies: (run: RunSummary) => boolean,
  none: string,
): Promise<RunSummary | undefined> {
  await runs.ready();
  const named = runFromArgument(runs, argument);
  if (named) return named;
  const candidates = runs.runs.filter(qualifies);
  if (candidates.length > 1) return pickRun(candidates);
  if (candidates.length === 0) void vscode.window.showInformationMessage(none);
  return candidates[0];
}

export async function pickRun(candidates: readonly RunSummary[]): Promise<RunSummary | undefined> {
  const items = candidates.map((run) => ({
    label: runLabel(run),
    description: runDescription(run),
    detail: run.record?.id,
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t('Which run?'), matchOnDetail: true });
  return picked?.run;
}

/**
 * The runs that were named, or the one that `chooseRun` finds: selected rows of the Runs view come as second argument, and a
 * sweep stands for its trials.
 */
export async function chooseRuns(
  runs: WorkspaceRuns,
  args: readonly unknown[],
  qualifies: (run: RunSummary) => boolean,
  none: string,
): Promise<RunSummary[]> {
  await runs.ready();
  const named = args
    .flat()
    .flatMap((argument) => runFromArgument(runs, argument) ?? trialsFromArgument(runs, argument));
  if (named.length > 0) return [...new Set(named)];
  const run = await chooseRun(runs, undefined, qualifies, none);
  return run ? [run] : [];
}

function trialsFromArgument(runs: WorkspaceRuns, argument: unknown): readonly RunSummary[] {
  if (typeof argument !== 'object' || argument === null || !('sweep' in argument)) return [];
  const { sweep } = argument as { sweep?: Partial<Sweep> };
  return runs.runs.filter(({ record }) => record?.sweep !== undefined && record.sweep.id === sweep?.record?.id);
}

/** The file that a command of a menu, of a code lens (its address) or of code (its path) is about. */
export function fileFromArgument(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument !== 'string') return undefined;
  if (path.isAbsolute(argument)) return vscode.Uri.file(argument);
  return /^[a-z][\w+.-]+:/i.test(argument) ? vscode.Uri.parse(argument, true) : undefined;
}

/** The ONNX file in the active tab: its editor is none of text. */
export function activeModel(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && isModelFile(input.uri.path) ? input.uri : undefined;
}

/** However its ending is written: a file that came by mail may be `MODEL.ONNX`. */
export function isModelFile(file: string): boolean {
  return path.extname(file).toLowerCase() === '.onnx';
}

function placeOf(argument: unknown): string | undefined {
  const file = fileFromArgument(argument);
  if (file) return file.fsPath;
  if (typeof argument !== 'object' || argument === null || !('run' in argument)) return undefined;
  const { run } = argument as { run?: Partial<RunSummary> };
  return typeof run?.folder === 'string' ? run.folder : undefined;
}
