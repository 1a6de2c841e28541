import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type LoggedTag, scalars } from '../core/events/run';
import { t } from '../core/l10n';
import { InputError } from './errors';
import { type EventFileProblem, EventFolder, isEventFile } from './events';

/** What TensorBoard logs hold; its JSON form is what `matchdown events --format json` prints (`schemas/events.schema.json`). */
export interface EventsReport {
  readonly runs: readonly LoggedRun[];
}

export interface LoggedRun {
  /** The folder relative to the log folder, with `/`; `.` for the log folder itself, as TensorBoard names it. */
  readonly name: string;
  readonly folder: string;
  readonly tags: Readonly<Record<string, TagSummary>>;
  readonly problems: readonly EventFileProblem[];
}

export interface TagSummary {
  /** TensorBoard's name of the plugin that shows it: `scalars`, `images`, `histograms`, `text`, `hparams`, ... */
  readonly kind: string;
  readonly count: number;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Seconds since 1970. */
  readonly firstWallTime: number;
  readonly lastWallTime: number;
  /** Of scalars only; `null` where there is no finite value. */
  readonly last?: number | null;
  readonly minimum?: number | null;
  readonly maximum?: number | null;
}

/** A run folder whose log has been read whole. */
export interface ReadRun {
  readonly name: string;
  readonly log: EventFolder;
}

/**
 * Reads every run below a folder, sorted by name: the folders that hold event files.
 *
 * @param matches which tags to report
 * @throws InputError for a path that is not there, is no folder, or has no event files below it
 */
export async function readRuns(logFolder: string): Promise<ReadRun[]> {
  await requireFolder(logFolder);
  const folders = await foldersWithEvents(logFolder, new Set());
  if (folders.length === 0) throw new InputError({ file: logFolder, ...noEvents() });
  const runs = folders.map((folder) => ({ name: runName(logFolder, folder), log: new EventFolder(folder) }));
  for (const { log } of runs) await log.refresh();
  return runs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param matches which tags to report */
export function summarizeRuns(runs: readonly ReadRun[], matches: (tag: string) => boolean): EventsReport {
  return {
    runs: runs.map(({ name, log }) => ({
      name,
      folder: log.folder,
      tags: Object.fromEntries(tagsOf(log, matches).map((logged) => [logged.tag, summarize(logged)])),
      problems: log.problems(),
    })),
  };
}

/**
 * Lines of `run,tag,step,wall_time,value` (RFC 4180, with a header, lines end in `\n`), in log order: the scalars of all
 * runs. Values have all digits of their float32; `NaN`, `Infinity` and `-Infinity` stand as such.
 */
export function* eventsCsv(runs: readonly ReadRun[], matches: (tag: string) => boolean): Generator<string> {
  yield 'run,tag,step,wall_time,value\n';
  for (const { name, log } of runs) {
    const tags = tagsOf(log, matches).filter(({ kind }) => kind === scalars);
    yield* rowsInLogOrder(csvField(name), tags);
  }
}

/** The place in the log is the order of the points; each tag's points have theirs in order, so one pass merges them. */
function* rowsInLogOrder(run: string, tags: readonly LoggedTag[]): Generator<string> {
  const owners = ownersByPlace(tags);
  const prefixes = tags.map(({ tag }) => `${run},${csvField(tag)}`);
  const next = new Uint32Array(tags.length);
  for (const owner of owners) {
    if (owner < 0) continue;
    const { columns } = tags[owner]!;
    const at = next[owner]!++;
    yield `${prefixes[owner]},${columns.steps[at]},${columns.wallTimes[at]},${columns.values[at]}\n`;
  }
}

/** Which of the tags has the point at each place of the log; -1 for none of them. */
function ownersByPlace(tags: readonly LoggedTag[]): Int32Array {
  const places = Math.max(0, ...tags.map(({ columns }) => columns.order[columns.count - 1]! + 1));
  const owners = new Int32Array(places).fill(-1);
  for (const [owner, { columns }] of tags.entries())
    for (let at = 0; at < columns.count; at++) owners[columns.order[at]!] = owner;
  return owners;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tagsOf(log: EventFolder, matches: (tag: string) => boolean): LoggedTag[] {
  return log.tags().filter(({ tag }) => matches(tag));
}

function summarize({ kind, columns }: LoggedTag): TagSummary {
  const last = columns.count - 1;
  const position = {
    kind,
    count: columns.count,
    firstStep: columns.steps[0]!,
    lastStep: columns.steps[last]!,
    firstWallTime: columns.wallTimes[0]!,
    lastWallTime: columns.wallTimes[last]!,
  };
  if (kind !== scalars) return position;
  const [minimum, maximum] = finiteRange(columns.values, columns.count);
  return { ...position, last: finite(columns.values[last]!), minimum: finite(minimum), maximum: finite(maximum) };
}

function finiteRange(values: Float64Array, count: number): [minimum: number, maximum: number] {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  return [minimum, maximum];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function runName(logFolder: string, folder: string): string {
  return path.relative(logFolder, folder).split(path.sep).join('/') || '.';
}

async function requireFolder(logFolder: string): Promise<void> {
  const stats = await stat(logFolder).catch(() => undefined);
  const nextStep = t('Give the folder that holds the logs, as for `tensorboard --logdir`.');
  if (!stats) throw new InputError({ file: logFolder, problem: t('There is no such folder.'), nextStep });
  if (!stats.isDirectory()) throw new InputError({ file: logFolder, problem: t('This is no folder.'), nextStep });
}

function noEvents(): { problem: string; nextStep: string } {
  return {
    problem: t('There are no TensorBoard event files in this folder or below it.'),
    nextStep: t('Their names contain "tfevents"; a trainer writes the first one when training starts.'),
  };
}

/** Symbolic links are followed, each folder is visited once. Folders that may not be read are left out. */
async function foldersWithEvents(folder: string, visited: Set<string>): Promise<string[]> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || visited.has(real)) return [];
  visited.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.some((entry) => !entry.isDirectory() && isEventFile(entry.name)) ? [folder] : [];
  for (const entry of entries) {
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
    found.push(...(await foldersWithEvents(path.join(folder, entry.name), visited)));
  }
  return found;
}
