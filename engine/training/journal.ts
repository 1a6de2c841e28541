import { appendFileSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EventFileEncoder, eventFileName, type Hyperparameter } from '../../core/events/write';
import { t } from '../../core/l10n';
import { parseRunRecord } from '../../core/runs/parse';
import type { RunProgress, RunRecord, RunState } from '../../core/runs/record';
import { enterState } from '../../core/runs/states';
import { errorCode, errorMessage, InputError } from '../errors';
import { jsonText, overwriteJsonSync, writeFileAtomicallySync } from '../files';
import { bestValues } from './epochSums';

/**
 * Writes what a training has to tell: run.json, the TensorBoard log, and lines for output.log. Synchronously, because ONNX
 * Runtime keeps the event loop busy for whole steps.
 */
export class RunJournal {
  private readonly file: string;
  private readonly encoder = new EventFileEncoder();
  private eventFile: string | undefined;
  private lastWritten = 0;
  private current: RunRecord;

  /** Throws `InputError` when there is no record. */
  constructor(readonly folder: string) {
    this.file = path.join(folder, 'run.json');
    const parsed = parseRunRecord(readText(this.file));
    if (!parsed.ok) throw new InputError({ file: this.file, problem: parsed.reason });
    this.current = parsed.record;
  }

  get record(): RunRecord {
    return this.current;
  }

  /** A line of output.log. */
  log(line: string): void {
    console.log(line);
  }

  update(change: Partial<RunRecord>): void {
    this.write({ ...this.current, ...change });
  }

  enter(state: RunState, change: Partial<RunRecord> = {}, reason?: string): void {
    this.write({ ...enterState(this.current, state, new Date(), reason), ...change });
  }

  /** The end of a run that failed. Where not even this can be written, output.log has the sentence for whoever reads the record. */
  fail(sentence: string): void {
    const failed = enterState(this.current, 'failed', new Date(), sentence);
    const record: RunRecord = { ...failed, error: sentence, exit: { code: 1 } };
    try {
      this.write(record);
    } catch {
      overwriteOrLeave(this.file, record);
    }
  }

  /** Also the sign of life; written at most once a second. A full disk is met at the next checkpoint, not here. */
  progress(progress: Position, last: Values): void {
    if (Date.now() - this.lastWritten < 1000) return;
    try {
      this.write({ ...this.current, progress: this.withLast(progress, last) });
    } catch (error) {
      this.lastWritten = Date.now();
      console.error(errorMessage(error));
    }
  }

  /** Values of an epoch, and the record with them. */
  epoch(values: Values, progress: Position): void {
    const time = Date.now() / 1000;
    this.append(this.encoder.scalars(time, progress.step, Object.entries(values)));
    const { final, best } = this.current.metrics;
    const finite = finiteValues(values);
    this.write({
      ...this.current,
      metrics: { final: { ...final, ...finite }, best: bestValues(best, finite) },
      progress: this.withLast(progress, finite),
    });
  }

  /** Opens an event file of this session; at a resumption, what earlier ones say of later steps no longer counts. */
  openEvents(
    stepsDone: number,
    hyperparameters: Readonly<Record<string, Hyperparameter>>,
    tags: readonly string[],
    scheme: string,
  ): void {
    const time = Date.now() / 1000;
    this.eventFile = path.join(this.folder, eventFileName(time, os.hostname(), process.pid));
    this.append(this.encoder.start(time));
    if (stepsDone > 0) this.append(this.encoder.restart(time, stepsDone + 1));
    // A run that began with another one's checkpoint has not said them yet.
    const isResumed = this.current.history.some(({ state }) => state === 'running');
    if (isResumed) return;
    this.append(this.encoder.hyperparameters(time, hyperparameters, tags));
    this.append(this.encoder.text(time, 0, 'scheme', `\`\`\`json\n${scheme}\n\`\`\``));
  }

  closeEvents(succeeded: boolean): void {
    if (this.eventFile) this.append(this.encoder.sessionEnd(Date.now() / 1000, succeeded));
  }

  private withLast(progress: Position, values: Values): RunProgress {
    const last = { ...this.current.progress?.last, ...finiteValues(values) };
    return { ...progress, last, updated: new Date().toISOString() };
  }

  private append(bytes: Uint8Array): void {
    if (this.eventFile) appendFileSync(this.eventFile, bytes);
  }

  private write(record: RunRecord): void {
    writeFileAtomicallySync(this.file, jsonText(record));
    this.current = record;
    this.lastWritten = Date.now();
  }
}

function overwriteOrLeave(file: string, record: RunRecord): void {
  try {
    overwriteJsonSync(file, record);
  } catch {
    // Nothing can be done; what has been said in output.log has to do.
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError({ file, problem: t('It cannot be read ({0}).', errorCode(error) ?? String(error)) });
  }
}

type Values = Readonly<Record<string, number>>;
type Position = Omit<RunProgress, 'updated' | 'last'>;

/** JSON knows neither infinity nor "not a number"; the event files do. */
const finiteValues = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
