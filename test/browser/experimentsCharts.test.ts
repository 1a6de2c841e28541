import assert from 'node:assert/strict';
import type { Series, SeriesQuery } from '../../core/protocol/runs';
import { becomes, screenshot, texts } from './panelSession';
import { experimentsSession, namesOfRuns } from './panelsExperiments';
import { manyTrials, sampleRuns, sampleSeries, sampleSweep } from './panelsRuns';

describe('Experiments panel, curves and sweeps', () => {
  const experiments = experimentsSession();

  it('reads values along a curve with the arrow keys', async () => {
    const panel = await experiments(() => [sampleRuns()[5]!]);
    await panel.page.locator('.chart').first().focus();
    await panel.page.keyboard.press('End');
    await panel.page.locator('.chart-readout:not([hidden])').waitFor();
    const readout = panel.page.locator('.chart-readout').first();
    await becomes(() => readout.textContent(), /^Step 1\.8 ktrainingvalidationbaseline0\.\d+0\.\d+$/);
  });

  it('draws a run on from its first epoch', async () => {
    const [run] = sampleRuns();
    let points = 1;
    const begun = ({ steps, wallTimes, values, ...series }: Series): Series => ({
      ...series,
      steps: steps.slice(0, points),
      wallTimes: wallTimes.slice(0, points),
      values: values.slice(0, points),
    });
    const panel = await experiments(() => [run!], {
      answers: { 'series/read': (query: SeriesQuery) => sampleSeries(query).map(begun) },
    });
    const chart = panel.page.getByRole('group', { name: /^Learning rate/ });
    await chart.waitFor();
    points = 40;
    await panel.tell('runs/changed', { folders: [run!.folder] });
    await panel.page.getByRole('group', { name: /^Learning rate, last values: .*0\.005/ }).focus();
    await panel.page.keyboard.press('End');
    await chart.locator('.chart-readout', { hasText: 'Step 756' }).waitFor();
    const [line, plot] = await Promise.all(
      ['.u-cursor-x', '.u-over'].map((part) => chart.locator(part).evaluate((each) => each.getBoundingClientRect())),
    );
    assert.ok(line!.x <= plot!.x + plot!.width + 1, 'the last value is within the chart');
  });

  it('lists the trials of a sweep, the best first, with the values that it gave them', async () => {
    const { sweep, runs } = sampleSweep();
    const panel = await experiments(() => [...sampleRuns(), ...runs], { answers: { 'sweeps/list': () => [sweep] } });
    await panel.page.locator('.chart').first().waitFor();
    await panel.page.locator('.sweep-choice vscode-dropdown').click();
    await panel.page.locator('vscode-option', { hasText: '5f1c' }).click();
    await panel.page.locator('.row').nth(4).waitFor({ state: 'detached' });
    await becomes(() => namesOfRuns(panel), ['5f1c #3', '5f1c #2', '5f1c #4', '5f1c #1']);
    const heads = panel.page.locator('.head-cell');
    await becomes(async () => (await texts(heads)).slice(2, 4), ['learning rate', 'optimizer']);
    const best = panel.page.getByRole('columnheader', { name: 'Best loss' });
    await becomes(() => best.getAttribute('aria-sort'), 'ascending');
    await panel.page.locator('.grid').focus();
    await panel.page.keyboard.press('Control+a');
    await screenshot(panel, 'experiments-sweep');
  });

  it('draws what a sweep tried and what came of it, and leads from a line to its run', async () => {
    const { sweep, runs } = manyTrials(1000);
    const state = {
      table: { sorting: { column: 'started', descending: true }, filter: '', sweep: sweep.id, active: '' },
    };
    const panel = await experiments(() => runs, { state, answers: { 'sweeps/list': () => [sweep] } });
    const plot = panel.page.locator('.sweep-plot');
    await plot.waitFor();
    await becomes(() => plot.getAttribute('aria-label'), /^1,000 trials\. The best: 5f1c #\d+: learning rate /);
    await plot.focus();
    await panel.page.keyboard.press('Home');
    await plot.getByText('(1 of 1,000)').waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await plot.getByText('(2 of 1,000)').waitFor();
    await panel.page.keyboard.press('Enter');
    const told = (await plot.locator('.sweep-readout').textContent()) ?? '';
    const active = panel.page.locator('.row.active .cell-name');
    await becomes(() => active.textContent(), told.split(':')[0]!);
    await screenshot(panel, 'experiments-sweep-plot');
    const quickest = await panel.page.evaluate(async () => {
      const each: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        const started = performance.now();
        document.querySelector('.sweep-plot')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        each.push(performance.now() - started);
      }
      return Math.min(...each);
    });
    assert.ok(quickest < 1000, `${quickest} ms for a step`);
  });

  it('draws just the runs that it was opened for, and others when asked again', async () => {
    const wanted = [sampleRuns()[1]!.folder, sampleRuns()[5]!.folder];
    const panel = await experiments(sampleRuns, { answers: { 'runs/toCompare': () => ({ folders: wanted }) } });
    const legend = () => texts(panel.page.locator('.legend-entry'));
    await becomes(legend, ['learning rate 0.03', 'baseline']);
    await becomes(() => panel.page.locator('.row.active .cell-name').textContent(), 'learning rate 0.03');
    await panel.tell('runs/compare', { folders: [sampleRuns()[4]!.folder] });
    await becomes(legend, ['sgd with momentum']);
  });
});
