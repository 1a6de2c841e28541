import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { ModelReading, OnnxEvents, OnnxRequests } from '../../core/protocol/onnx';
import type { Handlers } from '../../core/protocol/rpc';
import type { LanguageServer } from '../languageServer';
import type { WorkspaceRuns } from '../runs/workspaceRuns';
import { pageHtml, webviewFolder } from './page';
import { openPythonLine } from './pythonLine';
import { sendEvent, serveRequests } from './rpc';
import { watchFiles } from './watchFiles';

const viewType = 'matchdown.onnx';

/** Shows ONNX files, and changes nothing: the server reads them, also in a folder that is not trusted. */
export function provideOnnxEditor(
  extension: vscode.Uri,
  server: LanguageServer,
  runs: WorkspaceRuns,
): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => {
      const { webview } = panel;
      webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(extension)] };
      const editor = new OnnxEditor(uri, server, runs);
      const serving = serveRequests(webview, editor.handlers());
      const tell = async () => sendEvent<OnnxEvents, WhatHappened>(webview, await whatHappened(uri), {});
      const watching = uri.scheme === 'file' ? watchFiles([uri.fsPath], tell) : undefined;
      panel.onDidDispose(() => {
        serving.dispose();
        watching?.dispose();
        editor.dispose();
      });
      webview.html = pageHtml(webview, extension, { panel: 'onnx', title: uri.path, state: null });
    },
  };
  return vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true });
}

type WhatHappened = 'model/changed' | 'model/gone';

function whatHappened(file: vscode.Uri): PromiseLike<WhatHappened> {
  return vscode.workspace.fs.stat(file).then(
    () => 'model/changed',
    () => 'model/gone',
  );
}

class OnnxEditor {
  /** Of the node that was asked for last: nobody waits for the figures of another one. */
  private reading = new vscode.CancellationTokenSource();

  constructor(
    private readonly uri: vscode.Uri,
    private readonly server: LanguageServer,
    private readonly runs: WorkspaceRuns,
  ) {}

  dispose(): void {
    this.reading.cancel();
  }

  handlers(): Handlers<OnnxRequests> {
    const file = this.uri.fsPath;
    return {
      'model/read': () =>
        this.uri.scheme === 'file' ? this.server.request('matchdown/model/read', { file }) : notOnDisk(),
      'graph/read': (question) => this.server.request('matchdown/model/graph', { file, ...question }),
      'graph/shapes': (question) => this.server.request('matchdown/model/shapes', { file, ...question }),
      'node/read': (question) => {
        this.reading.cancel();
        this.reading = new vscode.CancellationTokenSource();
        return this.server.request('matchdown/model/node', { file, ...question });
      },
      'tensor/read': (question) =>
        this.server.request('matchdown/model/tensor', { file, ...question }, this.reading.token),
      'run/find': async ({ run }) => {
        const found = await this.findRun(run);
        return found ? { name: found.name } : null;
      },
      'run/open': async ({ run }) => {
        const found = await this.findRun(run);
        if (found) await vscode.commands.executeCommand('matchdown.openRunFolder', found.folder);
        return null;
      },
      'source/open': async (line) => {
        await openPythonLine(line);
        return null;
      },
      'match/open': async () => {
        await vscode.commands.executeCommand('matchdown.matchWith', this.uri);
        return null;
      },
      'file/openAs': async () => {
        await vscode.commands.executeCommand('workbench.action.reopenWithEditor');
        return null;
      },
    };
  }

  private async findRun(id: string) {
    await this.runs.ready();
    return this.runs.runs.find(({ record }) => record?.id === id);
  }
}

function notOnDisk(): ModelReading {
  return { ok: false, bytes: 0, reason: t('Only files on a disk of this machine are read.') };
}
