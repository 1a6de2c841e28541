import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../support/projectRoot';
import { Workbench } from '../support/workbench';
import { record } from '../unit/runs/records';
import { becomes } from './panelSession';

/** What is done with runs and sweeps, by the keyboard alone. */
describe('Runs in the editor', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ extension: projectRoot });
    writePoints(path.join(workbench.workspace, 'points'));
    for (const [id, purpose] of [
      ['20261120-101500-aaaa', 'Do wider layers help?'],
      ['20261121-101500-bbbb', 'Do deeper networks help?'],
    ] as const)
      writeRun(path.join(workbench.workspace, 'points/runs', id), id, purpose);
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.editor.getByText('→ 15×15×64').waitFor();
  });
  after(() => workbench?.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('are filtered while one types', async () => {
    const { page, quickInput, sideBarRows } = workbench;
    await workbench.command('Match Down: Focus on Runs View');
    await sideBarRows.filter({ hasText: 'aaaa' }).waitFor();
    await workbench.command('Match Down: Filter Runs…', { opensPicker: true });
    await quickInput.locator('input[placeholder^="Words of a name"]').fill('deeper');
    await sideBarRows.filter({ hasText: 'aaaa' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByText('filter: deeper').first().waitFor();
    await workbench.command('Match Down: Clear Filter of Runs');
    await sideBarRows.filter({ hasText: 'aaaa' }).waitFor();
  });

  it('are deleted with the Delete key, after asking', async () => {
    const { page, sideBarRows } = workbench;
    const folder = path.join(workbench.workspace, 'points/runs/20261120-101500-aaaa');
    await sideBarRows.filter({ hasText: 'aaaa' }).click();
    await page.keyboard.press('Delete');
    await page.locator('.monaco-dialog-box', { hasText: 'Delete run aaaa?' }).waitFor();
    await page.keyboard.press('Escape');
    assert.ok(existsSync(folder));
    await sideBarRows.filter({ hasText: 'aaaa' }).click();
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Move to Trash' }).click();
    // Not every machine has a trash.
    const permanently = page.getByRole('button', { name: 'Delete Permanently' });
    const gone = sideBarRows.filter({ hasText: 'aaaa' }).waitFor({ state: 'detached' });
    await Promise.race([gone, permanently.click().catch(() => undefined)]);
    await gone;
    await becomes(() => existsSync(folder), false);
    assert.ok(existsSync(path.join(workbench.workspace, 'points/runs/20261121-101500-bbbb')));
  });

  it('are swept from the palette: a key, its range, and Enter', async () => {
    const { page, quickInput } = workbench;
    await workbench.openFile('points/model_scheme.json');
    await workbench.command('Match Down: Sweep Scheme…', { opensPicker: true });
    await quickInput.locator('.monaco-list-row', { hasText: 'model.learning_rate' }).waitFor();
    await page.keyboard.type('learning_rate');
    await quickInput.locator('.monaco-list-row', { hasText: 'model.optimizer' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await quickInput.getByText('by equal factors').first().waitFor();
    await quickInput.locator('input').first().fill('0.01,0.1');
    await page.keyboard.press('Enter');
    await quickInput.locator('.monaco-list-row', { hasText: 'Start the sweep' }).waitFor();
    await workbench.screenshot('sweep-form');
    await page.keyboard.press('Enter');
    await workbench.sideBarRows.filter({ hasText: /Sweep [0-9a-f]{4}/ }).waitFor();
    await workbench.toasts
      .filter({ hasText: /Sweep [0-9a-f]{4} is finished: loss\/validation/ })
      .waitFor({ timeout: 280_000 });
    assert.equal(await workbench.toasts.filter({ hasText: /^Run / }).count(), 0, 'trials are not told one by one');
    await workbench.screenshot('sweep');
  });

  it('have targets, which say what they have', async () => {
    await workbench.command('Match Down: Focus on Targets View');
    const row = workbench.sideBarRows.filter({ hasText: 'embedded' });
    await row.waitFor();
    await workbench.command('Match Down: Check All Targets');
    await row.filter({ hasText: 'ready' }).waitFor();
    await workbench.screenshot('targets');
  });
});

function writePoints(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, at) => `${at % 7},${at % 5},${(at % 7) + (at % 5) > 5 ? 1 : 0}`);
  writeFileSync(path.join(folder, 'points.csv'), ['x,y,side', ...rows, ''].join('\n'));
  const data = { batch_size: 8, input_size: [2], label_dim: 2, data_path: 'points.csv' };
  const model = { iteration: 1, learning_rate: 0.01, network: [{ type: 'dense_set', unit: 2 }] };
  writeFileSync(path.join(folder, 'model_scheme.json'), JSON.stringify({ data, model }, null, 2));
}

function writeRun(folder: string, id: string, purpose: string): void {
  const time = '2026-11-20T10:15:00.000Z';
  const written = record({
    id,
    name: id,
    state: 'finished',
    history: [
      { state: 'starting', time },
      { state: 'finished', time },
    ],
    host: 'lab',
    scheme: { path: path.resolve(folder, '../../model_scheme.json'), sha256: '0'.repeat(64) },
    purpose,
    metrics: { final: { 'loss/validation': 0.5 }, best: {} },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(written));
}
