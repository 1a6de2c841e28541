import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { MatchDown } from '../../client/main';
import type { RunNode } from '../../client/runs/runsView';
import type { SweepRecord } from '../../core/sweep/record';
import { eventually, matchDown, show, writeFolder } from './editor';
import { project } from './project';

describe('A sweep in the editor', () => {
  let extension: MatchDown;
  before(async () => {
    extension = await matchDown();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is one row with its trials below, and its best scheme is held against the original', async () => {
    const folder = project('swept', 2);
    const sweep = await start(folder, {
      trials: 2,
      ranges: { 'model.learning_rate': { kind: 'choice', values: [0.01, 0.1] } },
    });
    const record = await ended(sweep.folder);
    assert.equal(record.state, 'finished');
    const row = await eventually('the row of the sweep', async () =>
      (await rows()).find(
        (node) =>
          node.kind === 'sweep' &&
          node.sweep.folder === sweep.folder &&
          extension.runsView.getTreeItem(node).contextValue === 'sweep.finished',
      ),
    );
    const item = extension.runsView.getTreeItem(row);
    assert.match(String(item.description), /^random · 2 of 2 · best loss\/validation [\d.]+$/);
    const labels = await eventually('its trials', async () => {
      const below = await extension.runsView.getChildren(row);
      const found = below.map((node) => String(extension.runsView.getTreeItem(node).label));
      return found.length === 3 ? found : undefined;
    });
    assert.match(labels[0]!, /^Best: #[12]$/);
    assert.deepEqual(
      labels.slice(1).map((label) => label.replace(/0\.01|0\.1$/, 'X')),
      ['#1 learning_rate X', '#2 learning_rate X'],
    );
    assert.ok(!(await rows()).some((node) => node.kind === 'run' && node.run.record?.sweep?.id === record.id));

    await vscode.commands.executeCommand('matchdown.openBestScheme', {
      kind: 'sweep',
      sweep: { folder: sweep.folder },
    });
    const tab = await eventually('the comparison', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : undefined;
    });
    assert.equal(tab.original.fsPath, path.join(sweep.folder, 'best_scheme.json'));
    assert.equal(tab.modified.fsPath, path.join(folder, 'model_scheme.json'));
  });

  it('is stopped and goes on', async () => {
    const folder = project('paused', 100_000);
    const sweep = await start(folder, {
      trials: 1,
      ranges: { 'model.learning_rate': { kind: 'choice', values: [0.01, 0.1] } },
    });
    const training = () =>
      eventually('its training', () => {
        const { state, trials } = read(sweep.folder);
        return state === 'running' && trials[0]?.state === 'running' ? trials[0].run : undefined;
      });
    const run = await training();
    await vscode.commands.executeCommand('matchdown.stopSweep', sweep.folder);
    assert.equal(read(sweep.folder).state, 'stopped');
    await vscode.commands.executeCommand('matchdown.resumeSweep', sweep.folder);
    assert.equal(await training(), run);
    await vscode.commands.executeCommand('matchdown.stopSweep', sweep.folder);
    assert.equal(read(sweep.folder).state, 'stopped');
    assert.equal(read(sweep.folder).trials.length, 1);
  });

  it('starts from a sweep file as it is', async () => {
    const folder = project('written', 1);
    const text = JSON.stringify({ strategy: 'grid', ranges: { 'model.network.hidden.unit': [2, 3] } });
    writeFolder('written', { 'units.sweep.json': text });
    await show(path.join(folder, 'units.sweep.json'));
    const sweep = await vscode.commands.executeCommand<{ folder: string }>('matchdown.sweepScheme');
    const { trials } = await ended(sweep.folder);
    assert.deepEqual(
      trials.map(({ values }) => values['model.network.hidden.unit']),
      [2, 3],
    );
  });

  it('whose file is wrong is not started, and the place is shown', async () => {
    const folder = writeFolder('mistyped', { 'x.sweep.json': '{ "ranges": {},\n  "trails": 3 }' });
    const file = vscode.Uri.file(path.join(folder, 'x.sweep.json'));
    assert.equal(await vscode.commands.executeCommand('matchdown.sweepScheme', file), undefined);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 1);
    assert.equal(existsSync(path.join(folder, 'runs')), false);
  });

  it('file is checked while it is typed, and completed', async () => {
    const folder = writeFolder('typed', { 'y.sweep.json': '{ "ranges": {}, "strategy": "bayes" }' });
    const document = await show(path.join(folder, 'y.sweep.json'));
    const problem = await eventually('a problem', () => vscode.languages.getDiagnostics(document.uri)[0]);
    assert.match(problem.message, /grid/);
    const list = await eventually('completions', async () => {
      const place = document.positionAt(document.getText().indexOf('bayes') + 1);
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        place,
      );
      return found.items.length > 0 ? found : undefined;
    });
    assert.ok(list.items.some(({ label }) => String(label).includes('halving')));
  });

  const rows = (): Promise<RunNode[]> => extension.runsView.getChildren();
});

function start(folder: string, form: object): Promise<{ id: string; folder: string }> {
  const scheme = vscode.Uri.file(path.join(folder, 'model_scheme.json'));
  const filled = { strategy: 'random', ...form };
  return Promise.resolve(
    vscode.commands.executeCommand<{ id: string; folder: string }>('matchdown.sweepScheme', scheme, filled),
  );
}

const read = (folder: string): SweepRecord => JSON.parse(readFileSync(path.join(folder, 'sweep.json'), 'utf8'));

function ended(folder: string): Promise<SweepRecord> {
  return eventually('the end of the sweep', () => (read(folder).state === 'running' ? undefined : read(folder)));
}
