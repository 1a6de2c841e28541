import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { runLabel } from '../runs/presentation';
import type { Services } from '../services';
import { chooseTarget } from '../targets/chooseTarget';
import { requireTrust } from '../trust';
import { chooseRun } from './arguments';
import { askText, type FormLine, fillIn } from './form';
import { launchRun, type Started } from './launching';
import { askKey, keysOf, type SchemeKey } from './schemeKeys';

interface Clone {
  readonly changes: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly purpose?: string;
}

/** Starts a new run of the scheme as another run had it, with the changes that the user gives, or that `changes` says. */
export async function cloneRun(
  services: Services,
  argument?: unknown,
  changes?: unknown,
): Promise<Started | undefined> {
  if (!(await requireTrust())) return undefined;
  const hasScheme = ({ record }: { record?: unknown }) => record !== undefined;
  const run = await chooseRun(services.runs, argument, hasScheme, t('There is no run that could be cloned.'));
  if (!run?.record) return undefined;
  const title = t('Clone run {0}', runLabel(run));
  const keys = keysOf(await readFile(path.join(run.folder, 'scheme.json'), 'utf8'));
  const start: Clone = { changes: {}, target: run.record.target };
  const clone = isChanges(changes) ? { ...start, changes } : await askClone(services, title, start, keys);
  if (!clone) return undefined;
  const { cloneRun: launch } = await import('../later/runs');
  const { targets } = await services.targets.read();
  const { target, purpose } = clone;
  return launchRun(services, title, undefined, (launching) =>
    launch(run.folder, clone.changes, { ...launching, targets, target, ...(purpose !== undefined && { purpose }) }),
  );
}

function askClone(
  services: Services,
  title: string,
  start: Clone,
  keys: readonly SchemeKey[],
): Promise<Clone | undefined> {
  return fillIn<Clone>(title, start, ({ changes, target, purpose }) => [
    { label: t('$(play) Start the run'), choose: () => 'done' },
    undefined,
    ...Object.entries(changes).map(([key, value]) => changeLine(key, value)),
    { label: t('$(add) Change a value…'), choose: (state) => addChange(state, title, keys) },
    undefined,
    {
      label: t('Target'),
      description: target,
      choose: async (state) => {
        const chosen = await chooseTarget(services.targets);
        return chosen === undefined ? undefined : { ...state, target: chosen };
      },
    },
    {
      label: t('Purpose'),
      description: purpose ?? '',
      choose: async (state) => {
        const text = await askText(title, purpose ?? '', () => undefined, t('What is this run to find out?'));
        return text === undefined ? undefined : { ...state, purpose: text };
      },
    },
  ]);
}

function changeLine(key: string, value: unknown): FormLine<Clone> {
  return {
    label: `$(edit) ${key}`,
    description: text(value),
    choose: async (state) => {
      const { [key]: _old, ...rest } = state.changes;
      const changed = await askValue(key, value);
      return { ...state, changes: changed === undefined ? rest : { ...rest, [key]: changed.value } };
    },
  };
}

async function addChange(state: Clone, title: string, keys: readonly SchemeKey[]): Promise<Clone | undefined> {
  const key = await askKey(title, keys);
  const changed = key && (await askValue(key.key, key.value));
  return key && changed ? { ...state, changes: { ...state.changes, [key.key]: changed.value } } : undefined;
}

async function askValue(key: string, value: unknown): Promise<{ value: unknown } | undefined> {
  const typed = await askText(key, value === undefined ? '' : text(value), (typed) =>
    typed.trim() === '' ? t('Type a value, or press Escape to leave it.') : undefined,
  );
  return typed === undefined ? undefined : { value: jsonOrText(typed) };
}

/** JSON where it is some, else text. */
function jsonOrText(typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function isChanges(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
