import type { RunRecord } from '../../../core/runs/record';

/** A running record, changed as asked. */
export function record(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    id: '20261122-141502-3f9a',
    name: 'first',
    state: 'running',
    history: [
      { state: 'starting', time: '2026-11-22T14:15:02.000Z' },
      { state: 'running', time: '2026-11-22T14:15:04.000Z' },
    ],
    target: 'embedded',
    trainer: 'embedded',
    argv: ['node', 'trainer.js'],
    host: 'here',
    process: { pid: 4711, startTime: '100', boot: 'b' },
    scheme: { path: '/project/model_scheme.json', sha256: 'a'.repeat(64) },
    overrides: {},
    versions: { matchdown: '0.1.0' },
    metrics: { final: {}, best: {} },
    ...changes,
  };
}
