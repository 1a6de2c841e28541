import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { t } from '../core/l10n';
import { builtInTargets, type Target } from '../core/runs/target';
import { parseOverride } from '../core/scheme/overrides';
import { strategies } from '../core/sweep/definition';
import { parseSweepFile, type SweepFile } from '../core/sweep/file';
import { isSweepFileName } from '../core/sweep/fileName';
import { parseRange, type Range } from '../core/sweep/range';
import { errorCode, InputError } from '../engine/errors';
import type { SweepOptions } from '../engine/sweep/launch';
import { findTargets } from '../engine/targets/targetFiles';
import { type Arguments, stringOption, UsageError } from './command';
import { deviceOption } from './device';

/** What a command line asks for; a sweep file says what the command line leaves out. Throws `UsageError`, `InputError`. */
export async function readSweepOptions(args: Arguments): Promise<SweepOptions> {
  const [name, ...more] = args.positionals;
  if (name === undefined || more.length > 0) throw new UsageError(t('Name one scheme, or one sweep file.'));
  const file = isSweepFileName(name) ? await readSweepFile(name) : { ranges: {} };
  const schemeFile = isSweepFileName(name) ? path.join(path.dirname(name), file.scheme ?? 'model_scheme.json') : name;
  const { ranges, fixed } = readSettings(args);
  const concurrency = countOption(args, 'concurrency') ?? file.concurrency;
  return {
    ...omitFileKeys(file),
    schemeFile,
    runsFolder: path.resolve(stringOption(args, 'runs') ?? path.join(path.dirname(schemeFile), 'runs')),
    ranges: { ...without(file.ranges, fixed), ...ranges },
    fixed: { ...without(file.fixed ?? {}, ranges), ...fixed },
    ...given('strategy', strategyOption(args)),
    ...given('trials', countOption(args, 'trials')),
    ...given('objective', objectiveOption(args, file)),
    ...given('concurrency', concurrency),
    ...given('seeds', seedsOption(args)),
    ...given('seed', wholeOption(args, 'seed')),
    launch: {
      target: await targetOption(args, file, schemeFile),
      ...(args.rest.length > 0 && { command: args.rest }),
      ...given('threads', countOption(args, 'threads')),
      ...given('device', deviceOption(args)),
    },
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

async function targetOption(args: Arguments, file: SweepFile, schemeFile: string): Promise<Target> {
  const name = stringOption(args, 'target') ?? file.target ?? (args.rest.length > 0 ? 'local' : 'embedded');
  const builtIn = builtInTargets.find((target) => target.name === name);
  if (name === 'embedded' && builtIn) return builtIn;
  const targets = await findTargets(path.dirname(path.resolve(schemeFile)), stringOption(args, 'targets'));
  const target = targets.find((candidate) => candidate.name === name) ?? builtIn;
  if (target) return target;
  const names = targets.map((candidate) => candidate.name).join(', ');
  throw new UsageError(t('There is no target "{0}". There are: {1}.', name, names));
}

function countOption(args: Arguments, name: string): number | undefined {
  const count = wholeOption(args, name);
  if (count === 0) throw new UsageError(t('--{0} is a whole number from 1, not "{1}".', name, '0'));
  return count;
}

function wholeOption(args: Arguments, name: string): number | undefined {
  const value = stringOption(args, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(t('--{0} is a whole number, not "{1}".', name, value));
  return Number(value);
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}

function without<Value>(
  entries: Readonly<Record<string, Value>>,
  others: Readonly<Record<string, unknown>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !Object.hasOwn(others, key)));
}
