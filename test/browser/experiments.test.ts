import assert from 'node:assert/strict';
import { becomes, comesBack, looksRight, screenshot, texts, triesAgain } from './panelSession';
import { experimentsSession, namesOfRuns } from './panelsExperiments';
import type { PanelPage } from './panelsPage';
import { makeRun, manyRuns, sampleRuns } from './panelsRuns';

describe('Experiments panel', () => {
  const experiments = experimentsSession();
  const chosen = (panel: PanelPage) => texts(panel.page.locator('.row[aria-selected=true] .cell-name'));

  it('lists runs, newest first, and draws the newest', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.chart').first().waitFor();
    await becomes(async () => (await namesOfRuns(panel)).slice(0, 2), ['wider filters', 'learning rate 0.03']);
    await becomes(async () => (await chosen(panel)).length, 5);
    const charts = ['Loss', 'Accuracy', 'Learning rate', 'Throughput'];
    await becomes(() => texts(panel.page.locator('.chart h3')), charts);
    await becomes(
      async () => (await texts(panel.page.locator('.row .state'))).slice(0, 4),
      ['Running 42 %', 'Finished', 'Finished', 'Failed'],
    );
  });

  looksRight('experiments', async (options) => {
    const panel = await experiments(sampleRuns, options);
    await panel.page.locator('.chart').first().waitFor();
    return panel;
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.chart').first().waitFor();
    await panel.page.locator('.grid').focus();
    await panel.page.keyboard.press('End');
    await panel.page.keyboard.press('ArrowUp');
    await becomes(async () => {
      const active = await panel.page.locator('.grid').getAttribute('aria-activedescendant');
      return panel.page.locator(`#${active} .cell-name`).textContent();
    }, 'baseline on the old machine');
    await panel.page.keyboard.press('Space');
    await panel.page.locator('.legend-entry', { hasText: 'old machine' }).waitFor();
    await panel.page.keyboard.press('Enter');
    await becomes(() => panel.asked('run/openFolder'), [{ folder: sampleRuns()[6]!.folder }]);
  });

  it('has its arrow keys as soon as it is opened', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row').first().waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('.row.active', { hasText: 'wider filters' }).waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('.row.active', { hasText: 'learning rate 0.03' }).waitFor();
  });

  it('sorts by a column and turns round', async () => {
    const panel = await experiments(sampleRuns);
    const head = panel.page.getByRole('columnheader', { name: 'Learning rate' });
    const first = async () => (await namesOfRuns(panel))[0];
    await head.click();
    await becomes(first, 'learning rate 3');
    await becomes(() => head.getAttribute('aria-sort'), 'descending');
    await head.click();
    await becomes(first, 'baseline');
  });

  it('sorts by a column with the keyboard alone, and keeps the place while runs go on', async () => {
    const runs = sampleRuns();
    const panel = await experiments(() => runs);
    await panel.page.locator('.chart').first().waitFor();
    await panel.page.locator('.grid').focus();
    await panel.page.keyboard.press('Tab');
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'Enter']) await panel.page.keyboard.press(key);
    const head = panel.page.getByRole('columnheader', { name: 'Learning rate' });
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('aria-sort') === 'descending');
    await becomes(async () => (await namesOfRuns(panel))[0], 'learning rate 3');
    await panel.tell('runs/changed', { folders: [runs[0]!.folder] });
    await panel.page.waitForFunction((count) => document.querySelectorAll('.row').length === count, runs.length);
    assert.ok(await head.evaluate((cell) => cell === document.activeElement));
    await panel.page.keyboard.press('Space');
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('aria-sort') === 'ascending');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('.grid:focus').waitFor();
  });

  it('filters, and says how many are left', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.getByRole('textbox', { name: 'Filter runs' }).fill('largest rate');
    await becomes(() => namesOfRuns(panel), ['learning rate 0.03', 'learning rate 0.003', 'learning rate 3']);
    await becomes(() => panel.page.locator('.count').textContent(), /^3 of 8 runs/);
  });

  it('follows a run that goes on, and draws one that was just started', async () => {
    let runs = sampleRuns();
    const panel = await experiments(() => runs);
    await panel.page.locator('.chart').first().waitFor();
    const [going] = runs;
    const progress = { ...going!.record!.progress!, epoch: 55 };
    runs = [{ ...going!, record: { ...going!.record!, progress } }, ...runs.slice(1)];
    await panel.tell('runs/changed', { folders: [going!.folder] });
    await panel.page.locator('.state', { hasText: 'Running 55 %' }).first().waitFor();
    await becomes(() => panel.asked('runs/list'), [{}, { folders: [going!.folder] }]);
    runs = [makeRun(9, 'just started', 'starting', {}, ''), ...runs];
    await panel.tell('runs/changed', { folders: [] });
    await panel.page.locator('.legend-entry', { hasText: 'just started' }).waitFor();
  });

  it('does to the active run what its buttons say', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row').first().locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Stop' }).click();
    await panel.page.getByRole('button', { name: 'Write Note', exact: true }).click();
    await panel.page.locator('.row').nth(1).locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Match' }).click();
    await panel.page.getByRole('button', { name: 'Write Note on 5 Runs' }).click();
    const [first, second] = sampleRuns();
    await becomes(() => panel.asked('run/stop'), [{ folder: first!.folder }]);
    await becomes(() => panel.asked('run/match'), [{ folder: second!.folder }]);
    await becomes(
      () => panel.asked('run/note'),
      [
        { folders: [first!.folder] },
        {
          folders: sampleRuns()
            .slice(0, 5)
            .map(({ folder }) => folder),
        },
      ],
    );
    await panel.page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  });

  it('offers to resume what stopped, to clone, and to show the log', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row', { hasText: 'sgd with momentum' }).locator('.cell-name').click();
    for (const name of ['Resume', 'Clone …', 'Log'])
      await panel.page.getByRole('button', { name, exact: true }).click();
    const expected = [{ folder: sampleRuns()[4]!.folder }];
    for (const method of ['run/resume', 'run/clone', 'run/log']) await becomes(() => panel.asked(method), expected);
    await panel.page.locator('.row', { hasText: 'wider filters' }).locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Resume', exact: true }).waitFor({ state: 'detached' });
  });

  it('says what went wrong with an action, and keeps the table', async () => {
    const refuse = () => {
      throw new Error('This run has no model yet.');
    };
    const panel = await experiments(sampleRuns, { answers: { 'run/match': refuse } });
    await panel.page.locator('.row').nth(1).locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Match' }).click();
    await panel.page.getByRole('alert').filter({ hasText: 'This run has no model yet.' }).waitFor();
    await becomes(async () => (await namesOfRuns(panel)).length, 8);
  });

  it('says how to start when there is no run, and starts one', async () => {
    const panel = await experiments(() => []);
    await panel.page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await screenshot(panel, 'experiments-empty');
    await panel.page.getByRole('button', { name: 'Run Scheme' }).click();
    await becomes(() => panel.asked('scheme/run'), [{}]);
  });

  triesAgain('The language server is not running.', '.row', (fails) => experiments(fails(sampleRuns)));

  comesBack(
    (options) => experiments(sampleRuns, options),
    async ({ page }) => {
      await page.locator('vscode-text-field input').fill('baseline');
      await page.locator('.row', { hasText: 'baseline on' }).waitFor();
      await page.locator('.row').nth(2).waitFor({ state: 'detached' });
      await page.locator('.row').first().locator('.check-cell').click();
      await page.locator('vscode-checkbox').click();
    },
    async (panel) => {
      await panel.page.locator('.legend-entry').nth(5).waitFor();
      await becomes(() => namesOfRuns(panel), ['baseline', 'baseline on the old machine']);
      await panel.page.locator('vscode-checkbox[aria-checked=true]').waitFor();
    },
  );

  it('survives a state of another version', async () => {
    const panel = await experiments(sampleRuns, { state: { chosen: 'all', table: null, charts: 7 } });
    await panel.page.locator('.chart').first().waitFor();
  });

  it('shows ten thousand runs at once', async () => {
    const panel = await experiments(() => manyRuns(10_000));
    await panel.page.locator('.row').first().waitFor();
    assert.ok((await panel.page.locator('.row').count()) < 60);
    await panel.page.locator('.grid').focus();
    // The least of three: what else the machine does only adds to it.
    const times: number[] = [];
    for (const _turn of [1, 2, 3]) {
      await panel.page.keyboard.press('Home');
      await panel.page.locator('.row.active .cell-name', { hasText: /^\s*trial 0\s*$/ }).waitFor();
      const start = performance.now();
      await panel.page.keyboard.press('End');
      await panel.page.locator('.row.active', { hasText: 'trial 9999' }).waitFor();
      times.push(performance.now() - start);
    }
    assert.ok(Math.min(...times) < 3000, times.join());
  });

  it('speaks the language of its host', async () => {
    const panel = await experiments(() => [], { messages: { 'No runs yet': '아직 실행이 없습니다' } });
    await panel.page.getByRole('heading', { name: '아직 실행이 없습니다' }).waitFor();
  });
});
