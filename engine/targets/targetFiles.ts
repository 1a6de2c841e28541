import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { t } from '../../core/l10n';
import { parseSettings, placeOf, readTargets } from '../../core/runs/readTargets';
import { builtInTargets, type Target } from '../../core/runs/target';
import { errorCode, errorMessage, InputError } from '../errors';

/**
 * The targets for a command line: those of `file`, else of `.vscode/settings.json` in a folder above `start` that has some,
 * else of the user's own file. Throws `InputError`, with the place, when they are wrong.
 */
export async function findTargets(start: string, file?: string): Promise<readonly Target[]> {
  if (file !== undefined) return (await readTargetsFile(file, true)) ?? builtInTargets;
  for (const settings of settingsAbove(path.resolve(start))) {
    const targets = await readTargetsFile(settings, false);
    if (targets) return targets;
  }
  return (await readTargetsFile(userTargetsFile(), false)) ?? builtInTargets;
}

/** `~/.config/matchdown/targets.json`, or where the XDG base directories say. */
export function userTargetsFile(): string {
  return path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config'), 'matchdown', 'targets.json');
}

function settingsAbove(start: string): string[] {
  const parent = path.dirname(start);
  return [path.join(start, '.vscode', 'settings.json'), ...(parent === start ? [] : settingsAbove(parent))];
}

/** Undefined where there are none: no file, unless it has to be there, or settings without the key. */
async function readTargetsFile(file: string, isAsked: boolean): Promise<readonly Target[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = errorCode(error);
    if (!isAsked && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    const problem = t('It cannot be read ({0}).', code ?? errorMessage(error));
    throw new InputError({ file, problem, nextStep: t('Check the path.') });
  });
  if (text === undefined) return undefined;
  const { value, problem } = parseSettings(text);
  if (problem) {
    const sentence = t('This is no JSON: {0}.', problem.message);
    throw new InputError({ file, place: problem.place, problem: sentence, nextStep: t('Correct it.') });
  }
  const isSettings = value !== null && typeof value === 'object' && !Array.isArray(value);
  const setting = isSettings ? (value as Record<string, unknown>)[settingKey] : value;
  if (setting === undefined) return isAsked ? builtInTargets : undefined;
  const read = readTargets(setting);
  const [first] = read.problems;
  if (!first) return read.targets;
  throw new InputError({
    file,
    place: placeOf(text, isSettings ? [settingKey] : [], first),
    problem: first.message,
    nextStep: t('docs/targets.md has an example of each kind.'),
  });
}

const settingKey = 'matchdown.targets';
