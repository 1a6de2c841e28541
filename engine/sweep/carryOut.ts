import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import { isRemote } from '../../core/runs/target';
import { applyOverrides } from '../../core/scheme/overrides';
import { nextTrial, overridesOf } from '../../core/sweep/plan';
import { bestTrial } from '../../core/sweep/ranking';
import { isOpen, type SweepRecord, type SweepTrial } from '../../core/sweep/record';
import { errorMessage } from '../errors';
import { writeFileAtomically, writeJson } from '../files';
import { attach } from '../runs/attach';
import { processIdentity } from '../runs/process';
import { stopRun } from '../runs/stop';
import { readSchemeText } from '../schemeText';
import { bestScheme, frozenScheme, runsFolderOf, stopFile, sweepFile } from './paths';
import { release } from './process';
import { readWrittenSweep } from './store';
import {
  launchTrial,
  launchTrials,
  observeTrial,
  problemOf,
  resumeTrial,
  resumeTrials,
  runsOfTrials,
  type SweepGround,
  stopTrials,
} from './trials';

/** Milliseconds. */
const interval = 250;
/** Trials in a row that could not be started for a reason that has nothing to do with their values. */
const mostLaunchFailures = 3;
/** Slurm's `MaxArraySize` is 1001 unless it is configured otherwise. */
const mostQueued = 1000;
/** Milliseconds. */
const retryAfter = 5000;
/** Milliseconds until a target that could not be reached, for a minute already, is tried again. */
const awayAgainAfter = 30_000;

/**
 * Carries a sweep out, or goes on with it, until all of its trials have ended, or until `stop` is aborted or a file `stop` appears:
 * then its trainings are paused. A trial that fails does not end the sweep. This process has claimed the sweep, and gives it back at
 * its end. Throws `InputError` when the sweep cannot be read.
 */
export async function carryOut(folder: string, stop: AbortSignal, log: (text: string) => void): Promise<SweepRecord> {
  return new Sweeper(folder, await readWrittenSweep(folder), await readSchemeText(frozenScheme(folder)), log).carryOut(
    stop,
  );
}

class Sweeper {
  private written = '';
  private readonly attached = new Set<string>();
  private launchFailures = 0;
  /** When a target that could not be reached is tried again; milliseconds since 1970. */
  private nextLaunch = 0;

  constructor(
    private readonly folder: string,
    private record: SweepRecord,
    private readonly schemeText: string,
    private readonly log: (text: string) => void,
  ) {}

  async carryOut(stop: AbortSignal): Promise<SweepRecord> {
    const { ended: _ended, error: _error, ...record } = this.record;
    this.record = { ...record, state: 'running', process: await processIdentity() };
    await this.write();
    await this.takeUp();
    if (this.hasFailed) return this.end('failed');
    while (!stop.aborted && !existsSync(stopFile(this.folder))) {
      await this.observe();
      await this.startTrials();
      if (this.hasFailed) return this.end('failed');
      if (this.open.length === 0) return this.end('finished');
      await sleep(interval, undefined, { signal: stop }).catch(() => undefined);
    }
    await this.pause();
    return this.end('stopped');
  }

  private get hasFailed(): boolean {
    return this.record.state === 'failed';
  }

  private get open(): readonly SweepTrial[] {
    return this.record.trials.filter(isOpen);
  }

  /** A queue may hold hundreds of trials, and starts them in their order: those that may be going on are looked at. */
  private get inSight(): readonly SweepTrial[] {
    return this.isQueued ? this.open.slice(0, this.record.definition.concurrency + 4) : this.open;
  }

  private get isQueued(): boolean {
    return this.record.launch.target.kind === 'slurm';
  }

  /** What an earlier process of the sweep left: trainings that go on, or are to be gone on with. */
  private async takeUp(): Promise<void> {
    const runs = this.open.length > 0 ? await runsOfTrials(this.folder, this.record) : new Map<number, string>();
    const paused: SweepTrial[] = [];
    for (const trial of this.open) {
      const run = trial.run ?? runs.get(trial.number);
      if (run === undefined) await this.launch(trial);
      else if (await this.isPaused({ ...trial, run })) paused.push({ ...trial, run });
    }
    if (this.isQueued && paused.length > 1) return this.resumeQueued(paused);
    for (const trial of paused) await this.resume(trial);
  }

  /** A training that the sweep paused is to be resumed; one that somebody else stopped stays stopped. */
  private async isPaused(trial: SweepTrial): Promise<boolean> {
    const observed = await observeTrial(this.folder, { ...trial, state: 'running' }, this.record.definition);
    const isPaused = trial.state === 'paused' && observed.state === 'stopped';
    if (!isPaused) await this.put(observed);
    return isPaused;
  }

  private async resume(trial: SweepTrial): Promise<void> {
    const resumed = await resumeTrial(this.runFolder(trial), this.record);
    if (resumed.ok) return this.put({ ...trial, state: 'running' });
    if (resumed.unreachable) return this.fail(resumed.message);
    const observed = await observeTrial(this.folder, trial, this.record.definition);
    await this.put({ ...observed, error: resumed.message });
  }

  /** As one array: those of a queue that were paused are many, and only so many of them are to run at a time. */
  private async resumeQueued(trials: readonly SweepTrial[]): Promise<void> {
    const folders = trials.map((trial) => this.runFolder(trial));
    const resumed = await resumeTrials(folders, this.record);
    if (!resumed.ok) return this.fail(resumed.message);
    for (const trial of trials) await this.put({ ...trial, state: 'running' });
  }

  private async observe(): Promise<void> {
    for (const trial of this.inSight) {
      if (trial.run === undefined) continue;
      this.attach(trial);
      const observed = await observeTrial(this.folder, trial, this.record.definition);
      if (JSON.stringify(observed) === JSON.stringify(trial)) continue;
      await this.put(observed);
      if (!isOpen(observed)) this.tell(observed);
    }
  }

  /** What a trial on another machine writes is brought here while it goes on. */
  private attach(trial: SweepTrial): void {
    const folder = this.runFolder(trial);
    if (!isRemote(this.record.launch.target) || this.attached.has(folder)) return;
    this.attached.add(folder);
    attach(folder)
      .catch((error: unknown) => this.log(errorMessage(error)))
      .finally(() => this.attached.delete(folder));
  }

  private async startTrials(): Promise<void> {
    const { definition } = this.record;
    if (Date.now() < this.nextLaunch) return;
    for (const trial of this.open.filter(({ run }) => run === undefined)) if (!(await this.launch(trial))) return;
    if (this.isQueued) return this.queueTrials();
    while (this.open.length < definition.concurrency && this.record.state === 'running') {
      const planned = nextTrial(definition, this.record.trials);
      if (!planned) return;
      const trial: SweepTrial = { ...planned, state: 'starting' };
      await this.put(trial);
      if (!(await this.launch(trial))) return;
    }
  }

  /** All trials that are known already become one array in the queue, which goes on when this machine sleeps. */
  private async queueTrials(): Promise<void> {
    // A second array would run beside the first one, and with it more at a time than there are to be.
    if (this.record.definition.strategy !== 'tpe' && this.open.length > 0) return;
    const trials: SweepTrial[] = [];
    for (let trial = await this.takeNext(); trial; trial = await this.takeNext()) trials.push(trial);
    if (trials.length === 0) return;
    const outcome = await launchTrials(this.ground, this.record, trials);
    if (outcome.ok) {
      this.launchFailures = this.nextLaunch = 0;
      for (const [at, trial] of trials.entries())
        await this.put({ ...trial, state: 'running', run: outcome.runs[at]!.id });
      return;
    }
    this.takeBack(trials);
    if (outcome.unreachable) return this.waitForTarget(outcome.message);
    this.log(outcome.message);
    this.launchFailures++;
    if (this.launchFailures >= mostLaunchFailures) this.giveUp(outcome.message);
    else await sleep(retryAfter);
  }

  /** The next trial, as it is to be queued; what makes no network has failed already. Only TPE learns from one to the next. */
  private async takeNext(): Promise<SweepTrial | undefined> {
    const { definition, trials } = this.record;
    const room = definition.strategy === 'tpe' ? definition.concurrency : mostQueued;
    const planned = this.open.length < room ? nextTrial(definition, trials) : undefined;
    if (!planned) return undefined;
    const trial: SweepTrial = { ...planned, state: 'starting' };
    const error = problemOf(this.ground, this.record, trial);
    await this.put(error === undefined ? trial : { ...trial, state: 'failed', error });
    return error === undefined ? trial : this.takeNext();
  }

  private get ground(): SweepGround {
    return { folder: this.folder, schemeText: this.schemeText };
  }

  /** False when the target cannot be reached now: the trial waits until it can. */
  private async launch(trial: SweepTrial): Promise<boolean> {
    const outcome = await launchTrial(this.ground, this.record, trial, this.log);
    if (outcome.ok) {
      this.launchFailures = this.nextLaunch = 0;
      await this.put({ ...trial, state: 'running', run: outcome.id });
      return true;
    }
    if (outcome.unreachable) {
      this.waitForTarget(outcome.message);
      return false;
    }
    const failed: SweepTrial = { ...trial, state: 'failed', error: outcome.message };
    await this.put(failed);
    this.tell(failed);
    // A scheme that makes no network is a result; a target that takes no run is none.
    if (outcome.diagnostics) return true;
    this.launchFailures++;
    if (this.launchFailures >= mostLaunchFailures) {
      this.giveUp(outcome.message);
      this.takeBack(this.record.trials.slice(-this.launchFailures));
    }
    return true;
  }

  /** A laptop may be without its network for a night; what was started goes on meanwhile. */
  private waitForTarget(reason: string): void {
    if (this.nextLaunch === 0) this.log(t('{0} Trying again ...', reason));
    this.nextLaunch = Date.now() + awayAgainAfter;
  }

  private giveUp(reason: string): void {
    this.fail(t('{0} times in a row nothing could be started: {1}', this.launchFailures, reason));
  }

  /** What is open stays so: a resumed sweep goes on with it. */
  private fail(error: string): void {
    this.record = { ...this.record, state: 'failed', error };
  }

  /** Trials that were never started: a resumed sweep has them before it. */
  private takeBack(trials: readonly SweepTrial[]): void {
    const gone = new Set(trials.map(({ number }) => number));
    this.record = { ...this.record, trials: this.record.trials.filter(({ number }) => !gone.has(number)) };
  }

  private async pause(): Promise<void> {
    this.log(t('Stopping the trainings.'));
    const open = this.open.filter(({ run }) => run !== undefined);
    await stopTrials(this.folder, this.record, open, (trial) => this.pauseOne(trial), this.log);
  }

  private async pauseOne(trial: SweepTrial): Promise<void> {
    const outcome = await stopRun(this.runFolder(trial));
    if (!outcome.ok) this.log(outcome.message);
    const ended = await observeTrial(this.folder, trial, this.record.definition);
    if (ended.state === 'finished' || ended.state === 'failed') await this.put(ended);
    else await this.put({ ...trial, state: 'paused' });
  }

  private async end(state: 'finished' | 'stopped' | 'failed'): Promise<SweepRecord> {
    await rm(stopFile(this.folder), { force: true });
    await release(this.folder);
    this.record = { ...this.record, state, ended: new Date().toISOString() };
    await this.write();
    this.log(state === 'finished' ? t('Finished.') : (this.record.error ?? t('Stopped.')));
    return this.record;
  }

  private async put(trial: SweepTrial): Promise<void> {
    const { trials: before, definition } = this.record;
    const isNew = before.every(({ number }) => number !== trial.number);
    const trials = isNew ? [...before, trial] : before.map((each) => (each.number === trial.number ? trial : each));
    const best = bestTrial(definition, trials);
    const isBetter = best !== undefined && best.number !== this.record.best;
    this.record = { ...this.record, trials, ...(best && { best: best.number }) };
    await this.write();
    if (isBetter) await this.writeBest(best);
  }

  private async writeBest({ values }: SweepTrial): Promise<void> {
    const text = applyOverrides(this.schemeText, overridesOf(this.record.definition, { values }));
    await writeFileAtomically(bestScheme(this.folder), text);
  }

  private async write(): Promise<void> {
    const text = JSON.stringify(this.record);
    if (text !== this.written) await writeJson(sweepFile(this.folder), this.record);
    this.written = text;
  }

  private runFolder({ run }: SweepTrial): string {
    return path.join(runsFolderOf(this.folder), run!);
  }

  private tell({ number, values, state, objective, error }: SweepTrial): void {
    const result = objective === undefined ? (error ?? '') : `${this.record.definition.objective.tag} ${objective}`;
    this.log(`#${number} ${JSON.stringify(values)}: ${state} ${result}`);
  }
}
