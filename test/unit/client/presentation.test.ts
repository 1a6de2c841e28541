import assert from 'node:assert/strict';
import {
  duration,
  figure,
  mainMetric,
  progressText,
  runDescription,
  runLabel,
  secondsTaken,
  startText,
} from '../../../client/runs/presentation';
import type { RunRecord } from '../../../core/runs/record';
import { record } from '../runs/records';

const finished = record({
  state: 'finished',
  history: [
    { state: 'starting', time: '2026-11-22T14:15:02Z' },
    { state: 'running', time: '2026-11-22T14:15:03Z' },
    { state: 'finished', time: '2026-11-22T14:17:02Z' },
  ],
  metrics: { final: { 'loss/train': 0.1, 'loss/validation': 0.2, 'accuracy/validation': 0.973333 }, best: {} },
});

const running: RunRecord = {
  ...finished,
  state: 'running',
  metrics: { final: {}, best: {} },
  progress: {
    epoch: 3,
    epochs: 50,
    step: 120,
    samplesPerSecond: 800,
    secondsLeft: 130,
    last: { 'loss/train': 0.41234 },
    updated: '2026-11-22T14:15:30Z',
  },
};

const summary = (record?: RunRecord, name = 'first') => ({ folder: '/w/runs/x', name, record, tags: [] });
const describeRun = (record?: RunRecord) => runDescription(summary(record));

describe('A run in one line', () => {
  it('tells epoch, loss and time left while it runs', () => {
    assert.equal(describeRun(running), 'epoch 3/50 · loss 0.4123 · 2 min left');
    assert.equal(progressText(summary(running)), 'first · epoch 3/50 · loss 0.4123');
  });

  it('tells its state alone before the first epoch', () => {
    const { progress: _, ...starting } = { ...running, state: 'starting' as const };
    assert.equal(describeRun(starting), 'starting');
    assert.equal(progressText(summary(starting)), 'first · starting');
  });

  it('tells the main metric and the time taken when it is finished', () => {
    assert.equal(describeRun(finished), 'finished · accuracy 0.9733 · 2 min');
  });

  it('does not tell progress of a run that is lost', () => {
    assert.equal(describeRun({ ...running, state: 'lost' }), 'lost');
  });

  it('is TensorBoard logs when there is no record', () => {
    assert.equal(describeRun(undefined), 'TensorBoard logs');
  });
});

describe('A run is called', () => {
  it('by its name, or by the end of its id', () => {
    assert.equal(runLabel(summary(finished)), 'first');
    assert.equal(runLabel(summary(finished, finished.id)), '3f9a');
    assert.equal(runLabel(summary(undefined, 'logs/a')), 'logs/a');
  });

  it('by its time today, by its day later', () => {
    const { time } = finished.history[0]!;
    assert.match(startText(finished, 'en', new Date(time)), /^\d{1,2}:\d\d/);
    assert.match(startText(finished, 'en', new Date('2026-12-24T12:00:00Z')), /^Nov 2\d$/);
  });
});

describe('The main metric', () => {
  it('is the loss where there is no other', () => {
    const metrics = { final: { 'loss/train': 0.1, 'loss/validation': 0.2 }, best: {} };
    assert.deepEqual(mainMetric({ ...finished, metrics }), { tag: 'loss', value: 0.2 });
  });

  it('is nothing where nothing was measured', () => {
    assert.equal(mainMetric({ ...finished, metrics: { final: {}, best: {} } }), undefined);
  });
});

describe('Durations and figures', () => {
  it('are said as a person says them', () => {
    assert.deepEqual([0, 59.4, 60, 3599, 3600, 11_100].map(duration), [
      '0 s',
      '59 s',
      '1 min',
      '1 h 0 min',
      '1 h 0 min',
      '3 h 5 min',
    ]);
  });

  it('have four digits and no idle zeros', () => {
    assert.deepEqual([0.9733333, 0.5, 12, 1.23456e-7].map(figure), ['0.9733', '0.5', '12', '1.235e-7']);
  });

  it('are not known for a run that has only begun', () => {
    assert.equal(secondsTaken({ ...finished, history: finished.history.slice(0, 1) }), undefined);
  });
});
