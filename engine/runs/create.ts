import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { applyOverrides, overrideProblem } from '../../core/scheme/overrides';
import type { Scheme } from '../../core/scheme/types';
import { analyze } from '../../core/shape/analyze';
import { errorCode, errorMessage, InputError } from '../errors';
import { writeFileAtomically, writeJson } from '../files';
import { sha256Hex } from '../hash';
import { readSchemeText } from '../schemeText';
import { toolVersion } from '../version';
import { newFolder } from './newFolder';
import type { LaunchOptions } from './options';
import { recordFile } from './store';

/** What a run is made of; how its process computes is no part of it. */
export interface RunPlan extends Omit<LaunchOptions, 'threads' | 'device' | 'continues'> {
  readonly target: string;
  readonly trainer: RunRecord['trainer'];
  /** The training process's command, given the run's folder. */
  readonly argv: (folder: string) => readonly string[];
  readonly gpus?: readonly number[] | undefined;
  /** The data is on another machine, or somewhere else on this one. */
  readonly dataElsewhere?: boolean;
  /** How it can be started again. */
  readonly launch?: (scheme: Scheme) => RunRecord['launch'];
}

export interface NewRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly scheme: Scheme;
  /** What `scheme.json` holds. */
  readonly text: string;
}

export type CreateOutcome =
  | { readonly ok: true; readonly run: NewRun }
  | { readonly ok: false; readonly message: string; readonly diagnostics?: Diagnostic[] };

/** Makes the folder of a run that is about to start: the scheme as it will run, and the record. No process is started. */
export async function createRun(plan: RunPlan): Promise<CreateOutcome> {
  const planned = await planScheme(plan);
  if (!planned.ok) return planned;
  try {
    return { ok: true, run: await writeRun(plan, planned.scheme, strictJson(planned.text)) };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { ok: false, message: noRun(plan.runsFolder, error) };
  }
}

/** Why, in the operating system's words. */
export const noRun = (runsFolder: string, error: unknown): string =>
  t(
    'No run can be made in {0}: {1}. Check the folder, or choose another one for runs.',
    runsFolder,
    errorMessage(error),
  );

export type PlannedScheme =
  | { readonly ok: true; readonly scheme: Scheme; readonly text: string }
  | (CreateOutcome & { ok: false });

/** The scheme as a run would have it, or why there can be no such run. Nothing is written. */
export async function planScheme(plan: SchemePlan): Promise<PlannedScheme> {
  const text = await schemeText(plan);
  if (typeof text !== 'string') return text;
  const { scheme, network, diagnostics } = analyze(text);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!scheme || !network || errors.length > 0) return wrongScheme(plan, errors);
  const problem = dataProblem(plan, scheme);
  return problem === undefined ? { ok: true, scheme, text } : { ok: false, message: problem };
}

type SchemePlan = Pick<RunPlan, 'schemeFile' | 'schemeText' | 'overrides' | 'trainer' | 'dataElsewhere'>;

async function schemeText({
  schemeFile,
  schemeText,
  overrides = {},
}: SchemePlan): Promise<string | (CreateOutcome & { ok: false })> {
  try {
    const text = schemeText ?? (await readSchemeText(schemeFile));
    const problem = overrideProblem(text, overrides);
    if (problem !== undefined) return { ok: false, message: t('{0} cannot be trained: {1}', schemeFile, problem) };
    return applyOverrides(text, overrides);
  } catch (error) {
    if (error instanceof InputError) return { ok: false, message: error.message };
    throw error;
  }
}

function wrongScheme({ schemeFile }: SchemePlan, diagnostics: Diagnostic[]): CreateOutcome & { ok: false } {
  const first = diagnostics[0]?.message ?? '';
  return { ok: false, message: t('{0} cannot be trained: {1}', schemeFile, first), diagnostics };
}

/** What is most often wrong at the first run is told before a run is made. */
function dataProblem({ schemeFile, trainer, dataElsewhere }: SchemePlan, { data }: Scheme): string | undefined {
  if (trainer === 'command') return undefined;
  if (data.dataPath === undefined) return t('{0} does not say where the data is. Set data.data_path.', schemeFile);
  if (dataElsewhere) return undefined;
  const folder = path.dirname(path.resolve(schemeFile));
  const missing = [data.dataPath, data.validationPath].find(
    (name) => name !== undefined && !existsSync(path.resolve(folder, name)),
  );
  return missing === undefined
    ? undefined
    : t(
        'There is no data at {0}. Set data.data_path or data.validation_path in {1}.',
        path.resolve(folder, missing),
        schemeFile,
      );
}

/** Programs of any kind read the frozen scheme, so comments and trailing commas do not go into it. */
const strictJson = (text: string): string =>
  `${JSON.stringify(parse(text, [], { allowTrailingComma: true }), null, 2)}\n`;

function writeRun(plan: RunPlan, scheme: Scheme, text: string): Promise<NewRun> {
  return newFolder(path.resolve(plan.runsFolder), async (id, folder) => {
    const record = newRecord(plan, scheme, { id, folder, sha256: sha256Hex(text) });
    await writeFileAtomically(path.join(folder, 'scheme.json'), text);
    await writeJson(recordFile(folder), record);
    return { folder, record, scheme, text };
  });
}

function newRecord(plan: RunPlan, scheme: Scheme, run: { id: string; folder: string; sha256: string }): RunRecord {
  const purpose = plan.purpose ?? scheme.experiment.purpose;
  const parent = plan.parent ?? scheme.experiment.parent;
  return {
    version: 1,
    id: run.id,
    name: plan.name ?? run.id,
    state: 'starting',
    history: [{ state: 'starting', time: new Date().toISOString() }],
    target: plan.target,
    trainer: plan.trainer,
    argv: plan.argv(run.folder),
    host: os.hostname(),
    scheme: { path: path.resolve(plan.schemeFile), sha256: run.sha256 },
    overrides: plan.overrides ?? {},
    ...(purpose !== undefined && { purpose }),
    ...(scheme.experiment.tags.length > 0 && { tags: scheme.experiment.tags }),
    ...(parent !== undefined && { parent }),
    ...(plan.sweep && { sweep: plan.sweep }),
    ...(plan.gpus && { gpus: plan.gpus }),
    ...(plan.launch && { launch: plan.launch(scheme) }),
    versions: { matchdown: toolVersion() },
    metrics: { final: {}, best: {} },
  };
}
