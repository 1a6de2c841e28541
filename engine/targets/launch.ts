import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { commandScript, type RemoteRun, runFolderOf } from '../../core/runs/commandScript';
import type { RunRecord } from '../../core/runs/record';
import { enterState } from '../../core/runs/states';
import type { RemoteTarget } from '../../core/runs/target';
import type { Scheme } from '../../core/scheme/types';
import { analyze } from '../../core/shape/analyze';
import { InputError } from '../errors';
import { writeJson } from '../files';
import { languageOf } from '../language';
import { createRun, type NewRun, noRun } from '../runs/create';
import { dataPaths } from '../runs/dataPaths';
import { diskProblem } from '../runs/diskProblem';
import { gitState } from '../runs/git';
import type { ArrayOptions, ArrayOutcome, LaunchOutcome, ResumeOptions, RunOptions } from '../runs/options';
import { processIdentity } from '../runs/process';
import { programOf } from '../runs/program';
import { recordFile } from '../runs/store';
import { fingerprints } from '../supervisor/fingerprints';
import { chooseRemoteGpus } from './chooseGpus';
import { ConnectionError } from './connectionError';
import { removeTraces } from './delete';
import {
  gatherMaterial,
  launchSettings,
  type RemoteMaterial,
  type RemoteOrder,
  runTree,
  trainerTree,
} from './material';
import type { Shell } from './shell';
import { folderOf, shellOf } from './shells';
import { latestAttempts, startOnTarget } from './start';
import { TargetError } from './targetError';
import { prepareFolder, type Tree, type Upload, uploadTrees, withRetries } from './upload';

/** Uploads what a run needs and starts it on its target, or queues it there. */
export async function launchRemote(options: RunOptions, target: RemoteTarget): Promise<LaunchOutcome> {
  const outcome = await launchTogether({ ...options, trials: [options] }, target);
  return outcome.ok ? { ok: true, ...outcome.runs[0]! } : outcome;
}

/**
 * The same for many runs at once: what they share is uploaded once, and a Slurm target queues them as one array. Either all are
 * started, or none is made.
 */
export async function launchTogether(options: ArrayOptions, target: RemoteTarget): Promise<ArrayOutcome> {
  const shell = shellOf(target, options.interactive);
  const made: NewRun[] = [];
  try {
    const gpus = await gpusFor(options, target, shell);
    for (const trial of options.trials) {
      const created = await createRun(planOf({ ...options, ...trial }, target, gpus));
      if (!created.ok) return await giveUp(made, created);
      made.push(created.run);
    }
    const orders = made.map((run) => ({ run, order: orderOf(options, target, run, gpus) }));
    return await bringAndStart(options, shell, orders);
  } catch (error) {
    const refused = refusal(error) ?? refusalHere(error, options.runsFolder);
    await giveUp(made, refused ?? { ok: false, message: '' });
    if (!(error instanceof ConnectionError))
      await removeTraces(
        shell,
        folderOf(target),
        made.map(({ record }) => record.id),
      );
    if (!refused) throw error;
    return refused;
  }
}

/** Starts a run again in its folder on the target, or launches it anew when it never came there. */
export async function resumeRemote(folder: string, record: RunRecord, options: ResumeOptions): Promise<LaunchOutcome> {
  const outcome = await resumeTogether([{ folder, record }], options);
  return outcome.ok ? { ok: true, ...outcome.runs[0]! } : outcome;
}

/** The same for many runs of one target: Slurm queues them as one array. Those that never came there are launched by themselves. */
export async function resumeTogether(
  resumed: readonly Resumed[],
  options: ResumeOptions & { readonly atOnce?: number },
): Promise<ArrayOutcome> {
  const target = resumed[0]!.record.launch?.target;
  if (target?.kind !== 'ssh' && target?.kind !== 'slurm')
    return { ok: false, message: t('The record does not say how the run was started.') };
  const shell = shellOf(target, options.interactive);
  try {
    const gpus = await gpusFor({ ...options, runsFolder: path.dirname(resumed[0]!.folder) }, target, shell);
    const ordered: (Ordered & Resumed)[] = [];
    for (const { folder, record } of resumed) {
      const [scheme, text] = [await readScheme(folder), await readFile(path.join(folder, 'scheme.json'), 'utf8')];
      const order = { ...orderOfRecord(folder, record, target, scheme), ...(gpus && { gpus }) };
      ordered.push({ folder, record, run: { folder, record, scheme, text }, order });
    }
    for (const each of ordered.filter(({ record }) => !record.remote)) await bringAndStart(options, shell, [each]);
    const there = ordered.filter(({ record }) => record.remote);
    const problem = there.length > 0 ? await startAgain(there, shell, options) : undefined;
    if (problem !== undefined) return { ok: false, message: problem };
    return { ok: true, runs: resumed.map(({ folder, record }) => ({ id: record.id, folder })) };
  } catch (error) {
    const refused = refusal(error);
    if (!refused) throw error;
    return refused;
  }
}

export interface Resumed {
  readonly folder: string;
  readonly record: RunRecord;
}

interface Ordered {
  readonly run: NewRun;
  readonly order: RemoteOrder;
}

type Calling = Pick<RunOptions, 'onProgress' | 'signal'> & { readonly atOnce?: number };

async function bringAndStart(options: Calling, shell: Shell, ordered: readonly Ordered[]): Promise<ArrayOutcome> {
  const materials: RemoteMaterial[] = [];
  for (const { order } of ordered) materials.push(await gatherMaterial(order));
  const records = await describe(ordered, materials);
  const upload = uploadOf(ordered[0]!.order, shell, options);
  const { folder } = await withRetries(upload, () => prepareFolder(upload));
  const own = await Promise.all(
    materials.map((material, index) => runTree(material, ownFiles(records[index]!, ordered[index]!.run))),
  );
  await uploadTrees(upload, distinct([...materials.flatMap(({ trees }) => trees), ...own]));
  options.signal?.throwIfAborted();
  const runs = materials.map(({ run }) => run);
  const placed = records.map((record, index) => placedRecord(record, { ...runs[index]!, folder }));
  for (const [index, record] of placed.entries()) await writeJson(recordFile(ordered[index]!.run.folder), record);
  const jobs = await startedOrNot(() =>
    startOnTarget(
      upload,
      runs,
      runs.map(() => 1),
      options.atOnce,
    ),
  );
  for (const [index, record] of placed.entries())
    await writeJson(recordFile(ordered[index]!.run.folder), withJob(record, jobs?.[index]));
  return { ok: true, runs: ordered.map(({ run }) => ({ id: run.record.id, folder: run.folder })) };
}

/** Resolves with why it cannot be done. */
async function startAgain(
  ordered: readonly (Ordered & Resumed)[],
  shell: Shell,
  options: ResumeOptions & { readonly atOnce?: number },
): Promise<string | undefined> {
  const { order } = ordered[0]!;
  const upload = uploadOf(order, shell, options);
  const ids = ordered.map(({ record }) => record.id);
  const latest = await withRetries(upload, () => latestAttempts(upload, ids));
  const attempts = latest.flatMap((number) => (number === undefined ? [] : [number + 1]));
  if (attempts.length < ids.length) return t('The run is no longer on {0}. Start a new run.', order.target.name);
  await withRetries(upload, () => prepareFolder(upload));
  const trainer = order.trainer === 'pytorch' ? await trainerTree() : undefined;
  const runs = ordered.map((each) => runAgain(each, upload, trainer));
  const own = await Promise.all(runs.map((run) => runTree({ run, commandScript: commandScript(run) }, {})));
  await uploadTrees(upload, [...(trainer ? [trainer] : []), ...own]);
  const next = ordered.map((each, index) => recordAgain(each, attempts[index]!));
  for (const [index, record] of next.entries()) await writeJson(recordFile(ordered[index]!.folder), record);
  const jobs = await startedOrNot(() => startOnTarget(upload, runs, attempts, options.atOnce));
  for (const [index, record] of next.entries())
    await writeJson(recordFile(ordered[index]!.folder), withJob(record, jobs?.[index]));
  return undefined;
}

function runAgain({ order, record }: Ordered & Resumed, { folder }: Upload, trainer: Tree | undefined): RemoteRun {
  const language = languageOf(process.env);
  return {
    ...order,
    folder,
    data: record.launch ?? {},
    ...(trainer && { trainerFolder: `${folder}/${trainer.destination}` }),
    ...(language && { language }),
  };
}

function recordAgain({ order, record }: Ordered & Resumed, attempt: number): RunRecord {
  const { exit: _exit, error: _error, connection: _connection, ...kept } = record;
  const { job: _job, waitingFor: _waiting, ...place } = record.remote!;
  const state = order.target.kind === 'slurm' ? 'queued' : 'starting';
  const next = enterState(kept, state, new Date(), t('Resumed: attempt {0}.', attempt));
  return { ...next, ...(order.gpus && { gpus: order.gpus }), remote: place };
}

/** A connection that is lost while a run is started leaves open whether it was: `attach` finds out. */
async function startedOrNot(
  start: () => Promise<readonly string[] | undefined>,
): Promise<readonly string[] | undefined> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ConnectionError) return undefined;
    throw error;
  }
}

function planOf(
  options: RunOptions,
  target: RemoteTarget,
  gpus: readonly number[] | undefined,
): Parameters<typeof createRun>[0] {
  const { trainer, argv } = programOf(target, options.command);
  return {
    ...options,
    target: target.name,
    trainer,
    argv: () => argv,
    gpus,
    dataElsewhere: target.dataRoot !== undefined,
    launch: () => ({ target, projectFolder: projectOf(options) }),
  };
}

function orderOf(
  options: ArrayOptions,
  target: RemoteTarget,
  run: NewRun,
  gpus: readonly number[] | undefined,
): RemoteOrder {
  return {
    id: run.record.id,
    target,
    trainer: run.record.trainer === 'command' ? 'command' : 'pytorch',
    ...commandOf(options.command ?? target.command),
    projectFolder: projectOf(options),
    schemeFolder: path.dirname(path.resolve(options.schemeFile)),
    runsFolder: options.runsFolder,
    scheme: run.scheme,
    ...(gpus && { gpus }),
  };
}

function orderOfRecord(folder: string, record: RunRecord, target: RemoteTarget, scheme: Scheme): RemoteOrder {
  const schemeFolder = path.dirname(record.scheme.path);
  return {
    id: record.id,
    target,
    trainer: record.trainer === 'command' ? 'command' : 'pytorch',
    ...commandOf(record.launch?.command ?? target.command),
    projectFolder: record.launch?.projectFolder ?? schemeFolder,
    schemeFolder,
    runsFolder: path.dirname(folder),
    scheme,
  };
}

const commandOf = (command: readonly string[] | undefined) => (command ? { command } : {});

const projectOf = ({ projectFolder, schemeFile }: Pick<RunOptions, 'projectFolder' | 'schemeFile'>): string =>
  path.resolve(projectFolder ?? path.dirname(schemeFile));

async function gpusFor(
  { gpus, runsFolder, signal }: Pick<RunOptions, 'gpus' | 'runsFolder' | 'signal'>,
  target: RemoteTarget,
  shell: Shell,
): Promise<readonly number[] | undefined> {
  if (target.kind === 'slurm') return undefined;
  const chosen = await chooseRemoteGpus(shell, target, gpus ?? target.gpus ?? 'auto', runsFolder, signal);
  if (chosen.ok) return chosen.indices;
  throw new TargetError(target.name, chosen.message);
}

/** What a record should say of origins, and that this process is bringing the run to its target. */
async function describe(ordered: readonly Ordered[], materials: readonly RemoteMaterial[]): Promise<RunRecord[]> {
  const [first] = ordered;
  const { projectFolder, runsFolder } = first!.order;
  const [git, process] = await Promise.all([gitState(projectFolder, runsFolder), processIdentity()]);
  const records: RunRecord[] = [];
  for (const [index, { run, order }] of ordered.entries()) {
    const here = order.target.dataRoot === undefined ? dataPaths(order.scheme, order.schemeFolder) : {};
    const data = await fingerprints(run.folder, { ...run.record, launch: { target: order.target, ...here } });
    const launch = launchSettings(order, materials[index]!);
    const record = { ...run.record, process, launch, ...(git && { git }), ...data };
    await writeJson(recordFile(run.folder), record);
    records.push(record);
  }
  return records;
}

const ownFiles = (record: RunRecord, { text }: NewRun): Record<string, string> => ({
  'scheme.json': text,
  'run.json': `${JSON.stringify(record, null, 2)}\n`,
});

const uploadOf = ({ id, target }: RemoteOrder, shell: Shell, { onProgress, signal }: Calling): Upload => ({
  shell,
  folder: folderOf(target),
  id,
  ...(onProgress && { onProgress }),
  ...(signal && { signal }),
});

/** Runs of one sweep share trainer, project and data. */
function distinct(trees: readonly Tree[]): Tree[] {
  return [...new Map(trees.map((tree) => [tree.destination, tree])).values()];
}

/** From here on the run is on its target, whoever looks: `attach` finds out what has become of it. */
function placedRecord(record: RunRecord, run: RemoteRun): RunRecord {
  const { process: _process, ...kept } = record;
  const place = { folder: runFolderOf(run), heard: new Date().toISOString() };
  const placed = { ...kept, remote: place };
  return run.target.kind === 'slurm' ? enterState(placed, 'queued', new Date()) : placed;
}

const withJob = (record: RunRecord, job: string | undefined): RunRecord =>
  job === undefined || !record.remote ? record : { ...record, remote: { ...record.remote, job } };

async function readScheme(folder: string): Promise<Scheme> {
  const file = path.join(folder, 'scheme.json');
  const { scheme } = analyze(await readFile(file, 'utf8'));
  if (scheme) return scheme;
  throw new InputError({ file, problem: t('The scheme cannot be read.') });
}

/** What a person can do something about. */
function refusal(error: unknown): Extract<ArrayOutcome, { ok: false }> | undefined {
  if (error instanceof ConnectionError) return { ok: false, message: error.message, unreachable: true };
  if (error instanceof TargetError || error instanceof InputError) return { ok: false, message: error.message };
  const isGivenUp = error instanceof Error && error.name === 'AbortError';
  return isGivenUp ? { ok: false, message: t('The launch was given up.') } : undefined;
}

/** The disk here takes nothing of a run that was about to start. */
function refusalHere(error: unknown, runsFolder: string): Extract<ArrayOutcome, { ok: false }> | undefined {
  return diskProblem(error, runsFolder) === undefined ? undefined : { ok: false, message: noRun(runsFolder, error) };
}

async function giveUp(made: readonly NewRun[], outcome: Extract<ArrayOutcome, { ok: false }>): Promise<ArrayOutcome> {
  for (const { folder } of made) await rm(folder, { recursive: true, force: true });
  return outcome;
}
