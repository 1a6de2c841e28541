import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { t } from '../core/l10n';
import type { GpuChoice, Target } from '../core/runs/target';
import { parseOverride } from '../core/scheme/overrides';
import { strategies } from '../core/sweep/definition';
import { parseSweepFile, type SweepFile } from '../core/sweep/file';
import { isSweepFileName } from '../core/sweep/fileName';
import { parseRange, type Range } from '../core/sweep/range';
import { errorCode, InputError } from '../engine/errors';
import { findTarget, noCommand, unknownTarget } from '../engine/runs/launch';
import type { SweepOptions } from '../engine/sweep/launch';
import { type Arguments, countOption, stringOption, UsageError, wholeOption } from './command';
import { readLaunch } from './launchOptions';

/** What a command line asks for; a sweep file says what the command line leaves out. Throws `UsageError`, `InputError`. */
export async function readSweepOptions(args: Arguments): Promise<SweepOptions> {
  const [name, ...more] = args.positionals;
  if (name === undefined || more.length > 0) throw new UsageError(t('Name one scheme, or one sweep file.'));
  const file = isSweepFileName(name) ? await readSweepFile(name) : { ranges: {} };
  const schemeFile = isSweepFileName(name) ? path.join(path.dirname(name), file.scheme ?? 'model_scheme.json') : name;
  const { ranges, fixed } = readSettings(args);
  const { runsFolder, targets, gpus, ...launch } = await readLaunch(args, schemeFile);
  return {
    ...omitFileKeys(file),
    schemeFile,
    runsFolder,
    ranges: { ...without(file.ranges, fixed), ...ranges },
    fixed: { ...without(file.fixed ?? {}, ranges), ...fixed },
    ...given('strategy', strategyOption(args)),
    ...given('trials', countOption(args, 'trials')),
    ...given('objective', objectiveOption(args, file)),
    ...given('concurrency', countOption(args, 'concurrency')),
    ...given('seeds', seedsOption(args)),
    ...given('seed', wholeOption(args, 'seed')),
    launch: { ...launch, target: withGpus(targetOption(args, file, targets), gpus) },
  };
}

async function readSweepFile(file: string): Promise<SweepFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const problem = t('It cannot be read ({0}).', errorCode(error) ?? String(error));
    throw new InputError({ file, problem, nextStep: t('Check the path.') });
  });
  const parsed = parseSweepFile(text);
  if (parsed.ok) return parsed.file;
  const { line, character } = TextDocument.create(file, 'json', 1, text).positionAt(parsed.offset);
  throw new InputError({ file, place: `${line + 1}:${character + 1}`, problem: parsed.reason });
}

const omitFileKeys = ({ scheme: _scheme, target: _target, ...rest }: SweepFile): Omit<SweepFile, 'scheme' | 'target'> =>
  rest;

/** `--set`: a range is swept, one value is the same in all trials. */
function readSettings({ options }: Arguments): { ranges: Record<string, Range>; fixed: Record<string, unknown> } {
  const ranges: Record<string, Range> = {};
  const fixed: Record<string, unknown> = {};
  for (const setting of Array.isArray(options.set) ? options.set.map(String) : []) {
    const override = parseOverride(setting);
    if (!override)
      throw new UsageError(
        t('--set takes KEY=RANGE, model.learning_rate=1e-4..1e-1:log for example, not "{0}".', setting),
      );
    const parsed = parseRange(setting.slice(override.key.length + 1));
    if (!parsed.ok) throw new UsageError(`${override.key}: ${parsed.reason}`);
    if (parsed.range) ranges[override.key] = parsed.range;
    else fixed[override.key] = override.value;
  }
  return { ranges, fixed };
}

function strategyOption(args: Arguments): SweepOptions['strategy'] | undefined {
  const value = stringOption(args, 'strategy');
  const strategy = strategies.find((name) => name === value);
  if (value !== undefined && !strategy)
    throw new UsageError(t('--strategy is one of {0}, not "{1}".', strategies.join(', '), value));
  return strategy;
}

function objectiveOption(args: Arguments, file: SweepFile): SweepOptions['objective'] | undefined {
  const { minimize, maximize } = args.options;
  if (minimize && maximize) throw new UsageError(t('Give --minimize or --maximize, not both.'));
  const tag =
    stringOption(args, 'objective') ?? file.objective?.tag ?? (minimize || maximize ? 'loss/validation' : undefined);
  if (tag === undefined) return undefined;
  if (minimize || maximize) return { tag, direction: minimize ? 'minimize' : 'maximize' };
  return tag === file.objective?.tag ? file.objective : { tag };
}

function seedsOption(args: Arguments): number[] | undefined {
  const value = stringOption(args, 'seeds');
  if (value === undefined) return undefined;
  const seeds = value.split(',').map((part) => part.trim());
  if (!seeds.every((seed) => /^\d{1,9}$/.test(seed)) || new Set(seeds).size < seeds.length)
    throw new UsageError(t('--seeds are different whole numbers divided by commas, not "{0}".', value));
  return seeds.map(Number);
}

function targetOption(args: Arguments, file: SweepFile, targets: readonly Target[]): Target {
  const name = stringOption(args, 'target') ?? file.target;
  const target = findTarget({ target: name, targets, ...(args.rest.length > 0 && { command: args.rest }) });
  if (!target) throw new UsageError(unknownTarget({ target: name, targets }));
  if (target.kind === 'embedded' && args.rest.length > 0) throw new UsageError(noCommand());
  return target;
}

/** `--gpus` says otherwise than the target; a queue gives what its job asks for. */
const withGpus = (target: Target, gpus: GpuChoice | undefined): Target =>
  gpus !== undefined && (target.kind === 'local' || target.kind === 'ssh') ? { ...target, gpus } : target;

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}

function without<Value>(
  entries: Readonly<Record<string, Value>>,
  others: Readonly<Record<string, unknown>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !Object.hasOwn(others, key)));
}
