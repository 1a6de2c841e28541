import assert from 'node:assert/strict';
import { factsOf, stateText } from '../../../client/targets/presentation';
import type { TargetCheck } from '../../../core/runs/target';

const gpu = { name: 'NVIDIA A100', memoryTotal: 40_960, memoryUsed: 20_480, free: false, utilization: 43 };
const check: TargetCheck = { target: 'box', kind: 'ssh', answers: true, gpus: [], problems: [] };

describe('What is said of a target', () => {
  it('is nothing before it was asked, and then whether it answers', () => {
    assert.equal(stateText({ isAsked: false }), '');
    assert.equal(stateText({ isAsked: true }), 'being asked …');
    assert.equal(stateText({ isAsked: false, check }), 'ready');
    assert.equal(stateText({ isAsked: true, isLate: true, check }), 'no answer yet …');
    assert.equal(stateText({ isAsked: true, check: { ...check, answers: false } }), 'does not answer');
  });

  it('is how many GPUs are free, and their load', () => {
    const gpus = [
      { ...gpu, index: 0 },
      { ...gpu, index: 1, free: true, utilization: 0, memoryUsed: 0 },
    ];
    assert.equal(stateText({ isAsked: false, check: { ...check, gpus } }), '1 of 2 GPUs free · load 22 %');
    assert.deepEqual(
      factsOf({ ...check, gpus }).map(({ label, description }) => `${label} | ${description}`),
      ['0: NVIDIA A100 | 43 % ▮▮▯▯▯ · 20 GiB of 40 GiB · busy', '1: NVIDIA A100 | 0 % ▯▯▯▯▯ · 0 B of 40 GiB · free'],
    );
  });

  it('is what is wrong first, with the next step', () => {
    const problems = [{ severity: 'error' as const, message: 'There is no python3.', nextStep: 'Set "python".' }];
    assert.equal(stateText({ isAsked: false, check: { ...check, problems } }), '1 problem');
    const [first] = factsOf({ ...check, problems, disk: { folder: '~', free: 1.2e12, total: 2e12 } });
    assert.deepEqual([first?.label, first?.description], ['There is no python3.', 'Set "python".']);
  });

  it('is how many nodes of a cluster are idle', () => {
    const partition = { name: 'gpu', isDefault: true, available: true, timeLimit: '4:00:00', nodes: 8, idleNodes: 3 };
    assert.equal(
      stateText({ isAsked: false, check: { ...check, kind: 'slurm', partitions: [partition] } }),
      '3 of 8 nodes idle',
    );
  });
});
