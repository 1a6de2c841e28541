import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';

/** A key that a run can change: `model.learning_rate`, or `model.network.conv_1.channel` for a layer by its name. */
export interface SchemeKey {
  readonly key: string;
  /** What the scheme says; undefined where it says nothing. */
  readonly value?: unknown;
}

/** Keys that are worth changing although a scheme may not write them. */
const usual = ['model.learning_rate', 'data.batch_size', 'model.iteration', 'model.optimizer', 'model.seed'];

/** The keys of a scheme with their values, the usual ones first. */
export function keysOf(schemeText: string): SchemeKey[] {
  const scheme = parse(schemeText, [], { allowTrailingComma: true }) as unknown;
  const written = ['model', 'data'].flatMap((section) => leaves(section, child(scheme, section)));
  const network = child(child(scheme, 'model'), 'network');
  const layers = (Array.isArray(network) ? network : []).flatMap((layer, index) => {
    const name = child(layer, 'name');
    return leaves(`model.network.${typeof name === 'string' ? name : index}`, layer).filter(
      ({ key }) => !/\.(name|type|input|inputs)$/.test(key),
    );
  });
  const own = written.filter(({ key }) => key !== 'model.network' && !/_path$/.test(key));
  const byKey = new Map([...own, ...layers].map((each) => [each.key, each]));
  const first = usual.map((key) => byKey.get(key) ?? { key });
  return [...first, ...[...byKey.values()].filter(({ key }) => !usual.includes(key))];
}

/** The key that the user picks, or types. */
export function askKey(title: string, keys: readonly SchemeKey[]): Promise<SchemeKey | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { key: SchemeKey }>();
  const item = (key: SchemeKey) => ({
    label: key.key,
    description: key.value === undefined ? t('not written') : JSON.stringify(key.value),
    key,
  });
  const all = keys.map(item);
  pick.title = title;
  pick.placeholder = t('Which key of the scheme? Layers are named: model.network.conv_1.channel');
  pick.ignoreFocusOut = true;
  pick.items = all;
  pick.onDidChangeValue((typed) => {
    // A part of a known key means that key: the editor puts what is typed to the letter above it.
    const isNew = /^\w+\.[^\s=]+$/.test(typed) && !keys.some(({ key }) => key.includes(typed));
    pick.items = isNew ? [...all, item({ key: typed })] : all;
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.key);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** What is no object, with the path that leads to it. */
function leaves(path: string, value: unknown): SchemeKey[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return value === undefined ? [] : [{ key: path, value }];
  return Object.entries(value).flatMap(([key, part]) => leaves(`${path}.${key}`, part));
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
