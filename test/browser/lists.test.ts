import assert from 'node:assert/strict';
import { panelSession } from './panelSession';
import { matchingReport, sampleReport } from './panelsMatch';
import { longGraph, sampleModel } from './panelsModel';
import type { PanelPage } from './panelsPage';

describe('long lists', () => {
  const open = panelSession();

  /** Layers of every verdict in turn, whose rows are of several heights. */
  const layersOf = (count: number) => {
    const { layers } = sampleReport();
    return Array.from({ length: count }, (_, at) => ({ ...layers[at % layers.length]!, name: `layer_${at}` }));
  };

  const match = () =>
    open('match', {
      viewport: { width: 900, height: 700 },
      answers: { 'report/read': () => ({ ...matchingReport(), layers: layersOf(3000) }), 'fixes/read': () => [] },
    });

  /** Waits until rows fill what is visible, each beginning where the one before ends. */
  const isFilled = ({ page }: PanelPage, list: string) =>
    page.waitForFunction((selector) => {
      const scroller = document.querySelector(selector)!;
      const { top, bottom } = scroller.getBoundingClientRect();
      const rows = [...scroller.querySelectorAll('[role=row]:not(.heads)')].map((row) => row.getBoundingClientRect());
      const isJoined = rows.every((row, at) => at === 0 || Math.abs(row.top - rows[at - 1]!.bottom) < 1);
      return rows.length > 0 && isJoined && rows[0]!.top < top + 60 && rows.at(-1)!.bottom >= bottom - 1;
    }, list);

  const scroll = ({ page }: PanelPage, list: string, share: number) =>
    page.evaluate(
      ([selector, to]) => {
        const scroller = document.querySelector(selector)!;
        scroller.scrollTop = to * (scroller.scrollHeight - scroller.clientHeight);
      },
      [list, share] as const,
    );

  it('have no gaps, though rows differ in height, wherever they are scrolled to', async () => {
    const panel = await match();
    await panel.page.locator('.line').first().waitFor();
    await panel.page.getByRole('checkbox', { name: 'Fold what is alike' }).click();
    for (const share of [0, 0.3, 0.301, 1, 0.7, 0.699, 0]) {
      await scroll(panel, '.comparison', share);
      await isFilled(panel, '.comparison');
    }
    await panel.page.setViewportSize({ width: 600, height: 700 });
    await scroll(panel, '.comparison', 0.5);
    await isFilled(panel, '.comparison');
  });

  it('leave the rows that stay in view as they are', async () => {
    const panel = await open('onnx', {
      answers: {
        'model/read': () => sampleModel(),
        'graph/read': () => longGraph(20_000),
        'run/find': () => null,
      },
    });
    await panel.page.locator('.node-list .row.line').first().waitFor();
    await isFilled(panel, '.node-list');
    const before = await panel.page.locator('[aria-rowindex="6"]').first().elementHandle();
    const top = await before!.evaluate((row) => (row as HTMLElement).style.top);
    await panel.page.locator('.node-list').evaluate((list) => {
      list.scrollTop = 100;
    });
    await panel.page.locator('[aria-rowindex="30"]').waitFor();
    await isFilled(panel, '.node-list');
    assert.ok(await before!.evaluate((row) => row.isConnected));
    assert.equal(await before!.evaluate((row) => (row as HTMLElement).style.top), top);
  });

  it('mark the one row that the keyboard is at', async () => {
    const panel = await match();
    await panel.page.locator('.line').first().waitFor();
    await panel.page.locator('.comparison').focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'End', 'ArrowUp', 'Home']) {
      await panel.page.keyboard.press(key);
      await panel.page.waitForFunction(() => {
        const active = document.querySelector('.comparison')!.getAttribute('aria-activedescendant');
        const marked = [...document.querySelectorAll('.line.active')].map(({ id }) => id);
        return marked.length === 1 && marked[0] === active;
      });
    }
  });
});
