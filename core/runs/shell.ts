/**
 * One word for a POSIX shell, whatever it holds: quotes, `$(...)`, line ends, a leading dash (which only the program that gets
 * it could take for an option). NUL cannot be in a word, and is left out.
 */
export function quote(word: string): string {
  const text = word.replaceAll('\0', '');
  return /^[A-Za-z0-9_./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command for a POSIX shell. */
export const commandText = (argv: readonly string[]): string => argv.map(quote).join(' ');

/**
 * A path on a machine whose home folder is not known here, as one word: `~` and what begins with `~/` is below it. A path that
 * begins with a dash is no option.
 */
export function quotePath(path: string): string {
  if (path === '~') return '"$HOME"';
  if (path.startsWith('~/')) return `"$HOME"/${quote(path.slice(2))}`;
  return quote(path.startsWith('-') ? `./${path}` : path);
}

/** `NAME=value` lines that a shell exports. Names are checked where settings are read. */
export const exportLines = (environment: Readonly<Record<string, string>>): string[] =>
  Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`);
