import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { lastWords } from '../../core/runs/completion';
import { parseRunRecord } from '../../core/runs/parse';
import type { RunRecord } from '../../core/runs/record';
import { believableState, isActive } from '../../core/runs/states';
import { errorCode, InputError } from '../errors';
import { isEventFile } from '../events';
import { inParallel } from '../inParallel';
import { lastLineOf } from './lastLine';
import { tagsOfLogs } from './logTags';
import { gatherEvidence } from './process';

/**
 * All runs below the given folders (each a folder of runs, or a run), newest first. A folder with nothing but TensorBoard logs
 * is a run without a record. A folder that does not exist holds no runs; of a record that cannot be read the list says why.
 */
export async function listRuns(folders: readonly string[]): Promise<RunSummary[]> {
  const found = new Map<string, FoundRun>();
  for (const folder of folders) {
    for (const run of await findRuns(path.resolve(folder), path.basename(folder), deepestLogs))
      found.set(run.folder, run);
  }
  const runs = await inParallel([...found.values()], summarize);
  return runs
    .filter((run) => run !== undefined)
    .sort((a, b) => b.time - a.time)
    .map(({ summary }) => summary);
}

/** One run. Throws `InputError` when the folder holds neither a record nor TensorBoard logs, or an unreadable record. */
export async function readRun(folder: string): Promise<RunSummary> {
  const absolute = path.resolve(folder);
  const { hasRecord, logs } = await look(absolute);
  if (hasRecord) return recordSummary(absolute);
  if (logs.length > 0) return { folder: absolute, name: path.basename(absolute), tags: await tagsOfLogs(absolute) };
  throw new InputError({
    file: folder,
    problem: t('This is no run: there is neither run.json nor a TensorBoard log.'),
    nextStep: t('"matchdown runs" lists the runs that there are.'),
  });
}

/** The record as it can be believed: a process that was killed does not count as running. Throws `InputError`. */
export async function readRecord(folder: string): Promise<RunRecord> {
  const record = await readWrittenRecord(folder);
  return isActive(record) ? settled(folder, record) : record;
}

/** The record as it stands in the file. Throws `InputError`. */
export async function readWrittenRecord(folder: string): Promise<RunRecord> {
  const file = recordFile(folder);
  const key = await stat(file).then(
    ({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
    () => '',
  );
  const known = endedRecords.get(file);
  if (known?.key === key) return known.record;
  const record = await parseRecord(file);
  if (!isActive(record)) endedRecords.set(file, { key, record });
  return record;
}

/** Lists are asked for again and again, and a run that has ended hardly ever changes. */
const endedRecords = new Map<string, { readonly key: string; readonly record: RunRecord }>();

async function parseRecord(file: string): Promise<RunRecord> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError({ file, ...unreadable(error) });
  });
  const parsed = parseRunRecord(text);
  if (parsed.ok) return parsed.record;
  throw new InputError({ file, problem: parsed.reason, nextStep: t('Restore it from a copy, or remove the run.') });
}

function unreadable(error: unknown): { problem: string; nextStep: string } {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? { problem: t('There is no such record.'), nextStep: t('Only a run that Match Down started has one.') }
    : { problem: t('It cannot be read ({0}).', code ?? String(error)), nextStep: t('Check its permissions.') };
}

export const recordFile = (folder: string): string => path.join(folder, 'run.json');

/** A process that has just ended may have written its last word after the record was read. */
async function settled(folder: string, record: RunRecord): Promise<RunRecord> {
  const believed = believableState(record, await gatherEvidence(record));
  if (isActive(believed)) return believed;
  const again = await readWrittenRecord(folder);
  return isActive(again) ? withLastWords(folder, believed) : again;
}

/** Trainers and supervisors end output.log with what went wrong, which is all that there is where the record could not be written. */
async function withLastWords(folder: string, record: RunRecord): Promise<RunRecord> {
  const log = path.join(folder, 'output.log');
  const error = lastWords((await lastLineOf(log)) ?? '');
  if (record.state !== 'failed' || error === undefined) return record;
  // Those of an earlier attempt are older than the record. Both are times of files, whose clock is coarser than ours.
  const [said, written] = await Promise.all([stat(log), stat(recordFile(folder))]);
  if (said.mtimeMs < written.mtimeMs) return record;
  return { ...record, error, history: record.history.with(-1, { ...record.history.at(-1)!, reason: error }) };
}

interface FoundRun {
  readonly folder: string;
  /** For a run without a record: its path below the folder of runs, as TensorBoard names it. */
  readonly name: string;
  readonly hasRecord: boolean;
  readonly hasLogs: boolean;
}

/** Levels of folders in which logs of other tools are looked for. */
const deepestLogs = 4;

async function findRuns(folder: string, name: string, depth: number): Promise<FoundRun[]> {
  const { hasRecord, logs, children } = await look(folder);
  const hasLogs = logs.length > 0;
  if (hasRecord) return [{ folder, name, hasRecord, hasLogs }];
  const own = hasLogs ? [{ folder, name, hasRecord, hasLogs }] : [];
  if (depth === 0) return own;
  const isTop = depth === deepestLogs;
  const below = await inParallel(children, (child) =>
    findRuns(path.join(folder, child), isTop ? child : `${name}/${child}`, depth - 1),
  );
  return [...own, ...below.flat()];
}

interface FolderContent {
  readonly hasRecord: boolean;
  readonly logs: readonly string[];
  readonly children: readonly string[];
}

async function look(folder: string): Promise<FolderContent> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [] as Dirent[]);
  return {
    hasRecord: entries.some((entry) => entry.name === 'run.json'),
    logs: entries.filter((entry) => isEventFile(entry.name)).map((entry) => entry.name),
    children: entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name),
  };
}

interface DatedRun {
  readonly summary: RunSummary;
  readonly time: number;
}

async function summarize(run: FoundRun): Promise<DatedRun | undefined> {
  try {
    if (!run.hasRecord) return await summarizeLogs(run);
    const summary = await recordSummary(run.folder);
    return { summary, time: Date.parse(summary.record?.history[0]?.time ?? '') || 0 };
  } catch (error) {
    if (error instanceof InputError) return damaged(run, error);
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  }
}

async function damaged(run: FoundRun, { problem }: InputError): Promise<DatedRun> {
  const { summary, time } = await summarizeLogs(run);
  return { summary: { ...summary, problem }, time };
}

async function summarizeLogs({ folder, name }: FoundRun): Promise<DatedRun> {
  const tags = await tagsOfLogs(folder);
  return { summary: { folder, name, tags }, time: (await stat(folder)).mtimeMs };
}

async function recordSummary(folder: string): Promise<RunSummary> {
  const record = await readRecord(folder);
  const known = Object.keys(record.metrics.final);
  const tags = known.length > 0 || isActive(record) ? known : await tagsOfLogs(folder);
  return { folder, name: record.name, record, tags };
}
