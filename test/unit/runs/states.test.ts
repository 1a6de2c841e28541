import assert from 'node:assert/strict';
import type { RunRecord } from '../../../core/runs/record';
import { believableState, type Evidence, enterState, isActive } from '../../../core/runs/states';
import { record } from './records';

const at = (time: string): Date => new Date(`2026-11-22T${time}Z`);

describe('what a record that says "running" is worth', () => {
  const believed = (changes: Partial<RunRecord>, process: Evidence['process'], now: string) =>
    believableState(record(changes), { now: at(now), host: 'here', process });
  const progress = { epoch: 1, epochs: 2, step: 3, samplesPerSecond: 4, last: {}, updated: '2026-11-22T15:00:00.000Z' };

  it('the process lives: running, however long it is silent', () => {
    assert.equal(believed({ progress }, 'alive', '23:59:00').state, 'running');
  });

  it('the process is gone: failed at its last word, with the reason in the history', () => {
    const { state, error, history } = believed({ progress }, 'gone', '15:00:01');
    assert.equal(state, 'failed');
    assert.match(error ?? '', /without a word/);
    assert.deepEqual(history.at(-1), { state: 'failed', time: '2026-11-22T15:00:00.000Z', reason: error });
  });

  it('the machine was restarted: failed', () => {
    assert.match(believed({}, 'rebooted', '15:00:01').error ?? '', /restarted/);
  });

  it('nobody can look: running while it gives signs of life, then lost', () => {
    assert.equal(believed({ progress }, 'unknown', '15:10:00').state, 'running');
    assert.equal(believed({ progress }, 'unknown', '15:20:00').state, 'lost');
  });

  it('never begun: starting for a minute, then failed', () => {
    const { process: _, ...starting } = record({ state: 'starting' });
    const look = (now: string) => believableState(starting, { now: at(now), host: 'here', process: 'unknown' }).state;
    assert.equal(look('14:15:50'), 'starting');
    assert.equal(look('14:16:30'), 'failed');
  });

  it('resumed hours after its last progress: starting, until that takes too long', () => {
    const { process: _, ...stopped } = record({ state: 'stopped', progress });
    const resumed = enterState(stopped, 'starting', at('20:00:00'));
    const look = (now: string) => believableState(resumed, { now: at(now), host: 'here', process: 'unknown' }).state;
    assert.equal(look('20:00:30'), 'starting');
    assert.equal(look('20:01:30'), 'failed');
  });

  it('what has ended stays as it is', () => {
    for (const state of ['finished', 'failed', 'stopped', 'lost'] as const) {
      const ended = record({ state });
      assert.equal(believableState(ended, { now: at('23:00:00'), host: 'here', process: 'gone' }), ended);
    }
  });

  it('a change of state is in the history', () => {
    const stopped = enterState(record(), 'stopped', at('16:00:00'), 'asked to');
    assert.equal(isActive(stopped), false);
    assert.deepEqual(stopped.history.at(-1), {
      state: 'stopped',
      time: '2026-11-22T16:00:00.000Z',
      reason: 'asked to',
    });
    assert.equal(record().history.length, 2);
  });
});
