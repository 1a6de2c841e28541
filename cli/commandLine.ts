import { parseArgs } from 'node:util';
import { t } from '../core/l10n';
import { errorMessage, InputError } from '../engine/errors';
import { type Arguments, type Command, type ExitStatus, UsageError } from './command';
import { withSuggestion } from './suggestion';
import type { Terminal } from './terminal';

/** Each command's module is evaluated only when it is called for: most need neither ONNX Runtime nor the language server. */
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  check: () => import('./commands/check'),
  describe: () => import('./commands/describe'),
  compile: () => import('./commands/compile'),
  run: () => import('./commands/run'),
  sweep: () => import('./commands/sweep'),
  runs: () => import('./commands/runs'),
  targets: () => import('./commands/targets'),
  events: () => import('./commands/events'),
  match: () => import('./commands/match'),
  report: () => import('./commands/report'),
  lsp: () => import('./commands/lsp'),
};

/** Part of the product's plan, and named so that nobody takes them for a misspelling. */
const announced = ['label'];

/** Runs `matchdown <argv>`; never throws, never shows a stack trace for what a user did. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return showHelp(args[0], terminal);
  if (name === '--version') return print(terminal, await version());
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) return unknownCommand(name, terminal);
  const { command } = await load();
  try {
    return await command.run(readArguments(command, args), terminal);
  } catch (error) {
    return reportError(error, name, command, terminal);
  }
}

function readArguments(command: Command, argv: readonly string[]): Arguments {
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const options = {
    format: { type: 'string' as const },
    help: { type: 'boolean' as const, short: 'h' },
    ...command.options,
  };
  const { values, positionals } = parseOptions(own, options);
  if (values.help) throw new UsageError('');
  const format = values.format ?? command.formats[0];
  if (typeof format !== 'string' || !command.formats.includes(format)) {
    throw new UsageError(t('--format is one of {0}, not "{1}".', command.formats.join(', '), String(format)));
  }
  const behind = dashes < 0 ? [] : argv.slice(dashes + 1);
  const [names, rest] = command.takesCommand ? [[], behind] : [behind, []];
  return { positionals: [...positionals, ...names], options: { ...values, format }, rest };
}

function parseOptions(args: readonly string[], options: Command['options']) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw optionError(error, options) ?? error;
  }
}

/** Node's own sentences are English, and of several lines. */
function optionError(error: unknown, options: Command['options']): UsageError | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const [, dashes = '--', name = ''] = /'(?:-\w, )?(--?)([^' =]+)/.exec(error.message) ?? [];
  const known = Object.keys(options).map((each) => `--${each}`);
  const option = `${dashes}${name}`;
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return new UsageError(withSuggestion(t('There is no option "{0}".', option), option, known));
  if (error.code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return undefined;
  return new UsageError(
    options[name]?.type === 'string'
      ? t('{0} needs a value; write {0}=VALUE for one that begins with a dash.', option)
      : t('{0} takes no value.', option),
  );
}

function reportError(error: unknown, name: string, command: Command, terminal: Terminal): ExitStatus {
  const usage = t('Usage: matchdown {0} {1}', name, command.usage);
  if (error instanceof UsageError && error.message === '') return print(terminal, `${usage}\n\n${command.summary}`);
  if (error instanceof UsageError) terminal.err(`${errorMessage(error)}\n${usage}`);
  else if (error instanceof InputError) terminal.err(error.message);
  else terminal.err(t('This is a fault of Match Down, please report it: {0}', internalError(error)));
  return 2;
}

/** The stack is for whoever mends it, and is shown only when asked for. */
function internalError(error: unknown): string {
  const detail = process.env.MATCHDOWN_DEBUG && error instanceof Error ? error.stack : undefined;
  return detail ?? `${errorMessage(error)} (MATCHDOWN_DEBUG=1)`;
}

async function showHelp(name: string | undefined, terminal: Terminal): Promise<ExitStatus> {
  if (name !== undefined && Object.hasOwn(commands, name)) {
    const { command } = await commands[name]();
    return print(terminal, `${t('Usage: matchdown {0} {1}', name, command.usage)}\n\n${command.summary}`);
  }
  const lines: string[] = [];
  for (const [each, load] of Object.entries(commands)) {
    const { command } = await load();
    lines.push(`  ${terminal.paint('bold', each.padEnd(9))} ${command.summary}`);
  }
  const usage = t('Usage: matchdown COMMAND ...');
  return print(terminal, `${usage}\n\n${lines.join('\n')}\n\n${t('`matchdown help COMMAND` says more.')}`);
}

function unknownCommand(name: string, terminal: Terminal): ExitStatus {
  terminal.err(
    announced.includes(name)
      ? t('`matchdown {0}` is not there yet: it comes with a later version.', name)
      : withSuggestion(
          t('There is no command "{0}". `matchdown help` lists the commands.', name),
          name,
          Object.keys(commands),
        ),
  );
  return 2;
}

function print(terminal: Terminal, text: string): ExitStatus {
  terminal.out(text);
  return 0;
}

async function version(): Promise<string> {
  return (await import('../package.json')).version;
}
