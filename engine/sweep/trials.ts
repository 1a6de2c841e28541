import { existsSync } from 'node:fs';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { isRemote } from '../../core/runs/target';
import { applyOverrides } from '../../core/scheme/overrides';
import { analyze } from '../../core/shape/analyze';
import type { SweepDefinition } from '../../core/sweep/definition';
import { overridesOf } from '../../core/sweep/plan';
import { promotedFrom, whyFromTheBeginning } from '../../core/sweep/promotion';
import type { SweepRecord, SweepTrial } from '../../core/sweep/record';
import { errorMessage, InputError } from '../errors';
import { inParallel } from '../inParallel';
import { type ArrayOutcome, type LaunchOutcome, launchArray, launchRun, resumeArray, resumeRun } from '../runs/launch';
import { listRuns, readRecord } from '../runs/store';
import { runsFolderOf } from './paths';

/** What the trials of a sweep start from. */
export interface SweepGround {
  readonly folder: string;
  readonly schemeText: string;
}

/** Starts the run of a trial; one that was promoted goes on with the run of the rung below, where that is the same. */
export function launchTrial(
  ground: SweepGround,
  record: SweepRecord,
  trial: SweepTrial,
  log: (text: string) => void,
): Promise<LaunchOutcome> {
  const continues = earlierRun(ground, record, trial, log);
  const options = { ...commonOptions(ground, record), ...ownOptions(record, trial) };
  return asOutcome(launchRun({ ...options, ...(continues !== undefined && { continues }) }));
}

function earlierRun(
  { folder, schemeText }: SweepGround,
  { definition, launch, trials }: SweepRecord,
  trial: SweepTrial,
  log: (text: string) => void,
): string | undefined {
  const earlier = promotedFrom(trials, trial);
  const { scheme } = analyze(applyOverrides(schemeText, overridesOf(definition, trial)));
  if (earlier?.run === undefined || !scheme) return undefined;
  const run = path.join(runsFolderOf(folder), earlier.run);
  const why = whyFromTheBeginning(launch, scheme.model) ?? whyNoCheckpoint(run);
  if (why === undefined) return run;
  log(t('#{0} is trained from its beginning: {1}.', trial.number, why));
  return undefined;
}

const whyNoCheckpoint = (run: string): string | undefined =>
  existsSync(path.join(run, 'checkpoints', 'last.safetensors'))
    ? undefined
    : t('the checkpoint that it could go on from is gone');

/** Queues the runs of many trials at once; none is made unless all are. */
export function launchTrials(
  ground: SweepGround,
  record: SweepRecord,
  trials: readonly SweepTrial[],
): Promise<ArrayOutcome> {
  const { concurrency: atOnce } = record.definition;
  const own = trials.map((trial) => ownOptions(record, trial));
  return asOutcome(launchArray({ ...commonOptions(ground, record), trials: own, atOnce }));
}

/** Why a trial's values make no network; undefined when they do. */
export function problemOf(
  { schemeText }: SweepGround,
  { definition }: SweepRecord,
  trial: SweepTrial,
): string | undefined {
  const { network, diagnostics } = analyze(applyOverrides(schemeText, overridesOf(definition, trial)));
  const error = diagnostics.find(({ severity }) => severity === 'error');
  return network && !error ? undefined : (error?.message ?? t('It failed.'));
}

function ownOptions({ id, definition }: SweepRecord, trial: SweepTrial) {
  return {
    overrides: overridesOf(definition, trial),
    name: `${id.slice(-4)} #${trial.number}`,
    sweep: { id, trial: trial.number },
  };
}

function commonOptions({ folder, schemeText }: SweepGround, { scheme, launch }: SweepRecord) {
  const { target, command, projectFolder, threads, device } = launch;
  return {
    schemeFile: scheme.path,
    schemeText,
    runsFolder: runsFolderOf(folder),
    target: target.name,
    targets: [target],
    ...(command && { command }),
    ...(projectFolder !== undefined && { projectFolder }),
    ...(threads !== undefined && { threads }),
    ...(device && { device }),
  };
}

export function resumeTrial(runFolder: string, { launch }: SweepRecord): Promise<LaunchOutcome> {
  return asOutcome(resumeRun(runFolder, launch.threads === undefined ? {} : { threads: launch.threads }));
}

/** The same for many runs in a queue: all of them, or none. */
export function resumeTrials(runFolders: readonly string[], { definition }: SweepRecord): Promise<ArrayOutcome> {
  return asOutcome(resumeArray(runFolders, { atOnce: definition.concurrency }));
}

/** Half of what sshd allows at once over one connection (`MaxSessions`), as it comes. */
const mostConnections = 5;

/** Stops the runs of trials as `stop` does; what waits in a queue would begin as soon as others have been stopped, and goes first. */
export async function stopTrials<Result>(
  folder: string,
  { launch: { target } }: SweepRecord,
  trials: readonly SweepTrial[],
  stop: (trial: SweepTrial) => Promise<Result>,
  log: (text: string) => void,
): Promise<Result[]> {
  if (!isRemote(target)) return inParallel(trials, stop);
  const { cancelWaiting } = await import('../targets/stop');
  const runs = trials.map(({ run }) => path.join(runsFolderOf(folder), run!));
  const problem = await cancelWaiting(target, runs);
  if (problem !== undefined) log(problem);
  return inParallel(trials, stop, mostConnections);
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

async function asOutcome<Outcome>(
  launching: Promise<Outcome>,
): Promise<Outcome | { readonly ok: false; readonly message: string }> {
  try {
    return await launching;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ok: false, message: errorMessage(error) };
  }
}
