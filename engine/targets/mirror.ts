import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { completed, noRoom, notWritable } from '../../core/runs/completion';
import type { Attempt, RunRecord } from '../../core/runs/record';
import { parseProgress, parseResult } from '../../core/runs/result';
import { enterState, isActive } from '../../core/runs/states';
import { EventFolder, isEventFile } from '../events';
import { writeJson } from '../files';
import { lastLineOf } from '../runs/lastLine';
import { metricsOfLogs } from '../runs/logMetrics';
import { readWrittenRecord, recordFile } from '../runs/store';
import type { Look, RemoteAttempt, RemoteFile } from './look';
import { type EndedPhase, type Phase, phaseOf } from './phase';
import type { RunSession } from './session';
import { fetchGrowing, fetchWhole } from './transfer';

/** Milliseconds after which a run that is only silent is recorded as heard of. */
const heardInterval = 15_000;

/** Keeps the folder of a run that is on a target: its files as far as they are there, and its record. */
export class Mirror {
  private record!: RunRecord;
  private readonly events: EventFolder;
  private readonly seen = new Map<string, string>();
  private progressText: string | undefined;

  constructor(private readonly folder: string) {
    this.events = new EventFolder(folder);
  }

  get job(): string | undefined {
    return this.record.remote?.job;
  }

  async open(): Promise<RunRecord> {
    this.record = await readWrittenRecord(this.folder);
    return this.record;
  }

  /** Takes over what is new. Resolves with the record, which is no longer active when the run has ended. */
  async update(session: RunSession): Promise<RunRecord> {
    const look = await session.look(this.job);
    if (look.missing) return this.write(lost(this.record));
    const grown = await this.fetchLive(session, look.files);
    const phase = phaseOf(look, { queue: this.record.launch?.target.kind === 'slurm', age: this.age() });
    const next = this.withAttempts(await this.withProgress(this.reached(), grown), look);
    // An attempt that was over before anybody looked is a join all the same.
    if (phase?.kind === 'ended')
      return this.end(session, look.attempt > 1 ? withPhase(next, { kind: 'running' }, look) : next, look, phase);
    return this.write(phase ? withPhase(next, phase, look) : next);
  }

  /** The connection is cut; the run may well go on. */
  async tellCut(reason: string): Promise<void> {
    if (this.record.connection?.state === 'cut' && this.record.connection.reason === reason) return;
    await this.write({ ...this.record, connection: { state: 'cut', time: new Date().toISOString(), reason } });
  }

  private reached(): RunRecord {
    const now = new Date().toISOString();
    const heard = Date.parse(this.record.remote?.heard ?? '') || 0;
    const place = Date.now() - heard > heardInterval ? { ...this.record.remote!, heard: now } : this.record.remote!;
    const isNew = this.record.connection?.state !== 'connected';
    const connection = isNew ? ({ state: 'connected', time: now } as const) : this.record.connection!;
    return { ...this.record, remote: place, connection };
  }

  private age(): number {
    return (Date.now() - (Date.parse(this.record.history.at(-1)?.time ?? '') || 0)) / 1000;
  }

  /** Logs grow while the run goes on, its result and its progress are replaced. True when there are new events. */
  private async fetchLive(session: RunSession, files: readonly RemoteFile[]): Promise<boolean> {
    let grown = false;
    for (const file of files) {
      if (isLog(file)) grown = ((await fetchGrowing(session, this.folder, file)) && isEvents(file)) || grown;
      else if (isSmall(file)) await this.fetchNew(session, file);
    }
    return grown;
  }

  private async fetchNew(session: RunSession, file: RemoteFile): Promise<void> {
    const version = `${file.bytes} ${file.time}`;
    if (this.seen.get(file.path) === version) return;
    await fetchWhole(session, this.folder, file);
    this.seen.set(file.path, version);
  }

  private async withProgress(record: RunRecord, grown: boolean): Promise<RunRecord> {
    const text = await this.text('progress.json');
    const progress = parseProgress(text);
    const isNew = text !== this.progressText;
    this.progressText = text;
    // The target's clock may be another one; what counts here is when it was heard.
    if (progress && isNew) return { ...record, progress: { ...progress, updated: new Date().toISOString() } };
    return grown && !progress ? { ...record, metrics: await metricsOfLogs(this.events) } : record;
  }

  private withAttempts(record: RunRecord, look: Look): RunRecord {
    const local = (time: number) => new Date(Date.now() - (look.time - time) * 1000).toISOString();
    const known = new Map((record.attempts ?? []).map((attempt) => [attempt.number, attempt]));
    for (const attempt of look.attempts) known.set(attempt.number, merged(known.get(attempt.number), attempt, local));
    const attempts = [...known.values()].sort((a, b) => a.number - b.number);
    const job = look.submitted ?? record.remote?.job;
    return {
      ...record,
      ...(attempts.length > 0 && { attempts }),
      ...(record.remote && { remote: { ...record.remote, ...(job && { job }) } }),
    };
  }

  private async end(session: RunSession, record: RunRecord, look: Look, phase: EndedPhase): Promise<RunRecord> {
    for (const file of look.files) if (!isLog(file)) await this.fetchNew(session, file);
    const [result, metrics, lastLine] = [
      parseResult(await this.text('result.json')),
      await metricsOfLogs(this.events),
      await lastLineOf(path.join(this.folder, 'output.log')),
    ];
    const reasons = [phase.reason, await this.whyRefused(session, phase)].filter((each) => each !== undefined);
    const seconds = phase.time === undefined ? 0 : look.time - phase.time;
    const { waitingFor: _waiting, ...place } = record.remote!;
    return this.write(
      completed(
        { ...record, remote: place },
        {
          time: new Date(Date.now() - seconds * 1000),
          stopAsked: look.stopping || phase.cancelled === true,
          metrics,
          ...(phase.exit && { exit: phase.exit }),
          ...(reasons.length > 0 && { reason: reasons.join(' ') }),
          ...(result && { result }),
          ...(lastLine !== undefined && { lastLine }),
        },
      ),
    );
  }

  /** A run that could not even record its end is asked for, as the folder there is now. */
  private async whyRefused(session: RunSession, { exit, refusal }: EndedPhase): Promise<string | undefined> {
    const words = exit ? refusal : await session.refusal();
    if (words === undefined) return undefined;
    const what = `${words} '${this.record.target}:${this.record.remote?.folder ?? ''}'`;
    return /space|quota/i.test(words) ? noRoom(what) : notWritable(what);
  }

  private text(name: string): Promise<string | undefined> {
    return readFile(path.join(this.folder, name), 'utf8').catch(() => undefined);
  }

  private async write(record: RunRecord): Promise<RunRecord> {
    if (JSON.stringify(record) !== JSON.stringify(this.record)) await writeJson(recordFile(this.folder), record);
    this.record = record;
    return record;
  }
}

const isEvents = ({ path: name }: RemoteFile): boolean => isEventFile(path.posix.basename(name));
const isLog = (file: RemoteFile): boolean => file.path === 'output.log' || isEvents(file);
const isSmall = ({ path: name, bytes }: RemoteFile): boolean =>
  (name === 'result.json' || name === 'progress.json') && bytes < 1 << 20;

function lost(record: RunRecord): RunRecord {
  const reason = t(
    'The run is no longer on {0}: its folder {1} was removed there.',
    record.target,
    record.remote?.folder ?? '',
  );
  return { ...enterState(record, 'lost', new Date(), reason), error: reason };
}

/** A new state is told with its reason: an attempt after the first is a join. */
function withPhase(record: RunRecord, phase: Exclude<Phase, EndedPhase>, look: Look): RunRecord {
  const { waitingFor: _old, ...place } = record.remote!;
  const waitingFor = phase.kind === 'queued' ? phase.waitingFor : undefined;
  const placed = { ...record, remote: { ...place, ...(waitingFor !== undefined && { waitingFor }) } };
  if (!isActive(record)) return placed;
  const attempt = record.attempts?.find(({ number }) => number === look.attempt);
  const isJoin = look.attempt > 1 && phase.kind === 'running';
  const told = record.history.at(-1)?.reason;
  const reason = isJoin ? t('Attempt {0} on {1}.', look.attempt, attempt?.host ?? '?') : undefined;
  if (phase.kind === record.state && (reason === undefined || told === reason)) return placed;
  if (phase.kind === 'queued' && record.state === 'running')
    return enterState(placed, 'queued', new Date(), t('It had to make room, and waits to go on.'));
  return enterState(placed, phase.kind, new Date(), reason);
}

function merged(known: Attempt | undefined, remote: RemoteAttempt, local: (time: number) => string): Attempt {
  const { number, host, job, process, started, end } = remote;
  return {
    number,
    started: known?.started ?? (started === undefined ? new Date().toISOString() : local(started)),
    ...(host && { host }),
    ...(job && { job }),
    ...(process && { process }),
    ...(end && { ended: known?.ended ?? local(end.time), exit: { code: end.code } }),
  };
}
