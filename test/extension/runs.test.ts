import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { MatchDown } from '../../client/main';
import type { MatchReport } from '../../core/match/report';
import type { RunSummary } from '../../core/protocol/runs';
import type { RunState } from '../../core/runs/record';
import { eventually, matchDown, writeFolder } from './editor';
import { project, scheme } from './project';

type Started = { id: string; folder: string };

describe('A run', () => {
  let extension: MatchDown;
  before(async () => {
    extension = await matchDown();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('trains to the end, is compared and noted', async () => {
    const folder = project('short', 3);
    const purpose = '"experiment": { "purpose": "Does a line divide them?" },';
    writeFolder('short', { 'model_scheme.json': scheme(3).replace('{', `{ ${purpose}`) });
    const started = await start(folder);
    await reaches(started.folder, 'finished');
    assert.ok(existsSync(path.join(started.folder, 'model.onnx')));
    const details = await detailsOf(started.folder);
    assert.ok(details.includes('model.onnx') && details.includes('output.log'), details.join());
    assert.ok(
      details.some((label) => label.endsWith('/validation')),
      details.join(),
    );

    const report = await vscode.commands.executeCommand<MatchReport>('matchdown.openMatch', started.folder);
    assert.equal(report.verdict, 'match');
    assert.equal(report.intended.file, path.join(folder, 'model_scheme.json'));

    const note = await vscode.commands.executeCommand<string>('matchdown.writeNote', started.folder);
    assert.match(note, /\.labnote\.md$/);
    assert.match(readFileSync(note, 'utf8'), new RegExp(started.id));
    assert.match(readFileSync(note, 'utf8'), /Does a line divide them\?/);
  });

  it('is compared with the scheme that it ran with, once the scheme has changed', async () => {
    const folder = project('changed', 1);
    const started = await start(folder);
    await reaches(started.folder, 'finished');
    writeFolder('changed', { 'model_scheme.json': scheme(1).replace('"unit": 6', '"unit": 7') });
    const own = await vscode.commands.executeCommand<MatchReport>('matchdown.openMatch', started.folder);
    assert.equal(own.verdict, 'match');
    assert.equal(own.intended.file, path.join(started.folder, 'scheme.json'));
    const intended = vscode.Uri.file(path.join(folder, 'model_scheme.json'));
    const changed = await vscode.commands.executeCommand<MatchReport>('matchdown.openMatch', intended);
    assert.equal(changed.verdict, 'mismatch');
    const problem = await eventually('a problem on the changed layer', () =>
      vscode.languages.getDiagnostics(intended).find(({ message }) => /unit/.test(message)),
    );
    assert.equal(problem.range.start.line, 5);
  });

  it('is stopped with a last checkpoint', async () => {
    const started = await start(project('long', 100_000));
    await reaches(started.folder, 'running');
    await vscode.commands.executeCommand('matchdown.stopRun', started.folder);
    await reaches(started.folder, 'stopped');
    assert.ok(existsSync(path.join(started.folder, 'checkpoints')));
  });

  it('is never shown as running once its process was killed', async () => {
    const started = await start(project('killed', 100_000));
    const running = await reaches(started.folder, 'running');
    const pid = running.record?.process?.pid;
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const state = await eventually('the end of the run', async () => {
      const shown = (await shownRun(started.folder))?.record?.state;
      return shown === 'running' ? undefined : shown;
    });
    assert.match(state, /^(failed|lost)$/);
  });

  it('is not started by a scheme with errors', async () => {
    const folder = project('wrong', 3);
    writeFolder('wrong', { 'model_scheme.json': scheme(3).replace('"unit": 6', '"unit": "six"') });
    const scheme3 = vscode.Uri.file(path.join(folder, 'model_scheme.json'));
    assert.equal(await vscode.commands.executeCommand('matchdown.runScheme', scheme3), undefined);
    assert.equal(existsSync(path.join(folder, 'runs')), false);
  });

  it('is cloned with changes, resumed after a stop, and compared', async () => {
    const folder = project('cloned', 2);
    const first = await start(folder);
    await reaches(first.folder, 'finished');
    const command = 'matchdown.cloneRun';
    const clone = await vscode.commands.executeCommand<Started>(command, first.folder, { 'model.iteration': 3 });
    const finished = await reaches(clone.folder, 'finished');
    assert.equal(finished.record?.parent, first.id);
    assert.deepEqual(finished.record?.overrides, { 'model.iteration': 3 });
    await vscode.commands.executeCommand('matchdown.compareRuns', { run: finished });
    await eventually('the panel', () => {
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return tab instanceof vscode.TabInputWebview && tab.viewType.endsWith('matchdown.experiments') ? true : undefined;
    });
  });

  it('is resumed in its own folder', async () => {
    const started = await start(project('resumed', 100_000));
    await reaches(started.folder, 'running');
    await vscode.commands.executeCommand('matchdown.stopRun', started.folder);
    const stopped = await reaches(started.folder, 'stopped');
    const resumed = await vscode.commands.executeCommand<Started>('matchdown.resumeRun', started.folder);
    assert.equal(resumed.folder, started.folder);
    const step = stopped.record?.progress?.step ?? 0;
    await eventually('the training going on', async () => {
      const { state, progress } = (await shownRun(started.folder))?.record ?? {};
      return state === 'running' && progress && progress.step > step ? true : undefined;
    });
    await vscode.commands.executeCommand('matchdown.stopRun', started.folder);
    await reaches(started.folder, 'stopped');
  });

  it('shows its log in a terminal of its own, once', async () => {
    const started = await start(project('logged', 1));
    await reaches(started.folder, 'finished');
    const before = vscode.window.terminals.length;
    await vscode.commands.executeCommand('matchdown.revealLog', started.folder);
    await vscode.commands.executeCommand('matchdown.revealLog', started.folder);
    assert.equal(vscode.window.terminals.length, before + 1);
    vscode.window.terminals.at(-1)?.dispose();
  });

  it('is grouped and filtered in the Runs view', async () => {
    const started = await start(project('grouped', 1));
    await reaches(started.folder, 'finished');
    const { runsView } = extension;
    try {
      runsView.show({ grouping: 'state', filter: 'grouped' });
      const [group, ...others] = await runsView.getChildren();
      assert.deepEqual(others, []);
      assert.equal(runsView.getTreeItem(group!).label, 'finished');
      const [row, ...more] = await runsView.getChildren(group);
      assert.deepEqual(more, []);
      assert.ok(row?.kind === 'run' && row.run.folder === started.folder);
      runsView.show({ grouping: 'none', filter: 'nothing has this word' });
      assert.deepEqual(await runsView.getChildren(), []);
    } finally {
      runsView.show({ grouping: 'none', filter: '' });
    }
  });

  async function start(folder: string): Promise<Started> {
    const uri = vscode.Uri.file(path.join(folder, 'model_scheme.json'));
    const started = await vscode.commands.executeCommand<Started>('matchdown.runScheme', uri);
    assert.equal(path.dirname(started.folder), path.join(folder, 'runs'));
    return started;
  }

  /** The run as the Runs view has it. */
  async function reaches(folder: string, state: RunState): Promise<RunSummary> {
    return eventually(`${state} in the Runs view`, async () => {
      const run = await shownRun(folder);
      if (run?.record?.state === 'failed') assert.fail(run.record.error);
      return run?.record?.state === state ? run : undefined;
    });
  }

  async function shownRun(folder: string): Promise<RunSummary | undefined> {
    return (await shownRuns()).find((shown) => shown.folder === folder);
  }

  async function shownRuns(): Promise<RunSummary[]> {
    const nodes = await extension.runsView.getChildren();
    return nodes.filter((node) => node.kind === 'run').map((node) => extension.runsView.runOf(node));
  }

  async function detailsOf(folder: string): Promise<string[]> {
    const nodes = await extension.runsView.getChildren();
    const node = nodes.find((candidate) => candidate.kind === 'run' && candidate.run.folder === folder);
    assert.ok(node);
    const details = await extension.runsView.getChildren(node);
    return details.map((detail) => String(extension.runsView.getTreeItem(detail).label));
  }
});
