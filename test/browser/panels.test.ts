import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { RunSummary, Series, SeriesQuery } from '../../core/protocol/runs';
import { panelSession, screenshot } from './panelSession';
import { matchingReport, sampleReport } from './panelsMatch';
import type { PanelOptions, PanelPage } from './panelsPage';
import { makeRun, manyRuns, manyTrials, sampleRuns, sampleSeries, sampleSweep } from './panelsRuns';

const open = panelSession();

const texts = async (locator: Locator) => (await locator.allTextContents()).map((text) => text.trim());

describe('Experiments panel', () => {
  const experiments = (runs: () => RunSummary[], options: Partial<PanelOptions> = {}) =>
    open('experiments', {
      ...options,
      answers: {
        'runs/list': runs,
        'sweeps/list': () => [],
        'runs/toCompare': () => ({ folders: [] }),
        'series/read': (query: SeriesQuery) => sampleSeries(query),
        'run/log': () => null,
        'run/resume': () => null,
        'run/clone': () => null,
        'run/openFolder': () => null,
        'run/stop': () => null,
        'run/match': () => null,
        'run/note': () => null,
        'scheme/run': () => null,
        ...options.answers,
      },
    });
  const names = (panel: PanelPage) => texts(panel.page.locator('.row .cell-name'));
  const chosen = (panel: PanelPage) => texts(panel.page.locator('.row[aria-selected=true] .cell-name'));

  it('lists runs, newest first, and draws the newest', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.chart').first().waitFor();
    assert.deepEqual((await names(panel)).slice(0, 2), ['wider filters', 'learning rate 0.03']);
    assert.equal((await chosen(panel)).length, 5);
    assert.deepEqual(await texts(panel.page.locator('.chart h3')), ['Loss', 'Accuracy', 'Learning rate', 'Throughput']);
    assert.deepEqual((await texts(panel.page.locator('.row .state'))).slice(0, 4), [
      'Running 42 %',
      'Finished',
      'Finished',
      'Failed',
    ]);
  });

  it('looks right in every theme and width', async () => {
    for (const [theme, width] of [
      ['dark', 1600],
      ['light', 1000],
      ['contrast', 1000],
      ['dark', 400],
    ] as const) {
      const panel = await experiments(sampleRuns, { theme, viewport: { width, height: 900 } });
      await panel.page.locator('.chart').first().waitFor();
      const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(overflow, 0, `${theme} ${width}`);
      await screenshot(panel, `experiments-${theme}-${width}`);
    }
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.chart').first().waitFor();
    await panel.page.locator('.grid').focus();
    await panel.page.keyboard.press('End');
    await panel.page.keyboard.press('ArrowUp');
    const active = await panel.page.locator('.grid').getAttribute('aria-activedescendant');
    assert.equal(await panel.page.locator(`#${active} .cell-name`).textContent(), 'baseline on the old machine');
    await panel.page.keyboard.press('Space');
    await panel.page.locator('.legend-entry', { hasText: 'old machine' }).waitFor();
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(panel.asked('run/openFolder'), [{ folder: sampleRuns()[6]!.folder }]);
  });

  it('has its arrow keys as soon as it is opened', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row').first().waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('.row.active', { hasText: 'wider filters' }).waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.locator('.row.active', { hasText: 'learning rate 0.03' }).waitFor();
  });

  it('reads values along a curve with the arrow keys', async () => {
    const panel = await experiments(() => [sampleRuns()[5]!]);
    await panel.page.locator('.chart').first().focus();
    await panel.page.keyboard.press('End');
    await panel.page.locator('.chart-readout:not([hidden])').waitFor();
    const readout = panel.page.locator('.chart-readout').first();
    assert.match((await readout.textContent()) ?? '', /^Step 1\.8 ktrainingvalidationbaseline0\.\d+0\.\d+$/);
  });

  it('sorts by a column and turns round', async () => {
    const panel = await experiments(sampleRuns);
    const head = panel.page.getByRole('columnheader', { name: 'Learning rate' });
    await head.click();
    assert.equal((await names(panel))[0], 'learning rate 3');
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await head.click();
    assert.equal((await names(panel))[0], 'baseline');
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
    assert.equal((await names(panel))[0], 'learning rate 3');
    await panel.tell('runs/changed', { folders: [runs[0]!.folder] });
    await panel.page.waitForFunction((count) => document.querySelectorAll('.row').length === count, runs.length);
    assert.ok(await head.evaluate((cell) => cell === document.activeElement));
    await panel.page.keyboard.press('Space');
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('aria-sort') === 'ascending');
    await panel.page.keyboard.press('ArrowDown');
    assert.ok(await panel.page.locator('.grid').evaluate((grid) => grid === document.activeElement));
  });

  it('filters, and says how many are left', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.getByRole('textbox', { name: 'Filter runs' }).fill('largest rate');
    assert.deepEqual(await names(panel), ['learning rate 0.03', 'learning rate 0.003', 'learning rate 3']);
    assert.match((await panel.page.locator('.count').textContent()) ?? '', /^3 of 8 runs/);
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
    assert.deepEqual(panel.asked('runs/list'), [{}, { folders: [going!.folder] }]);
    runs = [makeRun(9, 'just started', 'starting', {}, ''), ...runs];
    await panel.tell('runs/changed', { folders: [] });
    await panel.page.locator('.legend-entry', { hasText: 'just started' }).waitFor();
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

  it('does to the active run what its buttons say', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row').first().locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Stop' }).click();
    await panel.page.getByRole('button', { name: 'Write Note', exact: true }).click();
    await panel.page.locator('.row').nth(1).locator('.cell-name').click();
    await panel.page.getByRole('button', { name: 'Match' }).click();
    await panel.page.getByRole('button', { name: 'Write Note on 5 Runs' }).click();
    const [first, second] = sampleRuns();
    assert.deepEqual(panel.asked('run/stop'), [{ folder: first!.folder }]);
    assert.deepEqual(panel.asked('run/match'), [{ folder: second!.folder }]);
    assert.deepEqual(panel.asked('run/note'), [
      { folders: [first!.folder] },
      {
        folders: sampleRuns()
          .slice(0, 5)
          .map(({ folder }) => folder),
      },
    ]);
    assert.equal(await panel.page.getByRole('button', { name: 'Stop' }).count(), 0);
  });

  it('lists the trials of a sweep, the best first, with the values that it gave them', async () => {
    const { sweep, runs } = sampleSweep();
    const panel = await experiments(() => [...sampleRuns(), ...runs], { answers: { 'sweeps/list': () => [sweep] } });
    await panel.page.locator('.chart').first().waitFor();
    await panel.page.locator('.sweep-choice vscode-dropdown').click();
    await panel.page.locator('vscode-option', { hasText: '5f1c' }).click();
    await panel.page.locator('.row').nth(4).waitFor({ state: 'detached' });
    assert.deepEqual(await names(panel), ['5f1c #3', '5f1c #2', '5f1c #4', '5f1c #1']);
    const heads = await texts(panel.page.locator('.head-cell'));
    assert.deepEqual(heads.slice(2, 4), ['learning rate', 'optimizer']);
    assert.equal(
      await panel.page.getByRole('columnheader', { name: 'Best loss' }).getAttribute('aria-sort'),
      'ascending',
    );
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
    assert.match((await plot.getAttribute('aria-label')) ?? '', /^1,000 trials\. The best: 5f1c #\d+: learning rate /);
    await plot.focus();
    await panel.page.keyboard.press('Home');
    await plot.getByText('(1 of 1,000)').waitFor();
    await panel.page.keyboard.press('ArrowDown');
    await plot.getByText('(2 of 1,000)').waitFor();
    await panel.page.keyboard.press('Enter');
    const told = (await plot.locator('.sweep-readout').textContent()) ?? '';
    const active = panel.page.locator('.row.active .cell-name');
    await active.waitFor();
    assert.equal(await active.textContent(), told.split(':')[0]);
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
    await panel.page.locator('.legend-entry').nth(2).waitFor({ state: 'detached' });
    assert.deepEqual(await texts(panel.page.locator('.legend-entry')), ['learning rate 0.03', 'baseline']);
    assert.equal(await panel.page.locator('.row.active .cell-name').textContent(), 'learning rate 0.03');
    await panel.tell('runs/compare', { folders: [sampleRuns()[4]!.folder] });
    await panel.page.locator('.legend-entry', { hasText: 'sgd with momentum' }).waitFor();
    assert.deepEqual(await texts(panel.page.locator('.legend-entry')), ['sgd with momentum']);
  });

  it('offers to resume what stopped, to clone, and to show the log', async () => {
    const panel = await experiments(sampleRuns);
    await panel.page.locator('.row', { hasText: 'sgd with momentum' }).locator('.cell-name').click();
    for (const name of ['Resume', 'Clone …', 'Log'])
      await panel.page.getByRole('button', { name, exact: true }).click();
    const expected = [{ folder: sampleRuns()[4]!.folder }];
    for (const method of ['run/resume', 'run/clone', 'run/log']) assert.deepEqual(panel.asked(method), expected);
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
    assert.equal((await names(panel)).length, 8);
  });

  it('says how to start when there is no run, and starts one', async () => {
    const panel = await experiments(() => []);
    await panel.page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await screenshot(panel, 'experiments-empty');
    await panel.page.getByRole('button', { name: 'Run Scheme' }).click();
    assert.deepEqual(panel.asked('scheme/run'), [{}]);
  });

  it('says why runs could not be listed, and tries again', async () => {
    let works = false;
    const panel = await experiments(() => {
      if (!works) throw new Error('The language server is not running.');
      return sampleRuns();
    });
    await panel.page.getByText('The language server is not running.').waitFor();
    works = true;
    await panel.page.getByRole('button', { name: 'Try Again' }).click();
    await panel.page.locator('.row').first().waitFor();
  });

  it('is as it was left when its page comes back', async () => {
    const first = await experiments(sampleRuns);
    await first.page.locator('vscode-text-field input').fill('baseline');
    await first.page.locator('.row').first().locator('.check-cell').click();
    await first.page.locator('.legend-entry', { hasText: /^baseline$/ }).waitFor();
    await first.page.locator('vscode-checkbox').click();
    const second = await experiments(sampleRuns, { state: first.state });
    await second.page.locator('.legend-entry').nth(5).waitFor();
    assert.deepEqual(await names(second), ['baseline', 'baseline on the old machine']);
    assert.equal(await second.page.locator('vscode-checkbox').getAttribute('aria-checked'), 'true');
  });

  it('survives a state of another version', async () => {
    const panel = await experiments(sampleRuns, { state: { chosen: 'all', table: null, charts: 7 } });
    await panel.page.locator('.chart').first().waitFor();
  });

  it('shows ten thousand runs at once', async () => {
    const panel = await experiments(() => manyRuns(10_000));
    await panel.page.locator('.row').first().waitFor();
    assert.ok((await panel.page.locator('.row').count()) < 60);
    await panel.page.locator('.grid').focus();
    const start = Date.now();
    await panel.page.keyboard.press('End');
    await panel.page.locator('.row.active', { hasText: 'trial 9999' }).waitFor();
    assert.ok(Date.now() - start < 1500);
  });

  it('speaks the language of its host', async () => {
    const panel = await experiments(() => [], { messages: { 'No runs yet': '아직 실행이 없습니다' } });
    await panel.page.getByRole('heading', { name: '아직 실행이 없습니다' }).waitFor();
  });
});

describe('Match panel', () => {
  const match = (options: Partial<PanelOptions> = {}) =>
    open('match', {
      ...options,
      answers: {
        'report/read': () => sampleReport(),
        'report/watch': () => null,
        'scheme/reveal': () => null,
        'file/open': () => null,
        'fixes/read': () => [],
        ...options.answers,
      },
    });
  const activeText = async ({ page }: PanelPage) => {
    const id = await page.locator('.comparison').getAttribute('aria-activedescendant');
    return (await page.locator(`#${id}`).textContent()) ?? '';
  };

  it('shows both sides, each verdict with its word, and folds what is alike', async () => {
    const panel = await match();
    await panel.page.getByRole('heading', { name: '4 layers are not the intended ones.' }).waitFor();
    assert.deepEqual(await texts(panel.page.locator('.layer .status')), [
      'equivalent',
      'different',
      'same',
      'cannot be told',
      'missing',
      'extra',
      'moved',
      'same',
    ]);
    assert.deepEqual(await texts(panel.page.locator('.layer-different mark')), [
      '3',
      '3',
      'leaky_relu (0.2)',
      '5',
      '5',
      'relu',
    ]);
    assert.match((await panel.page.locator('.fold').textContent()) ?? '', /^6 layers as intended/);
    assert.equal(await panel.page.getByText('not exported').count(), 1);
  });

  it('looks right in every theme and width', async () => {
    for (const [theme, width] of [
      ['dark', 1600],
      ['light', 1000],
      ['contrast', 1000],
      ['dark', 400],
    ] as const) {
      const panel = await match({ theme, viewport: { width, height: 900 } });
      await panel.page.locator('.line').first().waitFor();
      const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(overflow, 0, `${theme} ${width}`);
      await screenshot(panel, `match-${theme}-${width}`);
    }
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await match();
    await panel.page.locator('.line').first().waitFor();
    await panel.page.locator('.comparison').focus();
    await panel.page.keyboard.press('F7');
    assert.match(await activeText(panel), /^conv_2/);
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.getByText('kernel_shape [5, 5]').waitFor();
    await panel.page.keyboard.press('Enter');
    assert.deepEqual(panel.asked('scheme/reveal'), [{ path: ['model', 'network', 1] }]);
    await panel.page.keyboard.press('ArrowLeft');
    await panel.page.getByText('kernel_shape [5, 5]').waitFor({ state: 'detached' });
    await panel.page.keyboard.press('Shift+F7');
    assert.match(await activeText(panel), /^pool_2/);
    await panel.page.keyboard.press('Control+f');
    await panel.page.keyboard.type('block_5');
    await panel.page.getByText('1 of 14 layers').waitFor();
  });

  it('opens a fold', async () => {
    const panel = await match();
    await panel.page.locator('.fold').click();
    await panel.page.locator('.name', { hasText: 'block_4' }).waitFor();
    assert.equal(await panel.page.locator('.fold').count(), 0);
    assert.equal(await panel.page.locator('.comparison').getAttribute('aria-rowcount'), '19');
  });

  it('shows the numeric proof with its figures', async () => {
    const panel = await match({ answers: { 'report/read': () => matchingReport() } });
    await panel.page.getByRole('heading', { name: 'The exported graph is the intended network.' }).waitFor();
    await panel.page.locator('.proof summary').click();
    await panel.page.locator('.proof td.good').nth(5).waitFor();
    assert.equal(await panel.page.locator('.proof td.good').count(), 6);
    assert.match(
      (await panel.page.locator('.proof summary').textContent()) ?? '',
      /6 inputs; .*6\.6e-6 \(2\.52e-6\), allowed 1e-4 \(0\.001\)/,
    );
    await screenshot(panel, 'match-proof');
  });

  it('matches again when asked, and keeps the report when that fails', async () => {
    let count = 0;
    const read = () => {
      if (++count > 1) throw new Error('model.onnx ends too early, at byte 4096.');
      return sampleReport();
    };
    const panel = await match({ answers: { 'report/read': read } });
    await panel.page.getByRole('button', { name: 'Match Again', exact: true }).click();
    await panel.page.getByRole('alert').filter({ hasText: 'at byte 4096' }).waitFor();
    assert.equal(await panel.page.locator('.layer').count(), 8);
    assert.deepEqual(panel.asked('report/read'), [{ again: false }, { again: true }]);
  });

  it('watches the files, and shows what the host tells', async () => {
    const panel = await match();
    await panel.page.getByRole('button', { name: /whenever a file is written/ }).click();
    assert.deepEqual(panel.asked('report/watch'), [{ on: true }]);
    await panel.tell('report/started', {});
    await panel.page.getByRole('progressbar').waitFor();
    await panel.tell('report/changed', matchingReport());
    await panel.page.getByRole('heading', { name: 'The exported graph is the intended network.' }).waitFor();
    assert.equal(await panel.page.getByRole('progressbar').count(), 0);
  });

  it('says why the files could not be matched, and tries again', async () => {
    let works = false;
    const panel = await match({
      answers: {
        'report/read': () => {
          if (!works) throw new Error('model.onnx is no ONNX file.');
          return sampleReport();
        },
      },
    });
    await panel.page.getByText('model.onnx is no ONNX file.').waitFor();
    works = true;
    await panel.page.getByRole('button', { name: 'Try Again' }).click();
    await panel.page.locator('.line').first().waitFor();
  });

  it('is as it was left when its page comes back', async () => {
    const first = await match();
    await first.page.locator('.fold').click();
    await first.page.locator('.layer-different .twisty').click();
    await first.page.getByText('kernel_shape [5, 5]').waitFor();
    const second = await match({ state: first.state });
    await second.page.getByText('kernel_shape [5, 5]').waitFor();
    assert.equal(await second.page.locator('.fold').count(), 0);
  });

  it('scrolls through thousands of layers', async () => {
    const panel = await match({ answers: { 'report/read': () => matchingReport(5000) } });
    await panel.page.locator('.line').first().waitFor();
    await panel.page.locator('.comparison').focus();
    await panel.page.keyboard.press('End');
    await panel.page.locator('.name', { hasText: 'block_5000' }).waitFor();
    assert.ok((await panel.page.locator('.line').count()) < 80);
  });

  it('shows text from files as text', async () => {
    const report = sampleReport();
    const evil = '<img src=x onerror=alert(1)>';
    const panel = await match({
      answers: {
        'report/read': () => ({
          ...report,
          notes: [evil],
          layers: report.layers.map((layer) => ({ ...layer, name: evil })),
        }),
      },
    });
    await panel.page.locator('.name').first().waitFor();
    assert.equal(await panel.page.locator('#app img').count(), 0);
    assert.equal(await panel.page.locator('.name').first().textContent(), evil);
  });
});
