import type { RunSummary, Series, SeriesQuery } from '../../core/protocol/runs';
import type { RunRecord, RunState } from '../../core/runs/record';
import type { SweepRecord } from '../../core/sweep/record';

/** Runs as a day in the lab leaves them: one goes on, one failed, one was stopped, one comes from another program. */
export function sampleRuns(): RunSummary[] {
  return [
    makeRun(0, 'wider filters', 'running', { 'model.learning_rate': 0.003 }, 'Do 32 filters in the first layer help?'),
    makeRun(
      1,
      'learning rate 0.03',
      'finished',
      { 'model.learning_rate': 0.03 },
      'Find the largest rate that still converges',
    ),
    makeRun(
      2,
      'learning rate 0.003',
      'finished',
      { 'model.learning_rate': 0.003 },
      'Find the largest rate that still converges',
    ),
    makeRun(3, 'learning rate 3', 'failed', { 'model.learning_rate': 3 }, 'Find the largest rate that still converges'),
    makeRun(4, 'sgd with momentum', 'stopped', { 'model.optimizer': 'sgd', 'model.learning_rate': 0.01 }, ''),
    makeRun(5, 'baseline', 'finished', {}, 'The scheme of the talk, unchanged'),
    makeRun(6, 'baseline on the old machine', 'lost', {}, ''),
    { folder: '/lab/runs/pytorch/first', name: 'pytorch/first', tags: [] },
  ];
}

export function manyRuns(count: number): RunSummary[] {
  const pattern = makeRun(0, 'trial', 'finished', {}, '');
  return Array.from({ length: count }, (_, at) => {
    const overrides = { 'model.learning_rate': Number((10 ** -(1 + (at % 40) / 10)).toPrecision(3)) };
    return { ...pattern, folder: `/lab/runs/${at}`, name: `trial ${at}`, record: { ...pattern.record!, overrides } };
  });
}

/** A sweep of learning rates and optimizers, and a run of each of its trials. */
export function sampleSweep(): { sweep: SweepRecord; runs: RunSummary[] } {
  const rates = [0.0003, 0.001, 0.003, 0.01];
  const runs = rates.map((rate, at) => {
    const overrides = { 'model.learning_rate': rate, 'model.optimizer': at % 2 ? 'sgd' : 'adam', 'model.seed': 1 };
    const run = makeRun(20 + at, `5f1c #${at + 1}`, 'finished', overrides, '');
    const best = { 'loss/validation': [0.4, 0.2, 0.1, 0.3][at]! };
    const record = { ...run.record!, sweep: { id: '20261122-140000-5f1c', trial: at + 1 } };
    return { ...run, record: { ...record, metrics: { ...record.metrics, best } } };
  });
  const sweep: SweepRecord = {
    version: 1,
    id: '20261122-140000-5f1c',
    state: 'finished',
    started: '2026-11-22T14:00:00.000Z',
    host: 'lab',
    scheme: { path: '/lab/model_scheme.json', sha256: '0'.repeat(64) },
    definition: {
      strategy: 'tpe',
      trials: 4,
      ranges: {
        'model.learning_rate': { kind: 'interval', from: 1e-4, to: 0.1, isLogarithmic: true, isInteger: false },
        'model.optimizer': { kind: 'choice', values: ['adam', 'sgd'] },
      },
      fixed: {},
      objective: { tag: 'loss/validation', direction: 'minimize' },
      concurrency: 1,
      target: 'embedded',
      seeds: [],
      seed: 0,
      epochs: 100,
    },
    launch: { target: { name: 'embedded', kind: 'embedded' } },
    trials: [],
    best: 3,
  };
  return { sweep, runs };
}

/** As many trials as one asks for, of the sample sweep. */
export function manyTrials(count: number): { sweep: SweepRecord; runs: RunSummary[] } {
  const { sweep, runs } = sampleSweep();
  const random = randomNumbers(7);
  const made = Array.from({ length: count }, (_, at): RunSummary => {
    const rate = Number((10 ** (-4 + 3 * random())).toPrecision(3));
    const optimizer = random() < 0.5 ? 'adam' : 'sgd';
    const loss = 0.05 + 0.1 * (Math.log10(rate) + 2.5) ** 2 + (optimizer === 'sgd' ? 0.05 : 0) + 0.1 * random();
    const record = runs[0]!.record!;
    return {
      ...runs[0]!,
      folder: `/lab/runs/20261122-150000-${at.toString(16).padStart(4, '0')}`,
      name: `5f1c #${at + 1}`,
      record: {
        ...record,
        overrides: { 'model.learning_rate': rate, 'model.optimizer': optimizer },
        sweep: { id: sweep.id, trial: at + 1 },
        metrics: { final: {}, best: { 'loss/validation': loss } },
      },
    };
  });
  return { sweep, runs: made };
}

/** Curves that look like training: a falling loss with noise, an accuracy that rises. */
export function sampleSeries({ folder, maxPoints }: Pick<SeriesQuery, 'folder' | 'maxPoints'>): Series[] {
  const seed = [...folder].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7);
  const diverges = folder.includes('0003');
  const random = randomNumbers(seed);
  const count = folder.includes('0000') ? 42 : 100;
  const rate = 8 + (seed % 23);
  const curve = (tag: string, every: number, value: (at: number) => number | null): Series => {
    const points = Array.from({ length: Math.floor(count / every) }, (_, at) => (at + 1) * every);
    return {
      tag,
      steps: points.map((at) => at * 18),
      wallTimes: points.map((at) => 1_763_846_400 + at * 6.4),
      values: points.map(value),
      total: points.length,
    };
  };
  const loss = (at: number, floor: number) => 1.1 * Math.exp(-at / rate) + floor + 0.06 * (random() - 0.5);
  const diverging = (at: number) => (at < 14 ? 1.1 * Math.exp(at / 6) : null);
  const accuracy = (at: number, top: number) => top - 0.62 * Math.exp(-at / rate) + 0.03 * (random() - 0.5);
  return [
    curve('loss/train', 1, (at) => (diverges ? diverging(at) : loss(at, 0.12))),
    curve('loss/validation', 2, (at) => (diverges ? diverging(at) : loss(at, 0.19))),
    curve('accuracy/train', 1, (at) => (diverges ? 0.33 : accuracy(at, 0.97))),
    curve('accuracy/validation', 2, (at) => (diverges ? 0.33 : accuracy(at, 0.93))),
    curve('learning_rate', 2, (at) => 0.01 * 0.5 ** Math.floor(at / 40)),
    curve('throughput/samples_per_second', 4, () => 850 + 60 * random()),
  ].map((series) => ({ ...series, values: series.values.slice(0, maxPoints) }));
}

export function makeRun(
  at: number,
  name: string,
  state: RunState,
  overrides: Record<string, unknown>,
  purpose: string,
): RunSummary {
  const folder = `/lab/runs/20261122-1415${String(at % 60).padStart(2, '0')}-${String(at).padStart(4, '0')}`;
  const started = Date.UTC(2026, 10, 22, 14, 15) - at * 37 * 60_000;
  const time = (minutes: number) => new Date(started + minutes * 60_000).toISOString();
  const lasts = lastValues(folder);
  const active = state === 'running';
  const record: RunRecord = {
    version: 1,
    id: folder.slice(10),
    name,
    state,
    history: [{ state: 'running', time: time(0) }, ...(active ? [] : [{ state, time: time(11 + (at % 7)) }])],
    target: 'embedded',
    trainer: 'embedded',
    argv: [],
    host: 'lab',
    scheme: { path: '/lab/model_scheme.json', sha256: '0'.repeat(64) },
    overrides,
    ...(purpose && { purpose }),
    versions: {},
    ...(state === 'failed' && {
      error: 'The loss became infinite in epoch 14. A smaller model.learning_rate may help.',
    }),
    metrics: {
      final: active ? {} : lasts,
      best: active ? {} : { 'loss/validation': 0.19, 'accuracy/validation': 0.94 },
    },
    progress: {
      epoch: active ? 42 : 100,
      epochs: 100,
      step: active ? 756 : 1800,
      samplesPerSecond: 863.2,
      ...(active && { secondsLeft: 371 }),
      last: lasts,
      updated: time(4),
    },
  };
  return { folder, name, record, tags: Object.keys(lasts) };
}

function lastValues(folder: string): Record<string, number> {
  const series = sampleSeries({ folder, maxPoints: 1000 });
  const lasts = series.map(({ tag, values }) => [tag, values.at(-1)] as const);
  return Object.fromEntries(lasts.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** Park and Miller's generator: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
