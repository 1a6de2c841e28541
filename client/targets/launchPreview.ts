import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { fileSizeText } from '../../core/quantities';
import { isRemote } from '../../core/runs/target';
import type { DryRun, RunOptions, UploadPreview } from '../../engine/runs/options';
import { withCancel } from '../commands/launching';

/** Targets that the user wants no question about any more, kept with the workspace. */
const memory = 'matchdown.startsWithoutAsking';

/**
 * Asks before something is brought to another machine for the first time: what, how much, and on request the exact commands and
 * scripts. True when it is to be started. Why a dry run cannot be made is told by the launch itself.
 */
export async function confirmLaunch(context: vscode.ExtensionContext, options: RunOptions): Promise<boolean> {
  const { dryRun } = await import('../later/runs');
  const title = t('Looking at what is to be brought to {0}', options.target ?? '');
  const outcome = await withCancel(title, ({ signal }) => untilAborted(dryRun(options), signal));
  if (outcome === 'cancelled') return false;
  if (!outcome.ok) return true;
  const { target } = outcome.dryRun;
  const known = context.workspaceState.get<readonly string[]>(memory, []);
  if (!isRemote(target) || known.includes(target.name)) return true;
  const answer = await ask(context, outcome.dryRun);
  if (answer === 'always') await context.workspaceState.update(memory, [...known, target.name]);
  return answer !== 'no';
}

/** What is only looked at may be left alone. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

type Answer = 'start' | 'always' | 'no';

async function ask(context: vscode.ExtensionContext, dryRun: DryRun): Promise<Answer> {
  const [start, always, show] = [t('Start'), t('Always Start'), t('Show Details')];
  const detail = dryRun.upload ? uploadText(dryRun.upload) : '';
  const question = t('Start the run on {0}?', dryRun.target.name);
  const answers: Record<string, Answer> = { [start]: 'start', [always]: 'always' };
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, start, always, show);
  if (answer !== show) return answers[answer ?? ''] ?? 'no';
  await showDetails(context, dryRun);
  const later = await vscode.window.showInformationMessage(question, start, always);
  return answers[later ?? ''] ?? 'no';
}

function uploadText({ files, bytes: total, ignored, warnings }: UploadPreview): string {
  return [
    files.length === 1
      ? t('1 file, {0}, is brought there, unless it is there already.', fileSizeText(total))
      : t('{0} files, {1}, are brought there, unless they are there already.', files.length, fileSizeText(total)),
    ...(ignored.length > 0
      ? [t('Paths that stay here, by .gitignore and .matchdownignore: {0}.', ignored.length)]
      : []),
    ...warnings,
  ].join('\n');
}

const scheme = 'matchdown-dry-run';
/** By the address of its document. */
const contents = new Map<string, string>();

/** A document of its own, that nobody is asked to save. */
async function showDetails(context: vscode.ExtensionContext, dryRun: DryRun): Promise<void> {
  if (contents.size === 0) {
    const provideTextDocumentContent = (uri: vscode.Uri) => contents.get(uri.toString()) ?? '';
    context.subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent }),
    );
  }
  const uri = vscode.Uri.from({ scheme, path: `/${dryRun.target.name}.md`, query: String(contents.size) });
  contents.set(uri.toString(), detailsText(dryRun));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

function detailsText({ target, steps, upload }: DryRun): string {
  const sections = steps.map(({ title, text }) => `## ${title}\n\n\`\`\`sh\n${text.trimEnd()}\n\`\`\`\n`);
  const files = upload?.files.map(({ path, bytes: size }) => `- ${path} (${fileSizeText(size)})`) ?? [];
  return [
    `# ${t('What a run on {0} does', target.name)}\n`,
    ...sections,
    ...(upload ? [`## ${t('Files')} (${fileSizeText(upload.bytes)})\n`, ...files, ''] : []),
    ...(upload?.warnings.length ? [`## ${t('Warnings')}\n`, ...upload.warnings.map((text) => `- ${text}`), ''] : []),
    ...(upload?.ignored.length ? [`## ${t('Stays here')}\n`, ...upload.ignored.map((path) => `- ${path}`), ''] : []),
  ].join('\n');
}
