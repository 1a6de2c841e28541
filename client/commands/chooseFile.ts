import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { runDescription, runLabel } from '../runs/presentation';
import { findSchemes } from '../schemes';
import type { Services } from '../services';

interface Choice extends vscode.QuickPickItem {
  readonly file?: string;
}

/** Asks for a scheme or a model: of the workspace, of its runs, or from anywhere. @param other one that is not offered */
export function chooseFile(services: Services, placeHolder: string, other?: string): Promise<string | undefined> {
  const choices = Promise.all([schemeChoices(), modelChoices(services)]);
  return choose(
    choices.then((parts) => parts.flat().filter(({ file }) => file === undefined || file !== other)),
    placeHolder,
    { [t('Models and schemes')]: ['onnx', 'json'] },
  );
}

/** Asks for a model. */
export function chooseModel(services: Services, placeHolder: string): Promise<string | undefined> {
  return choose(modelChoices(services), placeHolder, { ONNX: ['onnx'] });
}

async function choose(
  choices: Promise<readonly Choice[]>,
  placeHolder: string,
  filters: Record<string, string[]>,
): Promise<string | undefined> {
  const browse: Choice = { label: t('$(folder-opened) Choose a file…') };
  const items = choices.then((known) => [...known, separator(''), browse]);
  const picked = await vscode.window.showQuickPick<Choice>(items, { placeHolder, matchOnDescription: true });
  if (picked !== browse) return picked?.file;
  return (await vscode.window.showOpenDialog({ filters, title: placeHolder }))?.[0]?.fsPath;
}

async function schemeChoices(): Promise<Choice[]> {
  return [separator(t('Schemes')), ...(await findSchemes()).map(fileChoice)];
}

async function modelChoices({ runs }: Services): Promise<Choice[]> {
  await runs.ready();
  const models = await vscode.workspace.findFiles('**/*.{onnx,ONNX}', '**/node_modules/**', 200);
  const ofRuns = runs.runs.map((run): Choice & { file: string } => {
    return { label: runLabel(run), description: runDescription(run), file: path.join(run.folder, 'model.onnx') };
  });
  const there = new Set(models.map(({ fsPath }) => fsPath));
  const fromRuns = new Set(ofRuns.map(({ file }) => file));
  const others = models.filter(({ fsPath }) => !fromRuns.has(fsPath)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return [
    separator(t('Models of runs')),
    ...ofRuns.filter(({ file }) => there.has(file)),
    separator(t('Models')),
    ...others.map(fileChoice),
  ];
}

/** A name and the folder behind it, as where files are opened by their names. */
function fileChoice(uri: vscode.Uri): Choice {
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  return { label: path.posix.basename(uri.path), description: folder === '.' ? '' : folder, file: uri.fsPath };
}

function separator(label: string): Choice {
  return { label, kind: vscode.QuickPickItemKind.Separator, file: '' };
}
