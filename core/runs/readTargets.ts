import type { ErrorObject } from 'ajv';
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import validate from '../../schemas/targets.schema.json?validator';
import { t } from '../l10n';
import { builtInTargets, type Target } from './target';

export interface ReadTargets {
  /** Those that can be used, the built-in ones first. */
  readonly targets: readonly Target[];
  readonly problems: readonly SettingProblem[];
}

export interface SettingProblem {
  /** Keys and indices from the list of targets down to what is wrong: `[1, "host"]`. */
  readonly path: readonly (string | number)[];
  /** A full sentence that names the target. */
  readonly message: string;
}

/** Reads the value of the setting `matchdown.targets`. A target that is wrong is left out, and told. */
export function readTargets(setting: unknown): ReadTargets {
  if (setting === undefined || setting === null) return { targets: builtInTargets, problems: [] };
  if (!Array.isArray(setting)) return { targets: builtInTargets, problems: [notAList] };
  const problems = [...schemaProblems(setting), ...repeatedNames(setting)];
  const wrong = new Set(problems.map(({ path }) => path[0]));
  const configured = setting.filter((_, index) => !wrong.has(index)) as Target[];
  const names = new Set(configured.map(({ name }) => name));
  return { targets: [...builtInTargets.filter(({ name }) => !names.has(name)), ...configured], problems };
}

/** Line and column of a problem in a text whose value at `root` is the list of targets. */
export function placeOf(text: string, root: readonly string[], { path }: SettingProblem): string | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const node = tree && deepest(tree, [...root, ...path]);
  return node && lineAndColumn(text, node.offset);
}

/** A text in the JSON of settings: comments and trailing commas are allowed. */
export function parseSettings(text: string): {
  readonly value?: unknown;
  readonly problem?: { place: string; message: string };
} {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [error] = errors;
  if (error)
    return { problem: { place: lineAndColumn(text, error.offset), message: printParseErrorCode(error.error) } };
  return { value: tree && (getNodeValue(tree) as unknown) };
}

const notAList: SettingProblem = {
  path: [],
  get message() {
    return t('matchdown.targets is a list of targets.');
  },
};

function schemaProblems(setting: readonly unknown[]): SettingProblem[] {
  if (validate(setting)) return [];
  const errors = (validate.errors ?? []) as ErrorObject[];
  const first = new Map<string, SettingProblem>();
  for (const error of errors.filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'if')) {
    const problem = describeError(setting, error);
    const key = JSON.stringify(problem.path);
    if (!first.has(key)) first.set(key, problem);
  }
  return [...first.values()];
}

function describeError(setting: readonly unknown[], error: ErrorObject): SettingProblem {
  const path = pointerPath(error.instancePath);
  const index = typeof path[0] === 'number' ? path[0] : 0;
  const target = nameOf(setting[index], index);
  const key = path.slice(1).join('.');
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return { path, message: t('Target {0} needs "{1}".', target, String(params.missingProperty)) };
    case 'additionalProperties': {
      const unknown = String(params.additionalProperty);
      return { path: [...path, unknown], message: t('Target {0}: "{1}" is no key of such a target.', target, unknown) };
    }
    case 'discriminator':
      return { path: [...path, 'kind'], message: t('Target {0}: "kind" is local, ssh or slurm.', target) };
    case 'not':
      return { path, message: t('The name "embedded" is taken by the built-in target.') };
    default:
      return { path, message: t('Target {0}: "{1}" {2}.', target, key, error.message ?? '') };
  }
}

function repeatedNames(setting: readonly unknown[]): SettingProblem[] {
  const names = setting.map((entry) => (isObject(entry) ? entry.name : undefined));
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ path: [index, 'name'], message: t('There is another target named "{0}" before it.', name) }]
      : [],
  );
}

function nameOf(entry: unknown, index: number): string {
  return isObject(entry) && typeof entry.name === 'string' ? `"${entry.name}"` : t('number {0}', index + 1);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 6901. The first part is an index into the list. */
function pointerPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** What is missing has no place of its own: then that of what it is missing from. */
function deepest(tree: Node, path: readonly (string | number)[]): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node) return node;
  }
  return undefined;
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}`;
}
