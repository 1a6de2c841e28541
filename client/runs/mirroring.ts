import * as vscode from 'vscode';
import type { RunSummary } from '../../core/protocol/runs';
import { isRemote } from '../../core/runs/target';
import { isActive, type WorkspaceRuns } from './workspaceRuns';

/** Each is a connection of its own; a queue starts the oldest first. */
const mostAttached = 16;

/**
 * Brings home what runs on other machines write, as long as the window is open: their records, logs and events come into their
 * folders, where everything else reads them. Of several windows one does it.
 */
export function mirrorRemoteRuns(runs: WorkspaceRuns): vscode.Disposable {
  const attached = new Set<string>();
  const ending = new AbortController();
  const mirror = async (folder: string) => {
    const { attach } = await import('../later/runs');
    await attach(folder, { signal: ending.signal }).finally(() => attached.delete(folder));
  };
  const subscription = runs.onDidChange(() => {
    if (!vscode.workspace.isTrusted) return;
    for (const run of runs.active.filter(isElsewhere).reverse()) {
      if (attached.has(run.folder) || attached.size >= mostAttached) continue;
      attached.add(run.folder);
      void mirror(run.folder).catch((error: unknown) => console.error(error));
    }
  });
  return vscode.Disposable.from(subscription, { dispose: () => ending.abort() });
}

function isElsewhere(run: RunSummary): boolean {
  const { record } = run;
  return isActive(run) && record?.remote !== undefined && record.launch !== undefined && isRemote(record.launch.target);
}
