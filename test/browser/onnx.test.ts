import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { becomes, comesBack, looksRight, panelSession, screenshot } from './panelSession';
import { longGraph, sampleDetails, sampleGraph, sampleModel, sampleStatistics } from './panelsModel';
import type { PanelOptions, PanelPage } from './panelsPage';

const open = panelSession();

const firstCells = async (locator: Locator) =>
  (await locator.locator('.first').allTextContents()).map((text) => text.trim());

describe('ONNX editor', () => {
  const model = (options: Partial<PanelOptions> = {}) =>
    open('onnx', {
      ...options,
      answers: {
        'model/read': () => sampleModel(),
        'graph/read': () => sampleGraph(),
        'graph/shapes': () => sampleGraph().nodes.map(() => ['batch', 10]),
        'node/read': ({ node }: { node: number }) => sampleDetails(node),
        'tensor/read': () => sampleStatistics(),
        'run/find': () => ({ name: 'baseline' }),
        'run/open': () => null,
        'source/open': () => null,
        'match/open': () => null,
        'file/openAs': () => null,
        ...options.answers,
      },
    });
  const rows = ({ page }: PanelPage) => firstCells(page.locator('.row.line'));

  it('shows what the file is, its nodes, and what repeats only once', async () => {
    const panel = await model();
    await panel.page.locator('.row.line').first().waitFor();
    await becomes(() => rows(panel), ['Input', 'lab::Attention', '8 × 4 nodes', 'Gemm', 'Output']);
    await becomes(() => panel.page.locator('.facts').textContent(), /pytorch 2\.13\.0.*opset 20.*594,635/);
    await panel.page.locator('.row.line', { hasText: 'Gemm' }).getByText('batch × 10').waitFor();
    await panel.page.getByRole('button', { name: 'baseline' }).click();
    await becomes(() => panel.asked('run/open'), [{ run: '20261122-141502-3f9a' }]);
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await model();
    const { keyboard } = panel.page;
    await panel.page.locator('.row.line').first().waitFor();
    await panel.page.locator('.node-list').focus();
    await keyboard.press('End');
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'Enter'])
      await keyboard.press(key);
    await panel.page.getByText('Standard deviation').waitFor();
    await becomes(() => panel.asked('node/read').at(-1), { version: '1', graph: '', node: 1 });
    await panel.page.getByRole('button', { name: 'model.py:10' }).click();
    await becomes(() => panel.asked('source/open').length, 1);
    await keyboard.press('Control+f');
    await keyboard.type('gelu blocks.3');
    await panel.page.getByText('1 of 34 nodes').waitFor();
    await keyboard.press('Escape');
    await panel.page.locator('.row.line.active', { hasText: '/blocks.3/Gelu' }).waitFor();
    await panel.page.locator('.count', { hasText: /^34 nodes$/ }).waitFor();
    await panel.page.getByRole('columnheader', { name: 'Operator' }).waitFor();
  });

  it('draws the graph, and leads from a vertex to its details and its row', async () => {
    const panel = await model();
    await panel.page.locator('.row.line').first().waitFor();
    await panel.page.getByRole('button', { name: 'Graph', exact: true }).click();
    await panel.page.locator('canvas').focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'Enter']) await panel.page.keyboard.press(key);
    await panel.page.keyboard.press('Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter', 'ArrowDown']) await panel.page.keyboard.press(key);
    await screenshot(panel, 'onnx-graph');
    await panel.page.getByRole('button', { name: 'List' }).click();
    await panel.page.locator('.row.line').nth(10).waitFor();
  });

  it('reaches the function that a node calls', async () => {
    const panel = await model();
    await panel.page.locator('.opens-graph').click();
    await panel.page.waitForFunction(
      () => document.querySelector('vscode-dropdown')?.getAttribute('current-value') !== '',
    );
    await becomes(() => panel.asked('graph/read').at(-1), { version: '1', graph: 'function 0' });
  });

  looksRight('onnx', async (options) => {
    const panel = await model(options);
    await panel.page.locator('.row.fold').click();
    await panel.page.locator('.row.fold').nth(1).click();
    await panel.page.locator('.row.node', { hasText: 'MatMul' }).first().click();
    await panel.page.getByText('Standard deviation').waitFor();
    return panel;
  });

  it('says of a damaged file where and why it cannot be read, and reads it again', async () => {
    let works = false;
    const damaged = { ok: false, bytes: 300_000, offset: 4096, reason: 'A field claims 99 bytes where 3 are left.' };
    const panel = await model({ answers: { 'model/read': () => (works ? sampleModel() : damaged) } });
    await panel.page.getByText('A field claims 99 bytes').waitFor();
    await panel.page.getByText('At byte 4,096 (0x1000) of 300,000').waitFor();
    await screenshot(panel, 'onnx-damaged');
    works = true;
    await panel.tell('model/changed', {});
    await panel.page.locator('.row.line').first().waitFor();
  });

  it('says that its file is gone, and keeps the keyboard where it is when the file is there again', async () => {
    const panel = await model();
    await panel.page.locator('.row.line', { hasText: 'Gemm' }).click();
    await panel.tell('model/gone', {});
    await panel.page.getByRole('alert').filter({ hasText: 'not there any more' }).waitFor();
    await panel.page.getByText('Standard deviation').waitFor();
    await panel.tell('model/changed', {});
    await panel.page.getByRole('alert').waitFor({ state: 'hidden' });
    const active = '.node-list:focus .row.active';
    await panel.page.locator(active, { hasText: 'Gemm' }).waitFor();
  });

  it('scrolls through twenty thousand nodes', async () => {
    const panel = await model({ answers: { 'graph/read': () => longGraph(20_000) } });
    await panel.page.locator('.row.line').first().waitFor();
    await panel.page.locator('.node-list').focus();
    await panel.page.keyboard.press('End');
    await panel.page.locator('.row.line', { hasText: 'node_19999' }).waitFor();
    assert.ok((await panel.page.locator('.row.line').count()) < 80);
    await panel.page.getByRole('button', { name: 'Graph', exact: true }).click();
    await panel.page.locator('canvas').focus();
    await panel.page.keyboard.press('End');
    await panel.page.getByText('Relu, n × 4').waitFor();
  });

  comesBack(
    model,
    async ({ page }) => {
      await page.locator('.row.fold').click();
      await page.locator('.row.line', { hasText: 'Gemm' }).click();
    },
    async ({ page }) => {
      await page.getByText('Standard deviation').waitFor();
      await becomes(() => page.locator('.row.fold').count(), 9);
    },
  );

  it('survives a state of another version', async () => {
    const panel = await model({ state: { graph: 7, content: { open: 'all' } } });
    await panel.page.locator('.row.line').first().waitFor();
  });
});
