import assert from 'node:assert/strict';
import { becomes, comesBack, looksRight, panelSession, screenshot, texts, triesAgain } from './panelSession';
import { matchingReport, sampleReport } from './panelsMatch';
import { sampleDetails, sampleModel, sampleStatistics } from './panelsModel';
import type { PanelOptions, PanelPage } from './panelsPage';

const open = panelSession();

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
    await becomes(
      () => texts(panel.page.locator('.layer .status')),
      ['equivalent', 'different', 'same', 'cannot be told', 'missing', 'extra', 'moved', 'same'],
    );
    await becomes(
      () => texts(panel.page.locator('.layer-different mark')),
      ['3', '3', 'leaky_relu (0.2)', '5', '5', 'relu'],
    );
    await becomes(() => panel.page.locator('.fold').textContent(), /^6 layers without a difference/);
    await becomes(() => panel.page.getByText('not exported').count(), 1);
  });

  looksRight('match', async (options) => {
    const panel = await match(options);
    await panel.page.locator('.line').first().waitFor();
    return panel;
  });

  it('is worked with the keyboard alone', async () => {
    const panel = await match();
    await panel.page.locator('.line').first().waitFor();
    await panel.page.locator('.comparison').focus();
    await panel.page.keyboard.press('F7');
    await becomes(() => activeText(panel), /^conv_2/);
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.getByText('kernel_shape [5, 5]').waitFor();
    await panel.page.keyboard.press('Enter');
    await becomes(() => panel.asked('scheme/reveal'), [{ path: ['model', 'network', 1] }]);
    await panel.page.keyboard.press('ArrowLeft');
    await panel.page.getByText('kernel_shape [5, 5]').waitFor({ state: 'detached' });
    await panel.page.keyboard.press('Shift+F7');
    await becomes(() => activeText(panel), /^pool_2/);
    await panel.page.keyboard.press('Control+f');
    await panel.page.keyboard.type('block_5');
    await panel.page.getByText('1 of 14 layers').waitFor();
    await panel.page.keyboard.press('Escape');
    await panel.page.getByText('4 differences').waitFor();
    await becomes(() => activeText(panel), /^block_5/);
    await panel.page.keyboard.press('Alt+F5');
    await panel.page.locator('.line.active.layer-missing').waitFor();
    await panel.page.keyboard.press('Shift+Alt+F5');
    await panel.page.locator('.line.active', { hasText: 'conv_2' }).waitFor();
  });

  it('opens a fold', async () => {
    const panel = await match();
    await panel.page.locator('.fold').click();
    await panel.page.locator('.name', { hasText: 'block_4' }).waitFor();
    await panel.page.locator('.fold').waitFor({ state: 'detached' });
    await becomes(() => panel.page.locator('.comparison').getAttribute('aria-rowcount'), '19');
  });

  it('shows the numeric proof with its figures', async () => {
    const panel = await match({ answers: { 'report/read': () => matchingReport() } });
    await panel.page.getByRole('heading', { name: 'The exported graph is the intended network.' }).waitFor();
    await panel.page.locator('.proof summary').click();
    await becomes(() => panel.page.locator('.proof td.good').count(), 6);
    await becomes(
      () => panel.page.locator('.proof summary').textContent(),
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
    await panel.page.locator('.layer').first().waitFor();
    await panel.page.getByRole('button', { name: 'Match Again', exact: true }).click();
    await panel.page.getByRole('alert').filter({ hasText: 'at byte 4096' }).waitFor();
    await becomes(() => panel.page.locator('.layer').count(), 8);
    await becomes(() => panel.asked('report/read'), [{ again: false }, { again: true }]);
    // What works meanwhile does not take away why the report is an old one.
    await panel.page.getByRole('button', { name: /whenever a file is written/ }).click();
    await becomes(() => panel.asked('report/watch'), [{ on: true }]);
    await panel.page.getByRole('alert').filter({ hasText: 'at byte 4096' }).waitFor();
    await panel.tell('report/changed', matchingReport());
    await panel.page.getByRole('alert').waitFor({ state: 'hidden' });
  });

  it('watches the files, and shows what the host tells', async () => {
    const panel = await match();
    await panel.page.getByRole('button', { name: /whenever a file is written/ }).click();
    await becomes(() => panel.asked('report/watch'), [{ on: true }]);
    await panel.tell('report/started', {});
    await panel.page.getByRole('progressbar').waitFor();
    await panel.tell('report/changed', matchingReport());
    await panel.page.getByRole('heading', { name: 'The exported graph is the intended network.' }).waitFor();
    await becomes(() => panel.page.getByRole('progressbar').count(), 0);
  });

  triesAgain('model.onnx is no ONNX file.', '.line', (fails) =>
    match({ answers: { 'report/read': fails(sampleReport) } }),
  );

  comesBack(
    match,
    async ({ page }) => {
      await page.locator('.fold').click();
      await page.locator('.layer-different .twisty').click();
    },
    async ({ page }) => {
      await page.getByText('kernel_shape [5, 5]').waitFor();
      await page.locator('.fold').waitFor({ state: 'detached' });
    },
  );

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

describe('Match panel, fixes and nodes', () => {
  const match = (options: Partial<PanelOptions> = {}) =>
    open('match', {
      ...options,
      answers: {
        'report/read': () => sampleReport(),
        'fixes/read': () => [
          { layer: 'conv_2', message: 'kernel: 3 x 3 intended, 5 x 5 exported', title: 'Take 5 x 5' },
        ],
        'fix/apply': () => null,
        'fix/undo': () => null,
        'model/read': () => sampleModel(),
        'graph/read': () => matchedGraph(),
        'node/read': ({ node }: { node: number }) => sampleDetails(node),
        'tensor/read': () => sampleStatistics(),
        ...options.answers,
      },
    });

  it('takes an exported value into the scheme, and takes it back', async () => {
    const panel = await match();
    await panel.page.getByRole('button', { name: 'Take 5 x 5' }).click();
    await panel.page.getByText('Changed in layer conv_2: Take 5 x 5').waitFor();
    const taken = { layer: 'conv_2', message: 'kernel: 3 x 3 intended, 5 x 5 exported' };
    assert.deepEqual(panel.asked('fix/apply'), [taken]);
    await panel.page.getByRole('button', { name: 'Undo' }).click();
    await becomes(() => panel.asked('fix/undo'), [{}]);
  });

  it('shows the nodes of a layer on both sides, with the statistics of their weights', async () => {
    const panel = await match({ viewport: { width: 1400, height: 900 } });
    await panel.page.getByRole('button', { name: 'Details of Nodes' }).click();
    await panel.page.locator('.layer-different').first().click();
    await panel.page.getByText('Standard deviation').nth(1).waitFor();
    // Of the first layer too, where its answers came before the click.
    const sides = new Set(panel.asked('tensor/read').map((asked) => (asked as { side: string }).side));
    assert.deepEqual([...sides].sort(), ['exported', 'intended']);
    await screenshot(panel, 'match-details');
    const again = await match({ state: panel.state });
    await again.page.getByText('Standard deviation').nth(1).waitFor();
  });

  it('draws either side as a graph with the verdicts', async () => {
    const panel = await match();
    await panel.page.locator('.line').first().waitFor();
    await panel.page.getByRole('button', { name: 'Graph of the Exported Side' }).click();
    // It is drawn once it was read.
    await panel.page.getByRole('progressbar').waitFor({ state: 'hidden' });
    await panel.page.locator('canvas').focus();
    await panel.page.keyboard.press('Home');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.getByText('conv_1, convolution 3 x 3').waitFor({ state: 'attached' });
    await screenshot(panel, 'match-graph');
    assert.deepEqual(panel.asked('model/read'), [{ side: 'exported' }]);
  });
});

/** Every layer of the sample report has nodes of the same names: one of each is enough to be drawn. */
function matchedGraph() {
  const nodes = [
    { name: 'node_conv2d_1', operator: 'Conv', attributes: '', from: [-1], parameters: 640 },
    { name: 'node_leaky_relu_1', operator: 'LeakyRelu', attributes: '', from: [0], parameters: 0 },
    { name: 'node_shape', operator: 'Shape', attributes: '', from: [1], parameters: 0 },
  ];
  return { inputs: [{ name: 'x', type: 'float32' }], outputs: [], nodes, blocks: [] };
}
