import os from 'node:os';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { applyOverrides, overrideProblem } from '../../core/scheme/overrides';
import { analyze } from '../../core/shape/analyze';
import {
  defaultTag,
  defaultTrials,
  directionOf,
  type Objective,
  type Strategy,
  type SweepDefinition,
} from '../../core/sweep/definition';
import { nextTrial, overridesOf } from '../../core/sweep/plan';
import type { Range } from '../../core/sweep/range';
import type { SweepRecord } from '../../core/sweep/record';
import { errorCode, errorMessage, InputError } from '../errors';
import { writeFileAtomically, writeJson } from '../files';
import { sha256Hex } from '../hash';
import { newFolder } from '../runs/newFolder';
import { readSchemeText } from '../schemeText';
import { frozenScheme, sweepFile, sweepsFolder } from './paths';
import type { Sweep } from './store';

export interface SweepOptions {
  readonly schemeFile: string;
  /** The scheme's text, when an editor holds a newer one than the file. */
  readonly schemeText?: string;
  readonly runsFolder: string;
  readonly ranges: Readonly<Record<string, Range>>;
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Default `random`. */
  readonly strategy?: Strategy;
  /** Default 20. */
  readonly trials?: number;
  /** Default: the least `loss/validation`. */
  readonly objective?: { readonly tag: string; readonly direction?: Objective['direction'] };
  /** Default 1. */
  readonly concurrency?: number;
  readonly seeds?: readonly number[];
  readonly seed?: number;
  readonly launch: SweepRecord['launch'];
  /** Aborting gives the sweep up, unless its folder is there already. */
  readonly signal?: AbortSignal;
}

export type SweepRefusal = { readonly ok: false; readonly message: string; readonly diagnostics?: Diagnostic[] };
export type CreatedSweep = { readonly ok: true; readonly sweep: Sweep } | SweepRefusal;

/** Makes the folder of a sweep that is about to start. Nothing is left behind when none of its trials could be trained. */
export async function createSweep(options: SweepOptions): Promise<CreatedSweep> {
  try {
    const text = options.schemeText ?? (await readSchemeText(options.schemeFile));
    const definition = defined(options, epochsOf(text, options.fixed ?? {}));
    const refusal = whyNot(options, definition, text);
    options.signal?.throwIfAborted();
    return refusal ?? { ok: true, sweep: await writeSweep(options, definition, text) };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, message: error.message };
    if (errorCode(error) === undefined) throw error;
    const message = t('No sweep can be made in {0}: {1}', options.runsFolder, errorMessage(error));
    return { ok: false, message };
  }
}

function defined(options: SweepOptions, epochs: number): SweepDefinition {
  const tag = options.objective?.tag ?? defaultTag;
  return {
    strategy: options.strategy ?? 'random',
    trials: options.trials ?? defaultTrials,
    ranges: options.ranges,
    fixed: options.fixed ?? {},
    objective: { tag, direction: options.objective?.direction ?? directionOf(tag) },
    concurrency: options.concurrency ?? 1,
    target: options.launch.target.name,
    seeds: options.seeds ?? [],
    seed: options.seed ?? 0,
    epochs,
  };
}

/** Of a scheme that cannot be read it does not matter: it is refused. */
function epochsOf(text: string, fixed: Readonly<Record<string, unknown>>): number {
  return analyze(applyOverrides(text, fixed)).scheme?.model.iteration ?? 1;
}

/** Configurations that are looked at before the sweep starts. */
const looks = 8;

/** A sweep is refused when its keys are wrong, not when some of its configurations make no network. */
function whyNot({ schemeFile }: SweepOptions, definition: SweepDefinition, text: string): SweepRefusal | undefined {
  if (Object.keys(definition.ranges).length === 0 && definition.seeds.length < 2)
    return {
      ok: false,
      message: t('There is nothing to sweep: give a range, model.learning_rate=1e-4..1e-1:log for example, or seeds.'),
    };
  const key = keyProblem(definition, text);
  if (key !== undefined) return { ok: false, message: noTrial(schemeFile, key) };
  const problems = Array.from({ length: looks }, (_, index) =>
    problemsOf({ ...definition, seed: definition.seed + index }, text),
  );
  if (problems.includes(undefined)) return undefined;
  const diagnostics = problems[0] ?? [];
  return {
    ok: false,
    message: noTrial(schemeFile, diagnostics[0]?.message ?? ''),
    diagnostics,
  };
}

const noTrial = (schemeFile: string, problem: string): string =>
  t('No trial of this sweep can be trained: {0}: {1}', schemeFile, problem);

/** All trials have the same keys. */
function keyProblem(definition: SweepDefinition, text: string): string | undefined {
  const trial = firstTrial(definition);
  return trial && overrideProblem(text, overridesOf(definition, trial));
}

const firstTrial = (definition: SweepDefinition) => nextTrial({ ...definition, strategy: 'random' }, []);

function problemsOf(definition: SweepDefinition, text: string): Diagnostic[] | undefined {
  const trial = firstTrial(definition);
  if (!trial) return [];
  const { network, diagnostics } = analyze(applyOverrides(text, overridesOf(definition, trial)));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return network && errors.length === 0 ? undefined : errors;
}

function writeSweep(options: SweepOptions, definition: SweepDefinition, text: string): Promise<Sweep> {
  return newFolder(sweepsFolder(path.resolve(options.runsFolder)), async (id, folder) => {
    const record: SweepRecord = {
      version: 1,
      id,
      state: 'running',
      started: new Date().toISOString(),
      host: os.hostname(),
      scheme: { path: path.resolve(options.schemeFile), sha256: sha256Hex(text) },
      definition,
      launch: { ...options.launch, ...threadsOf(options) },
      trials: [],
    };
    await writeFileAtomically(frozenScheme(folder), text);
    await writeJson(sweepFile(folder), record);
    return { folder, record };
  });
}

/** Several embedded trainings at a time share what one would have: three quarters of the processors. */
function threadsOf({ launch: { target, threads }, concurrency = 1 }: SweepOptions): { threads?: number } {
  if (threads !== undefined || target.kind !== 'embedded' || concurrency === 1) return {};
  return { threads: Math.max(1, Math.floor((os.availableParallelism() * 0.75) / concurrency)) };
}
