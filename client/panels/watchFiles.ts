import * as vscode from 'vscode';

/** A file that is written again comes as several changes: one call for all of them. */
const settleTime = 500;

/** Calls `changed` once after each burst of writes to any of the files, and when one of them is gone. */
export function watchFiles(files: readonly string[], changed: () => Promise<unknown>): vscode.Disposable {
  let settling: NodeJS.Timeout | undefined;
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(() => void changed().catch(() => undefined), settleTime);
  };
  const watchers = files.map((file) => watchFile(vscode.Uri.file(file), settle));
  return vscode.Disposable.from(...watchers, { dispose: () => clearTimeout(settling) });
}

/** Of a folder that is deleted, what it held is not told of. */
function watchFile(file: vscode.Uri, changed: () => void): vscode.Disposable {
  const [own, folder] = [file, vscode.Uri.joinPath(file, '..')].map(watcherOf);
  own!.onDidCreate(changed);
  own!.onDidChange(changed);
  own!.onDidDelete(changed);
  folder!.onDidDelete(changed);
  return vscode.Disposable.from(own!, folder!);
}

function watcherOf(file: vscode.Uri): vscode.FileSystemWatcher {
  const folder = vscode.Uri.joinPath(file, '..');
  const name = file.path.slice(folder.path.length).replace(/^\//, '');
  return vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, literalGlob(name)));
}

/** A glob that means this name and no other. */
function literalGlob(name: string): string {
  return name.replace(/[*?[\]{}]/g, (character) => `[${character}]`);
}
