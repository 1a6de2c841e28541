import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../support/projectRoot';
import { Workbench } from '../support/workbench';

/** A folder that came from somewhere may hold anything, settings and runs among it. */
describe('An untrusted folder', () => {
  let workbench: Workbench;
  const inWorkspace = (name: string) => path.join(workbench.workspace, name);

  before(async () => {
    workbench = await Workbench.open({ extension: projectRoot, untrusted: true });
    mkdirSync(inWorkspace('.vscode'), { recursive: true });
    const target = { name: 'local', kind: 'local', python: inWorkspace('evil'), command: [inWorkspace('evil')] };
    writeFileSync(inWorkspace('.vscode/settings.json'), JSON.stringify({ 'matchdown.targets': [target] }));
    writeFileSync(inWorkspace('evil'), `#!/bin/sh\ntouch ${JSON.stringify(inWorkspace('was-run'))}\n`, { mode: 0o755 });
    writeFileSync(
      inWorkspace('rates.sweep.json'),
      '{ "scheme": "shapes/model_scheme.json", "ranges": { "model.seed": [1, 2] } }',
    );
  });
  after(() => workbench?.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('has its schemes checked', async () => {
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.editor.getByText('→ 15×15×64').waitFor();
  });

  for (const command of [
    'Run Scheme',
    'Run Scheme On…',
    'Sweep Scheme…',
    'Stop Sweep',
    'Resume Sweep',
    'Check All Targets',
    'Open Experiments',
    'Show Best Scheme',
    'Write Lab Note',
  ])
    it(`is asked about before anything is run: ${command}`, async () => {
      await workbench.page.keyboard.press('F1');
      await workbench.quickInput.locator('input').first().fill(`>Match Down: ${command}`);
      await workbench.quickInput
        .locator('.monaco-list-row', { hasText: `Match Down: ${command}` })
        .first()
        .click();
      const warning = workbench.toasts.filter({ hasText: 'This folder is not trusted' }).first();
      await warning.waitFor();
      await workbench.command('Notifications: Clear All Notifications');
    });

  it('shows no runs and no targets, and says why', async () => {
    await workbench.command('Match Down: Focus on Runs View');
    await workbench.page.getByText('This folder is not trusted. Schemes are checked').first().waitFor();
    await workbench.screenshot('untrusted');
    await workbench.command('Match Down: Focus on Targets View');
    assert.equal(await workbench.sideBarRows.filter({ hasText: 'embedded' }).count(), 0);
  });

  it('has started nothing and written nothing', () => {
    assert.equal(existsSync(inWorkspace('was-run')), false);
    assert.deepEqual(
      readdirSync(inWorkspace('shapes')).filter((name) => name === 'runs' || name === 'notes'),
      [],
    );
  });
});
