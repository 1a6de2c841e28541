import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import type { SweepDefinition } from '../../core/sweep/definition';
import { overridesOf } from '../../core/sweep/plan';
import type { SweepRecord, SweepTrial } from '../../core/sweep/record';
import { errorMessage, InputError } from '../errors';
import { type LaunchOutcome, launchRun, resumeRun } from '../runs/launch';
import { listRuns, readRecord } from '../runs/store';
import { runsFolderOf } from './paths';

/** Starts the run of a trial. */
export function launchTrial(
  { folder, schemeText }: { folder: string; schemeText: string },
  { id, scheme, definition, launch }: SweepRecord,
  trial: SweepTrial,
): Promise<LaunchOutcome> {
  const { target, command, projectFolder, threads, device } = launch;
  return asOutcome(
    launchRun({
      schemeFile: scheme.path,
      schemeText,
      runsFolder: runsFolderOf(folder),
      overrides: overridesOf(definition, trial),
      name: `${id.slice(-4)} #${trial.number}`,
      sweep: { id, trial: trial.number },
      target: target.name,
      targets: [target],
      ...(command && { command }),
      ...(projectFolder !== undefined && { projectFolder }),
      ...(threads !== undefined && { threads }),
      ...(device && { device }),
    }),
  );
}

export function resumeTrial(runFolder: string, { launch }: SweepRecord): Promise<LaunchOutcome> {
  return asOutcome(resumeRun(runFolder, launch.threads === undefined ? {} : { threads: launch.threads }));
}

/** What came of a trial's run so far; an unreadable record is a failed trial. */
export async function observeTrial(
  folder: string,
  trial: SweepTrial,
  definition: SweepDefinition,
): Promise<SweepTrial> {
  try {
    return trialOf(trial, await readRecord(path.join(runsFolderOf(folder), trial.run!)), definition);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...trial, state: 'failed', error: error.message };
  }
}

/** The runs of a sweep by their trials: also those whose id the sweep's record does not have, because it was killed just then. */
export async function runsOfTrials(folder: string, { id }: SweepRecord): Promise<ReadonlyMap<number, string>> {
  const runs = await listRuns([runsFolderOf(folder)]);
  const own = runs.flatMap(({ record }) => (record?.sweep?.id === id ? [record] : []));
  return new Map(own.map((record) => [record.sweep!.trial, record.id]));
}

function trialOf(trial: SweepTrial, record: RunRecord, { objective: { tag } }: SweepDefinition): SweepTrial {
  const { state, metrics, error } = record;
  if (state === 'queued' || state === 'starting' || state === 'running') return { ...trial, state: 'running' };
  const value = metrics.best[tag] ?? metrics.final[tag];
  const objective = value !== undefined && Number.isFinite(value) ? value : undefined;
  const hasFailed = state === 'failed' || state === 'lost';
  return {
    ...trial,
    state,
    ...(objective !== undefined && !hasFailed && { objective }),
    ...(hasFailed && { error: error ?? t('It failed.') }),
    ...(!hasFailed && objective === undefined && { error: missing(tag, record) }),
  };
}

function missing(tag: string, { metrics }: RunRecord): string {
  const tags = Object.keys(metrics.final).join(', ');
  return t('It logged no value of {0} to be judged by; there are: {1}.', tag, tags || t('none'));
}

async function asOutcome(launching: Promise<LaunchOutcome>): Promise<LaunchOutcome> {
  try {
    return await launching;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ok: false, message: errorMessage(error) };
  }
}
