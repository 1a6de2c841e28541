import assert from 'node:assert/strict';
import { renderChart, sparkline } from '../../../core/report/chart';

describe('a chart', () => {
  it('stays inside its frame and leaves out what is no number', () => {
    const svg = renderChart({
      title: '<"loss">',
      xLabel: 'step',
      lines: [{ label: 'train', x: [0, 50, 100, 150], y: [1e-3, Number.NaN, 2e-3, Number.POSITIVE_INFINITY] }],
    });
    assert.ok(svg.includes('&#60;&#34;loss&#34;&#62;'));
    const points = /points="([^"]*)"/.exec(svg)?.[1].split(' ') ?? [];
    assert.equal(points.length, 2);
    for (const point of points) {
      const [x, y] = point.split(',').map(Number);
      assert.ok(x >= 56 && x <= 520 && y >= 34 && y <= 220, point);
    }
  });

  it('draws one point, a flat line and nothing at all', () => {
    const line = (x: number[], y: number[]) => renderChart({ title: '', xLabel: '', lines: [{ label: '', x, y }] });
    assert.match(line([3], [2]), /<circle/);
    assert.doesNotMatch(line([1, 2], [5, 5]), /NaN|Infinity/);
    assert.doesNotMatch(line([], []), /NaN|Infinity/);
  });

  it('becomes one line of text', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([2, 2]), '▁▁');
    assert.equal(sparkline([]), '');
    assert.equal(sparkline(Array.from({ length: 1000 }, (_, i) => i)).length, 24);
  });
});
