import { t } from '../core/l10n';
import { configurations, rank } from '../core/sweep/ranking';
import type { SweepRecord, SweepTrial } from '../core/sweep/record';
import type { Sweep } from '../engine/sweep/store';
import { type Column, textTable } from './table';

/** The trials of a sweep, the best first, with the values that they differ in. */
export function trialsTable(record: SweepRecord): string {
  const { definition } = record;
  const keys = Object.keys(definition.ranges);
  const hasSeeds = definition.seeds.length > 1;
  const isHalving = definition.strategy === 'halving';
  const columns: Column[] = [
    { title: '#', align: 'right' },
    { title: t('State') },
    ...keys.map((key): Column => ({ title: shortKey(key, keys), align: 'right' })),
    ...(isHalving ? [{ title: t('Epochs'), align: 'right' as const }] : []),
    ...(hasSeeds ? [{ title: t('Seed'), align: 'right' as const }] : []),
    { title: definition.objective.tag, align: 'right' },
    ...(hasSeeds ? [{ title: t('Mean'), align: 'right' as const }] : []),
    { title: t('Run') },
  ];
  const rows = bestFirst(record).map(({ trial, score }) => [
    trial.number === record.best ? `* ${trial.number}` : String(trial.number),
    trial.state,
    ...keys.map((key) => valueText(trial.values[key])),
    ...(isHalving ? [String(trial.epochs ?? definition.epochs)] : []),
    ...(hasSeeds ? [String(trial.seed ?? '')] : []),
    figure(trial.objective),
    ...(hasSeeds ? [figure(score)] : []),
    trial.run ?? trial.error ?? '',
  ]);
  return textTable(columns, rows);
}

export function listColumns(): Column[] {
  return [
    { title: t('Sweep') },
    { title: t('State') },
    { title: t('Started') },
    { title: t('Strategy') },
    { title: t('Trials'), align: 'right' },
    { title: t('Best'), align: 'right' },
    { title: t('Values') },
  ];
}

export function listRow({ record }: Sweep): string[] {
  const best = record.trials.find(({ number }) => number === record.best);
  const ended = record.trials.filter(({ state }) => state !== 'running' && state !== 'starting').length;
  const started = record.started.replace('T', ' ').slice(0, 19);
  return [
    record.id,
    record.state,
    started,
    record.definition.strategy,
    String(ended),
    figure(best?.objective),
    best ? valuesText(best) : '',
  ];
}

/** `model.learning_rate=0.003 model.seed=2` */
export function valuesText({ values, seed }: SweepTrial): string {
  const entries = Object.entries(values).map(([key, value]) => `${key}=${valueText(value)}`);
  return [...entries, ...(seed === undefined ? [] : [`model.seed=${seed}`])].join(' ');
}

/** Trials of earlier rungs come after the configuration's last ones. */
function bestFirst(record: SweepRecord): { trial: SweepTrial; score: number | undefined }[] {
  const order = new Map(rank(record.definition, record.trials).map((ranked, index) => [ranked.configuration, index]));
  return configurations(record.definition, record.trials)
    .sort((a, b) => b.rung - a.rung || order.get(a.configuration)! - order.get(b.configuration)!)
    .flatMap(({ trials, score }) => trials.map((trial) => ({ trial, score })));
}

/** The last part of a key, unless another one ends in the same. */
function shortKey(key: string, keys: readonly string[]): string {
  const last = key.split('.').at(-1)!;
  return keys.filter((other) => other.split('.').at(-1) === last).length > 1 ? key : last;
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const figure = (value: number | undefined): string =>
  value === undefined ? '–' : String(Number(value.toPrecision(5)));
