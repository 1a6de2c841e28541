import validate from '../../schemas/result.schema.json?validator';
import type { RunProgress, RunRecord } from './record';

/** `result.json`: a trainer's last word; its JSON Schema is `schemas/result.schema.json`. */
export interface TrainerResult {
  readonly state: 'finished' | 'stopped' | 'failed' | 'preempted';
  readonly error?: string;
  readonly metrics?: Partial<RunRecord['metrics']>;
  readonly model?: RunRecord['model'];
  readonly samples?: RunRecord['samples'];
  readonly classes?: RunRecord['classes'];
  readonly normalization?: RunRecord['normalization'];
  readonly versions?: RunRecord['versions'];
  readonly device?: string;
}

/** Undefined when it is none: it is written by programs of all kinds. */
export function parseResult(text: string | undefined): TrainerResult | undefined {
  const value = parseJson(text);
  return validate(value) ? (value as TrainerResult) : undefined;
}

/** `progress.json`: where a training is. */
export function parseProgress(text: string | undefined): RunProgress | undefined {
  const value = parseJson(text) as Partial<RunProgress> | null | undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, epochs, step, samplesPerSecond, secondsLeft, last, updated } = value;
  if (!isCount(epoch) || !isCount(epochs) || !isCount(step) || !isFigure(samplesPerSecond)) return undefined;
  if (typeof updated !== 'string' || Number.isNaN(Date.parse(updated))) return undefined;
  const left = isFigure(secondsLeft) ? { secondsLeft } : {};
  return { epoch, epochs, step, samplesPerSecond, ...left, last: finiteValues(last ?? {}), updated };
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isFigure = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const finiteValues = (values: object): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => isFigure(entry[1])));
