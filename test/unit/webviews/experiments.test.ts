import assert from 'node:assert/strict';
import type { RunSummary, Series } from '../../../core/protocol/runs';
import type { RunRecord } from '../../../core/runs/record';
import { ChosenRuns, mostChosen } from '../../../webviews/experiments/chosenRuns';
import { columnsFor, sortRows } from '../../../webviews/experiments/columns';
import { breaksOf, groupCurves, joinsOf, nearest, smooth } from '../../../webviews/experiments/curves';
import { differingOverrides, makeRows, matchesFilter } from '../../../webviews/experiments/rows';
import { record } from '../runs/records';

const now = new Date('2026-11-22T15:00:00Z');

function run(name: string, more: Partial<RunRecord> = {}): RunSummary {
  const history: RunRecord['history'] = [
    { state: 'starting', time: '2026-11-22T13:59:00Z' },
    { state: 'running', time: '2026-11-22T14:00:00Z' },
    { state: 'finished', time: '2026-11-22T14:30:00Z' },
  ];
  const written = record({ id: name, name, state: 'finished', history, ...more });
  return { folder: `/runs/${name}`, name, tags: [], record: written };
}

const log: RunSummary = { folder: '/runs/log', name: 'log', tags: [] };
const rowsOf = (...runs: RunSummary[]) => makeRows(runs, new Map(), now);

describe('rows of the experiments table', () => {
  it('say in which overrides the runs differ, and in those alone', () => {
    const shared = { 'model.iteration': 5 };
    const runs = [
      run('a', { overrides: { ...shared, 'model.learning_rate': 0.01 } }),
      run('b', { overrides: { ...shared, 'model.optimizer': 'sgd' } }),
    ];
    assert.deepEqual([...differingOverrides(runs)], ['model.learning_rate', 'model.optimizer']);
    assert.deepEqual(
      rowsOf(...runs).map(({ changed }) => changed),
      ['learning_rate 0.01', 'optimizer sgd'],
    );
  });

  it('count the duration from the start of training to the end, or to now', () => {
    assert.equal(rowsOf(run('a'))[0]!.duration, 1800);
    const going = run('b', { state: 'running', history: [{ state: 'running', time: '2026-11-22T14:50:00Z' }] });
    assert.equal(rowsOf(going)[0]!.duration, 600);
    assert.equal(rowsOf(log)[0]!.duration, undefined);
  });

  it('tell how far a run is while it goes on, and not afterwards', () => {
    const progress = { epoch: 21, epochs: 50, step: 1, samplesPerSecond: 1, last: { 'loss/train': 0.5 }, updated: '' };
    assert.equal(rowsOf(run('a', { state: 'running', progress }))[0]!.progress, 0.42);
    assert.equal(rowsOf(run('b', { progress }))[0]!.progress, undefined);
    assert.equal(rowsOf(run('c', { state: 'running', progress }))[0]!.last['loss/train'], 0.5);
  });

  it('take the results of a run without a record from its log', () => {
    const [row] = makeRows([log], new Map([['/runs/log', { 'loss/train': 2 }]]), now);
    assert.equal(row!.last['loss/train'], 2);
    assert.equal(row!.state, 'log');
  });

  it('are found by words of name, state, purpose and changes', () => {
    const [row] = rowsOf(run('Baseline', { state: 'failed', purpose: 'wider filters' }));
    assert.ok(matchesFilter(row!, 'base FILTERS failed'));
    assert.ok(matchesFilter(row!, '  '));
    assert.ok(!matchesFilter(row!, 'base narrow'));
  });
});

describe('columns of the experiments table', () => {
  const withLoss = (name: string, loss: number) =>
    run(name, { metrics: { final: { 'loss/validation': loss }, best: {} } });

  it('are those that have something to say', () => {
    const rows = rowsOf(
      run('a', { metrics: { final: { 'loss/train': 1, learning_rate: 0.1, 'throughput/x': 9 }, best: {} } }),
    );
    assert.deepEqual(
      columnsFor(rows).map(({ id }) => id),
      ['name', 'state', 'last loss/train', 'learning rate', 'duration', 'started'],
    );
  });

  it('sort numbers as numbers, what is missing last in both directions', () => {
    const rows = rowsOf(withLoss('a', 10), log, withLoss('b', 9), withLoss('c', Number.NaN));
    const columns = columnsFor(rows);
    const order = (descending: boolean) =>
      sortRows(rows, columns, { column: 'last loss/validation', descending }).map(({ name }) => name);
    assert.deepEqual(order(false), ['b', 'a', 'log', 'c']);
    assert.deepEqual(order(true), ['a', 'b', 'log', 'c']);
  });

  it('sort names with numbers in them by the numbers, and leave the order for an unknown column', () => {
    const rows = rowsOf(run('trial 10'), run('trial 9'));
    const names = (column: string) =>
      sortRows(rows, columnsFor(rows), { column, descending: false }).map(({ name }) => name);
    assert.deepEqual(names('name'), ['trial 9', 'trial 10']);
    assert.deepEqual(names('gone'), ['trial 10', 'trial 9']);
  });
});

describe('curves', () => {
  const series = (tag: string, steps: number[]): Series => ({
    tag,
    steps,
    wallTimes: steps.map((step) => 1000 + step),
    values: steps,
    total: steps.length,
  });
  const progress = { epoch: 2, epochs: 2, step: 20, samplesPerSecond: 1, last: {}, updated: '' };
  const drawn = {
    run: run('a', { progress }),
    style: 0,
    series: [series('loss/validation', [10, 20]), series('loss/train', [10, 20])],
  };

  it('are grouped by the first part of their tags, results first, training before validation', () => {
    const more = {
      ...drawn,
      series: [...drawn.series, series('learning_rate', [1]), series('f1', [1]), series('accuracy/train', [1])],
    };
    const groups = groupCurves([more], 'step');
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['loss', 'accuracy', 'f1', 'learning_rate'],
    );
    assert.deepEqual(groups[0]!.parts, ['train', 'validation']);
  });

  it('lie along steps, epochs where they are known, or seconds', () => {
    const x = (axis: 'step' | 'epoch' | 'time', from = drawn) => groupCurves([from], axis)[0]!.curves[0]!.x;
    assert.deepEqual(x('step'), [10, 20]);
    assert.deepEqual(x('epoch'), [1, 2]);
    assert.deepEqual(x('epoch', { ...drawn, run: log }), [10, 20]);
    assert.deepEqual(x('time'), [0, 10]);
  });

  it('are smoothed without a pull towards the first value', () => {
    assert.deepEqual(
      smooth([3, 3, 3], 0.9).map((value) => Number(value!.toFixed(12))),
      [3, 3, 3],
    );
    assert.deepEqual(smooth([1, 2], 0), [1, 2]);
    const [, second] = smooth([0, 1], 0.5);
    assert.equal(Number(second!.toFixed(12)), Number((2 / 3).toFixed(12)));
  });

  it('keep the gap of a value that is not finite when smoothed', () => {
    assert.deepEqual(smooth([1, null, 1], 0.5), [1, null, 1]);
  });

  it('are read at the nearest point', () => {
    assert.deepEqual(
      [-5, 4, 6, 99].map((x) => nearest([0, 10, 20], x)),
      [0, 0, 1, 2],
    );
    assert.equal(nearest([], 1), -1);
  });
});

describe('chosen runs', () => {
  it('keep their style when others leave, and give it to the next', () => {
    const chosen = new ChosenRuns(['a', 'b', 'c']);
    chosen.remove('b');
    assert.deepEqual(
      [...chosen.styles],
      [
        ['a', 0],
        ['c', 2],
      ],
    );
    chosen.add('d');
    assert.equal(chosen.styles.get('d'), 1);
  });

  it('are no more than can be told apart', () => {
    const chosen = new ChosenRuns(Array.from({ length: mostChosen }, (_, at) => String(at)));
    assert.equal(chosen.add('one more'), false);
    assert.equal(chosen.add('0'), true);
    assert.equal(chosen.folders.length, mostChosen);
  });
});

describe('what happened to a curve', () => {
  it('it breaks off where values stop being finite, and may come back', () => {
    assert.deepEqual(breaksOf([1, null, null, 2, null]), [1, 4]);
    assert.deepEqual(breaksOf([null, 1, 2]), [0]);
    assert.deepEqual(breaksOf([3, 2, 1]), []);
  });

  it('it is joined where a resumed or preempted run goes on', () => {
    const wallTimes = ['14:00', '14:10', '14:30', '14:40'].map((time) => Date.parse(`2026-11-22T${time}:00Z`) / 1000);
    const resumed = run('a', {
      history: [
        { state: 'starting', time: '2026-11-22T13:59:00Z' },
        { state: 'stopped', time: '2026-11-22T14:11:00Z' },
        { state: 'starting', time: '2026-11-22T14:20:00Z' },
      ],
    });
    assert.deepEqual(joinsOf({ wallTimes }, resumed), [2]);
    const attempts = [1, 2].map((number) => ({ number, started: `2026-11-22T14:3${number * 2}:00Z` }));
    assert.deepEqual(joinsOf({ wallTimes }, run('b', { attempts })), [3]);
    assert.deepEqual(joinsOf({ wallTimes }, run('c')), []);
    assert.deepEqual(joinsOf({ wallTimes }, log), []);
  });
});
