import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import { completed } from '../../core/runs/completion';
import type { Attempt, ProcessIdentity, RunRecord } from '../../core/runs/record';
import { parseProgress, parseResult } from '../../core/runs/result';
import { enterState } from '../../core/runs/states';
import { errorCode, errorMessage } from '../errors';
import { EventFolder } from '../events';
import { writeJson } from '../files';
import { gitState } from '../runs/git';
import { lastLineOf } from '../runs/lastLine';
import { metricsOfLogs } from '../runs/logMetrics';
import { groupIsAlive, processIdentity, signalGroup } from '../runs/process';
import { commandOf } from '../runs/program';
import { stopFile } from '../runs/stop';
import { readWrittenRecord, recordFile } from '../runs/store';
import { fingerprints } from './fingerprints';

/** Milliseconds between two looks at what the command has written. */
const interval = 500;

/** Milliseconds that a command has to end after it was asked to, when nobody waits who would end it. */
const patience = 60_000;

/** One attempt at a run, from the start of its command to the end of all its processes. */
export class Supervisor {
  private record!: RunRecord;
  private worker: ProcessIdentity | undefined;
  private readonly events: EventFolder;
  private stopAsked = false;
  private killed: NodeJS.Timeout | undefined;
  private written: Promise<void> = Promise.resolve();

  constructor(private readonly folder: string) {
    this.events = new EventFolder(folder);
  }

  /** Resolves with an exit status: 0 when the run is finished or stopped. */
  async run(): Promise<number> {
    this.record = await readWrittenRecord(this.folder);
    await this.update({
      process: await processIdentity(),
      attempts: [...(this.record.attempts ?? []), this.attempt()],
    });
    await rm(path.join(this.folder, 'result.json'), { force: true });
    const log = await open(path.join(this.folder, 'output.log'), 'a');
    try {
      const exit = await this.supervise(log);
      await this.endGroup();
      await this.complete(exit);
    } catch (error) {
      await this.fail(t('The command cannot be started: {0}', startProblem(this.record, error)));
    } finally {
      await log.close();
    }
    return this.record.state === 'failed' ? 1 : 0;
  }

  /** Asks the whole process group to end; it is ended when it takes too long. */
  stop(): void {
    if (this.stopAsked) return;
    this.stopAsked = true;
    // Windows has no signal that a program can answer: our trainer sees the file that asks it to stop.
    if (process.platform !== 'win32') void this.signal('SIGTERM');
    this.killed = setTimeout(() => void this.signal('SIGKILL'), patience);
  }

  /** Tells the command to make a checkpoint and to make room. */
  preempt(): void {
    void this.signal('SIGUSR1');
  }

  private async supervise(log: FileHandle): Promise<Exit> {
    const child = start(this.record, this.folder, log.fd);
    const exited = exitOf(child);
    await spawned(child);
    this.worker = await processIdentity(child.pid);
    await this.update({ ...enterState(this.record, 'running', new Date()), worker: this.worker });
    if (this.stopAsked && process.platform !== 'win32') await this.signal('SIGTERM');
    const described = this.describe();
    let exit: Exit | undefined;
    void exited.then((value) => {
      exit = value;
    });
    while (!exit) {
      await Promise.race([exited, sleep(interval)]);
      if (!this.stopAsked && existsSync(stopFile(this.folder))) this.stop();
      await this.mirrorProgress();
    }
    await described;
    return exit;
  }

  /** What takes a while to find out and nothing waits for. */
  private async describe(): Promise<void> {
    const { scheme, launch } = this.record;
    const folder = launch?.projectFolder ?? path.dirname(scheme.path);
    const [git, data] = await Promise.all([
      this.record.git ?? gitState(folder, path.dirname(this.folder)),
      fingerprints(this.folder, this.record),
    ]);
    await this.update({ ...(git && { git }), ...data });
  }

  private async mirrorProgress(): Promise<void> {
    const text = await readFile(path.join(this.folder, 'progress.json'), 'utf8').catch(() => undefined);
    const progress = parseProgress(text);
    if (progress && progress.updated !== this.record.progress?.updated) return this.update({ progress });
    if (progress || !(await this.events.refresh().catch(() => false))) return;
    await this.update({ metrics: await metricsOfLogs(this.events) });
  }

  /** What the command left behind in its group, a data loader for example, ends with it. */
  private async endGroup(): Promise<void> {
    clearTimeout(this.killed);
    if (!this.worker) return;
    for (const [name, limit] of [
      ['SIGTERM', 2000],
      ['SIGKILL', 3000],
    ] as const) {
      if (!(await groupIsAlive(this.worker))) return;
      await this.signal(name);
      for (const end = Date.now() + limit; Date.now() < end && (await groupIsAlive(this.worker)); ) await sleep(50);
    }
  }

  private async complete(exit: Exit): Promise<void> {
    const stopAsked = this.stopAsked || existsSync(stopFile(this.folder));
    const [result, metrics, lastLine] = await Promise.all([
      readFile(path.join(this.folder, 'result.json'), 'utf8').then(parseResult, () => undefined),
      metricsOfLogs(this.events),
      lastLineOf(path.join(this.folder, 'output.log')),
    ]);
    const ending = {
      time: new Date(),
      exit,
      stopAsked,
      metrics,
      ...(result && { result }),
      ...(lastLine && { lastLine }),
    };
    await rm(stopFile(this.folder), { force: true });
    await this.update(completed(this.record, ending));
  }

  private async fail(message: string): Promise<void> {
    await this.update({ ...enterState(this.record, 'failed', new Date(), message), error: message });
  }

  private async signal(name: NodeJS.Signals): Promise<void> {
    if (this.worker) await signalGroup(this.worker, name);
  }

  private attempt(): Attempt {
    return { number: (this.record.attempts?.length ?? 0) + 1, started: new Date().toISOString(), host: os.hostname() };
  }

  /** The only writer of the record while the run goes on; one write after the other, so that the last one stays. */
  private update(change: Partial<RunRecord>): Promise<void> {
    const record = { ...this.record, ...change };
    this.record = record;
    this.written = this.written.then(() => writeJson(recordFile(this.folder), record));
    return this.written;
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal?: string;
}

function start(record: RunRecord, folder: string, log: number): ChildProcess {
  const { argv, cwd, env } = commandOf(record, folder);
  const [program, ...args] = argv;
  return spawn(program!, args, {
    cwd,
    env,
    // A process group of its own, which a stop reaches as a whole.
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, ...(signal && { signal }) }));
  });
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
}

function startProblem({ argv }: RunRecord, error: unknown): string {
  if (errorCode(error) === 'ENOENT') return t('there is no program "{0}".', argv[0] ?? '');
  if (errorCode(error) === 'EACCES') return t('"{0}" may not be executed.', argv[0] ?? '');
  return errorMessage(error);
}
