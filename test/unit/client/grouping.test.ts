import assert from 'node:assert/strict';
import { type Entry, entriesOf, type Grouping } from '../../../client/runs/grouping';
import type { RunSummary } from '../../../core/protocol/runs';
import type { RunRecord } from '../../../core/runs/record';
import type { Sweep } from '../../../engine/sweep/store';
import { record } from '../runs/records';

const now = new Date(2026, 10, 22, 15);

function run(id: string, more: Partial<RunRecord> = {}): RunSummary {
  const history = [{ state: 'starting' as const, time: new Date(2026, 10, 22, 14).toISOString() }];
  const scheme = { path: '/lab/model_scheme.json', sha256: '' };
  const written = record({ id, name: id, state: 'finished', history, scheme, ...more });
  return { folder: `/runs/${id}`, name: id, record: written, tags: [] };
}

const sweep = (id: string): Sweep => ({ folder: `/runs/sweeps/${id}`, record: { id } as Sweep['record'] });

function shown(runs: RunSummary[], grouping: Grouping, filter = '', sweeps: Sweep[] = []): unknown[] {
  const text = (entry: Entry): unknown =>
    entry.kind === 'run'
      ? entry.run.name
      : entry.kind === 'sweep'
        ? { [entry.sweep.record.id]: entry.runs.map(({ name }) => name) }
        : { [entry.label]: entry.entries.map(text) };
  return entriesOf({ runs, sweeps, grouping, filter, locale: 'en', now }).map(text);
}

describe('The rows of the Runs view', () => {
  it('are the runs, with trials below their sweep', () => {
    const trial = (number: number) => ({ sweep: { id: 's', trial: number } });
    const runs = [
      run('c'),
      run('b2', trial(2)),
      run('b1', trial(1)),
      run('a'),
      run('x', { sweep: { id: 'gone', trial: 1 } }),
    ];
    assert.deepEqual(shown(runs, 'none', '', [sweep('s')]), ['c', { s: ['b2', 'b1'] }, 'a', 'x']);
    assert.deepEqual(shown([run('a')], 'none', '', [sweep('new')]), [{ new: [] }, 'a']);
  });

  it('are grouped by state, target, scheme or day', () => {
    const yesterday = [{ state: 'starting' as const, time: new Date(2026, 10, 21, 9).toISOString() }];
    const runs = [run('b', { state: 'failed', target: 'gpu-box' }), run('a', { history: yesterday })];
    const log: RunSummary = { folder: '/runs/log', name: 'log', tags: [] };
    assert.deepEqual(shown([...runs, log], 'state'), [
      { failed: ['b'] },
      { finished: ['a'] },
      { 'TensorBoard logs': ['log'] },
    ]);
    assert.deepEqual(shown(runs, 'target'), [{ 'gpu-box': ['b'] }, { embedded: ['a'] }]);
    assert.deepEqual(shown(runs, 'scheme'), [{ 'lab/model_scheme.json': ['b', 'a'] }]);
    assert.deepEqual(shown(runs, 'day'), [{ Today: ['b'] }, { Yesterday: ['a'] }]);
  });

  it('are left out by a filter unless they have all of its words', () => {
    const runs = [
      run('wide', { purpose: 'Do wider filters help?', overrides: { 'model.learning_rate': 0.01 } }),
      run('narrow', { state: 'failed' }),
    ];
    assert.deepEqual(shown(runs, 'none', 'wider 0.01'), ['wide']);
    assert.deepEqual(shown(runs, 'none', 'FAILED'), ['narrow']);
    assert.deepEqual(shown(runs, 'none', 'wider failed'), []);
    assert.deepEqual(shown(runs, 'none', 'help', [sweep('empty')]), ['wide']);
  });
});
