import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { MatchReport } from '../../core/match/report';
import type { MatchTarget } from '../panels/matchTitles';
import { runDescription, runLabel } from '../runs/presentation';
import { findSchemes } from '../schemes';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { activeModel, fileFromArgument } from './arguments';

interface Choice extends vscode.QuickPickItem {
  readonly file?: string;
}

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
    fileFromArgument(argument)?.fsPath ?? activeModel()?.fsPath ?? (await choose(services, t('Match what?')));
  if (first === undefined) return undefined;
  const second = await choose(services, t('Match {0} with what?', path.basename(first)), first);
  return second === undefined ? undefined : ordered(first, second);
}

function ordered(first: string, second: string): MatchTarget {
  const isTurned = isModel(first) && !isModel(second);
  return isTurned ? { intended: second, exported: first } : { intended: first, exported: second };
}

function isModel(file: string): boolean {
  return path.extname(file).toLowerCase() === '.onnx';
}

async function choose(services: Services, placeHolder: string, other?: string): Promise<string | undefined> {
  const choices = (await choicesOf(services)).filter(({ file }) => file === undefined || file !== other);
  const picked = await vscode.window.showQuickPick<Choice>(choices, { placeHolder, matchOnDescription: true });
  if (picked?.file !== undefined || !picked) return picked?.file;
  const filters = { [t('Models and schemes')]: ['onnx', 'json'] };
  return (await vscode.window.showOpenDialog({ filters }))?.[0]?.fsPath;
}

async function choicesOf({ runs }: Services): Promise<Choice[]> {
  await runs.ready();
  const [schemes, models] = await Promise.all([
    findSchemes(),
    vscode.workspace.findFiles('**/*.onnx', '**/node_modules/**', 200),
  ]);
  const ofRuns = runs.runs.map((run): Choice & { file: string } => {
    return { label: runLabel(run), description: runDescription(run), file: path.join(run.folder, 'model.onnx') };
  });
  const there = new Set(models.map(({ fsPath }) => fsPath));
  const fromRuns = new Set(ofRuns.map(({ file }) => file));
  const others = models.filter(({ fsPath }) => !fromRuns.has(fsPath)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return [
    separator(t('Schemes')),
    ...schemes.map(fileChoice),
    separator(t('Models of runs')),
    ...ofRuns.filter(({ file }) => there.has(file)),
    separator(t('Models')),
    ...others.map(fileChoice),
    separator(''),
    { label: t('$(folder-opened) Choose a file…') },
  ];
}

function fileChoice(uri: vscode.Uri): Choice {
  return { label: path.basename(uri.path), description: vscode.workspace.asRelativePath(uri), file: uri.fsPath };
}

function separator(label: string): Choice {
  return { label, kind: vscode.QuickPickItemKind.Separator, file: '' };
}
