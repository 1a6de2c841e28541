import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually, matchDown, show, writeFolder } from './editor';

describe('Targets in settings.json', () => {
  before(matchDown);

  it('are checked while they are typed, and completed', async () => {
    const targets = [{ name: 'box', kind: 'ssh', host: 'box', pyton: 'python3' }];
    const folder = writeFolder('.vscode', {
      'settings.json': JSON.stringify({ 'matchdown.targets': targets }, null, 2),
    });
    try {
      const document = await show(path.join(folder, 'settings.json'));
      const problem = await eventually('a problem', () => vscode.languages.getDiagnostics(document.uri)[0]);
      assert.match(document.getText(problem.range), /pyton/);
      const place = document.positionAt(document.getText().indexOf('"pyton"') + 2);
      const labels = await eventually('completions', async () => {
        const command = 'vscode.executeCompletionItemProvider';
        const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(command, document.uri, place);
        const found = items.map(({ label }) => String(typeof label === 'string' ? label : label.label));
        return found.some((label) => label.includes('setup')) ? found : undefined;
      });
      assert.ok(
        labels.some((label) => label.includes('dataRoot')),
        labels.join(),
      );
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      rmSync(folder, { recursive: true });
    }
  });
});
