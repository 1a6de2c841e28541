import assert from 'node:assert/strict';
import type { SweepDefinition } from '../../../core/sweep/definition';
import { parallelPlot } from '../../../webviews/experiments/parallel';
import { makeRows } from '../../../webviews/experiments/rows';
import { sampleSweep } from '../../browser/panelsRuns';

describe('the trials of a sweep as lines', () => {
  const plot = (changes: Partial<SweepDefinition> = {}, without = 0) => {
    const { sweep, runs } = sampleSweep();
    const changed = { ...sweep, definition: { ...sweep.definition, ...changes } };
    const results = runs.map((run, at) =>
      at < without
        ? { ...run, record: { ...run.record!, metrics: { final: {}, best: {} }, progress: undefined } }
        : run,
    );
    const rows = makeRows(results as typeof runs, new Map(), new Date(0), [changed]);
    return parallelPlot(rows, changed);
  };

  it('have an axis for each key and one for the result, with the best on top', () => {
    const { axes, lines } = plot();
    assert.deepEqual(
      axes.map(({ title }) => title),
      ['learning rate', 'optimizer', 'Loss, validation'],
    );
    assert.deepEqual(
      lines.map(({ row, rank, places }) => [row.name, rank, Number(places.at(-1)!.toFixed(2))]),
      [
        ['5f1c #3', 1, 1],
        ['5f1c #2', 2, 0.67],
        ['5f1c #4', 3, 0.33],
        ['5f1c #1', 4, 0],
      ],
    );
    const { axes: turned, lines: others } = plot({ objective: { tag: 'loss/validation', direction: 'maximize' } });
    assert.deepEqual([others[0]?.row.name, others[0]?.places.at(-1)], ['5f1c #1', 1]);
    assert.deepEqual(turned.at(-1)?.ticks.at(-1), { at: 1, text: '0.4' });
  });

  it('stand on a logarithmic axis where the range is one, and choices at equal distances', () => {
    const { axes, lines } = plot();
    assert.deepEqual(axes[1]!.ticks, [
      { at: 1, text: 'adam' },
      { at: 0, text: 'sgd' },
    ]);
    const rates = lines.map(({ texts, places }) => [texts[0], Number(places[0]!.toFixed(2))]);
    assert.deepEqual(Object.fromEntries(rates), { '3e-4': 0, '0.001': 0.34, '0.003': 0.66, '0.01': 1 });
  });

  it('end before the result while there is none, and come last', () => {
    const { lines } = plot({}, 1);
    assert.deepEqual([lines[3]?.row.name, lines[3]?.rank, lines[3]?.places.at(-1)], ['5f1c #1', undefined, undefined]);
  });
});
