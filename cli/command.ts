import type { ParseArgsConfig } from 'node:util';
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
