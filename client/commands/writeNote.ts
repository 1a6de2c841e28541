import { access, mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { runLabel } from '../runs/presentation';
import { isActive, schemePathOf } from '../runs/workspaceRuns';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';
import { withCancel } from './launching';

/**
 * Writes the lab note of one or several runs, or writes it anew (what a person wrote in it stays), and opens it with its
 * preview. What the runs were to find out is asked for when none of them says it, before their first note is written.
 * Returns the file; undefined when the user chose no run, went away from the question or cancelled.
 */
export async function writeNote(services: Services, ...args: unknown[]): Promise<string | undefined> {
  if (!(await requireTrust())) return undefined;
  const none = t('There is no run to write about yet.');
  const runs = await chooseRuns(services.runs, args, (candidate) => !isActive(candidate), none);
  if (runs.length === 0) return undefined;
  const output = noteFile(runs);
  if (!(await askPurpose(services, runs, output))) return undefined;
  const folders = runs.map((run) => run.folder);
  await mkdir(path.dirname(output), { recursive: true });
  const written = await withCancel(t('Writing the lab note'), (_launching, token) =>
    services.server.request('matchdown/report', { folders, output }, token),
  );
  if (written === 'cancelled') {
    // Only where nothing is in it.
    await rmdir(path.dirname(output)).catch(() => undefined);
    return undefined;
  }
  await openNote(written.file);
  return written.file;
}

/** An empty answer leaves the purpose out; false: the question was left with Escape. */
async function askPurpose({ runs: known }: Services, runs: readonly RunSummary[], note: string): Promise<boolean> {
  const recorded = runs.filter(({ record }) => record);
  if (recorded.length === 0 || recorded.some(({ record }) => record?.purpose) || (await exists(note))) return true;
  const purpose = await vscode.window.showInputBox({
    title: runs.length === 1 ? t('Lab note of run {0}', runLabel(runs[0]!)) : t('Lab note of {0} runs', runs.length),
    prompt: t('What was it to find out? Enter alone leaves the purpose out.'),
    placeHolder: t('Do wider layers help?'),
    ignoreFocusOut: true,
  });
  if (purpose === undefined) return false;
  if (purpose.trim() === '') return true;
  const { recordPurpose } = await import('../later/runs');
  await Promise.all(recorded.map(({ folder }) => recordPurpose(folder, purpose.trim())));
  await known.refresh();
  return true;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** `notes/<run id>.labnote.md` beside the scheme: the same runs always have the same note. */
function noteFile(runs: readonly RunSummary[]): string {
  const [first, ...others] = runs;
  const id = path.basename(first!.folder);
  const more = others.map((run) => path.basename(run.folder).slice(-4)).join('-');
  const folder = first!.record ? path.dirname(schemePathOf(first!)) : path.resolve(first!.folder, '..');
  return path.join(folder, 'notes', `${more ? `${id}-with-${more.slice(0, 80)}` : id}.labnote.md`);
}

async function openNote(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  await vscode.window.showTextDocument(uri, { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
}
