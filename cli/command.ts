import type { ParseArgsConfig } from 'node:util';
import { t } from '../core/l10n';
import type { Terminal } from './terminal';

/** 0 it holds, 1 it does not hold, 2 it could not be checked. */
export type ExitStatus = 0 | 1 | 2;

export interface Arguments {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** The command that stands behind `--`. */
  readonly rest: readonly string[];
}

export interface Command {
  /** Behind `matchdown <name>`: `SCHEME... [--format text|json]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** The values of `--format`, the default first. */
  readonly formats: readonly string[];
  /** Behind `--` stands a command; elsewhere names do, which may then begin with a dash. */
  readonly takesCommand?: boolean;
  run(args: Arguments, terminal: Terminal): Promise<ExitStatus>;
}

/** The command line itself is wrong; printed with the command's usage. */
export class UsageError extends Error {}

/** The value of an option that takes one string. */
export function stringOption(args: Arguments, name: string): string | undefined {
  const value = args.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of an option that takes a whole number from 1. Throws `UsageError`. */
export function countOption(args: Arguments, name: string): number | undefined {
  const count = wholeOption(args, name);
  if (count === 0) throw new UsageError(t('--{0} is a whole number from 1, not "{1}".', name, '0'));
  return count;
}

/** The value of an option that takes a whole number. Throws `UsageError`. */
export function wholeOption(args: Arguments, name: string): number | undefined {
  const value = stringOption(args, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(t('--{0} is a whole number, not "{1}".', name, value));
  return Number(value);
}
