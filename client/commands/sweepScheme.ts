import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { builtInTargets } from '../../core/runs/target';
import { directionOf, type Objective, type Strategy, strategies } from '../../core/sweep/definition';
import { isSweepFileName } from '../../core/sweep/fileName';
import { type Range, rangeText } from '../../core/sweep/range';
import { chooseScheme } from '../schemes';
import type { Services } from '../services';
import { computingFor, runsFolderOf } from '../settings';
import { chooseTarget } from '../targets/chooseTarget';
import { confirmLaunch } from '../targets/launchPreview';
import { requireTrust } from '../trust';
import { fileFromArgument } from './arguments';
import { askChoice, askText, fillIn } from './form';
import { type Started, showLaunchProblem, withCancel } from './launching';
import { savedScheme } from './runScheme';
import { askKey, keysOf, type SchemeKey } from './schemeKeys';
import { askRange } from './sweepRange';

/** What a sweep is asked for. */
export interface SweepForm {
  readonly ranges: Readonly<Record<string, Range>>;
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly strategy: Strategy;
  readonly trials: number;
  readonly objective: Objective;
  readonly concurrency: number;
  readonly seeds: readonly number[];
  readonly seed?: number;
  readonly target: string;
}

const initial: SweepForm = {
  ranges: {},
  strategy: 'tpe',
  trials: 20,
  objective: { tag: 'loss/validation', direction: 'minimize' },
  concurrency: 1,
  seeds: [],
  target: 'embedded',
};

/** Starts a sweep of a scheme, with what the user fills in, or of a sweep file as it is. Returns the sweep. */
export async function sweepScheme(
  services: Services,
  argument?: unknown,
  filled?: unknown,
): Promise<Started | undefined> {
  if (!(await requireTrust())) return undefined;
  const file = fileFromArgument(argument) ?? activeSweepFile();
  if (file && isSweepFileName(file.path)) return sweepFile(services, file);
  const scheme = await savedScheme(file ?? (await chooseScheme()));
  if (!scheme) return undefined;
  const keys = keysOf(await readFile(scheme.fsPath, 'utf8'));
  const form = isForm(filled) ? { ...initial, ...filled } : await ask(services, scheme, keys);
  return form && start(services, scheme, form);
}

/** A sweep file, saved; the scheme that it names. */
async function sweepFile(services: Services, file: vscode.Uri): Promise<Started | undefined> {
  const saved = await savedScheme(file);
  if (!saved) return undefined;
  const { parseSweepFile } = await import('../later/runs');
  const parsed = parseSweepFile(await readFile(saved.fsPath, 'utf8'));
  if (!parsed.ok) {
    const document = await vscode.workspace.openTextDocument(saved);
    const place = document.positionAt(parsed.offset);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
    void vscode.window.showErrorMessage(t('{0}: {1}', path.basename(saved.fsPath), parsed.reason));
    return undefined;
  }
  const { scheme = 'model_scheme.json', objective, ...rest } = parsed.file;
  const tag = objective?.tag ?? initial.objective.tag;
  const direction = objective?.direction ?? directionOf(tag);
  const form: SweepForm = { ...initial, strategy: 'random', ...rest, objective: { tag, direction } };
  return start(services, vscode.Uri.joinPath(saved, '..', scheme), form);
}

async function start(services: Services, scheme: vscode.Uri, form: SweepForm): Promise<Started | undefined> {
  const { launchSweep } = await import('../later/runs');
  const { targets } = await services.targets.read();
  const target = [...targets, ...builtInTargets].find(({ name }) => name === form.target);
  if (!target) {
    void vscode.window.showErrorMessage(t('There is no target "{0}".', form.target));
    return undefined;
  }
  const schemeFile = scheme.fsPath;
  const launch = { target, ...computingFor(schemeFile) };
  const asked = { schemeFile, runsFolder: runsFolderOf(schemeFile), target: target.name, targets };
  if (target.kind !== 'embedded' && !(await confirmLaunch(services.context, asked))) return undefined;
  const title = t('Starting a sweep of {0}', path.basename(schemeFile));
  const outcome = await withCancel(title, ({ signal }) =>
    launchSweep({ ...form, schemeFile, runsFolder: runsFolderOf(schemeFile), launch, signal }),
  );
  if (outcome === 'cancelled') return undefined;
  if (!outcome.ok) {
    void showLaunchProblem(undefined, outcome.message, []);
    return undefined;
  }
  await services.runs.add(runsFolderOf(schemeFile));
  void tellStarted(outcome.folder);
  return { id: outcome.id, folder: outcome.folder };
}

async function tellStarted(folder: string): Promise<void> {
  const [show, stop] = [t('Show Runs'), t('Stop Sweep')];
  const message = t('Sweep {0} is going on; it goes on when the window is closed.', path.basename(folder).slice(-4));
  const answer = await vscode.window.showInformationMessage(message, show, stop);
  if (answer === show) await vscode.commands.executeCommand('matchdown.runs.focus');
  if (answer === stop) await vscode.commands.executeCommand('matchdown.stopSweep', folder);
}

async function ask(services: Services, scheme: vscode.Uri, keys: readonly SchemeKey[]): Promise<SweepForm | undefined> {
  const title = t('Sweep of {0}', path.basename(scheme.fsPath));
  const first = await addRange(initial, title, keys);
  if (!first) return undefined;
  return fillIn<SweepForm>(title, first, (form) => [
    { label: t('$(play) Start the sweep'), description: summary(form), choose: () => 'done' },
    undefined,
    ...Object.entries(form.ranges).map(([key, range]) => ({
      label: `$(edit) ${key}`,
      description: rangeText(range),
      choose: (state: SweepForm) => changeRange(state, key, range),
    })),
    { label: t('$(add) Sweep another key…'), choose: (state) => addRange(state, title, keys) },
    undefined,
    { label: t('Strategy'), description: form.strategy, choose: askStrategy },
    {
      label: t('Trials'),
      description: String(form.trials),
      choose: (state) => askCount(state, 'trials', t('Trials'), 100_000),
    },
    {
      label: t('Objective'),
      description: `${form.objective.tag} (${form.objective.direction === 'minimize' ? t('minimize') : t('maximize')})`,
      choose: askObjective,
    },
    { label: t('Seeds'), description: form.seeds.join(', ') || t("the scheme's own"), choose: askSeeds },
    {
      label: t('Trainings at a time'),
      description: String(form.concurrency),
      choose: (state) => askCount(state, 'concurrency', t('Trainings at a time'), 1000),
    },
    {
      label: t('Target'),
      description: form.target,
      choose: async (state) => {
        const target = await chooseTarget(services.targets);
        return target === undefined ? undefined : { ...state, target };
      },
    },
  ]);
}

function summary({ ranges, trials, seeds }: SweepForm): string {
  const keys = Object.keys(ranges).length;
  const trainings = trials * Math.max(1, seeds.length);
  return keys === 1 ? t('1 key, up to {0} trainings', trainings) : t('{0} keys, up to {1} trainings', keys, trainings);
}

async function addRange(form: SweepForm, title: string, keys: readonly SchemeKey[]): Promise<SweepForm | undefined> {
  const key = await askKey(title, keys);
  const range = key && (await askRange(key));
  return key && range ? { ...form, ranges: { ...form.ranges, [key.key]: range } } : undefined;
}

/** An emptied range takes the key out of the sweep. */
async function changeRange(form: SweepForm, key: string, range: Range): Promise<SweepForm | undefined> {
  const changed = await askRange({ key }, rangeText(range));
  if (changed === undefined) return undefined;
  const { [key]: _old, ...others } = form.ranges;
  return { ...form, ranges: changed === null ? others : { ...others, [key]: changed } };
}

async function askStrategy(form: SweepForm): Promise<SweepForm | undefined> {
  const details: Record<Strategy, string> = {
    grid: t('Every combination of the values.'),
    random: t('Each key drawn by itself.'),
    halving: t('Many configurations trained for few epochs; the best third goes on with three times as many.'),
    tpe: t('Drawn where the good configurations so far were (a tree-structured Parzen estimator).'),
  };
  const choices = strategies.map((value) => ({ value, label: value, detail: details[value] }));
  const strategy = await askChoice(t('Strategy'), choices, form.strategy);
  return strategy && { ...form, strategy };
}

async function askCount(
  form: SweepForm,
  key: 'trials' | 'concurrency',
  title: string,
  most: number,
): Promise<SweepForm | undefined> {
  const isCount = (text: string) => /^[1-9]\d*$/.test(text.trim()) && Number(text) <= most;
  const typed = await askText(title, String(form[key]), (text) =>
    isCount(text) ? undefined : t('A whole number from 1 to {0}.', most),
  );
  return typed === undefined ? undefined : { ...form, [key]: Number(typed) };
}

async function askObjective(form: SweepForm): Promise<SweepForm | undefined> {
  const prompt = t('A TensorBoard tag of the runs: loss/validation or accuracy/validation, for example');
  const tag = await askText(t('Objective'), form.objective.tag, (text) => (text.trim() ? undefined : prompt), prompt);
  if (tag === undefined) return undefined;
  const choices = [
    { value: 'minimize' as const, label: t('minimize') },
    { value: 'maximize' as const, label: t('maximize') },
  ];
  const direction = await askChoice(tag.trim(), choices, directionOf(tag.trim()));
  return direction && { ...form, objective: { tag: tag.trim(), direction } };
}

async function askSeeds(form: SweepForm): Promise<SweepForm | undefined> {
  const prompt = t(
    'Values of model.seed, divided by commas: each configuration is trained with all of them and judged by the mean.',
  );
  const seeds = (text: string) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const typed = await askText(
    t('Seeds'),
    form.seeds.join(', '),
    (text) => (seeds(text).every((seed) => /^\d{1,9}$/.test(seed)) ? undefined : prompt),
    prompt,
  );
  return typed === undefined ? undefined : { ...form, seeds: [...new Set(seeds(typed).map(Number))] };
}

function activeSweepFile(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && isSweepFileName(uri.path) ? uri : undefined;
}

function isForm(value: unknown): value is Partial<SweepForm> {
  return typeof value === 'object' && value !== null && 'ranges' in value;
}
