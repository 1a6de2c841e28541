import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConnectionError } from './connectionError';

/** A POSIX shell on a target: its scripts are run there by `sh`. */
export interface Shell {
  /** The machine's name for a person. */
  readonly host: string;
  /** The command that runs a script, as argv: what a dry run shows and what is spawned. */
  command(script: string): Promise<readonly string[]>;
  /** What the end of a command without the script's end means, from standard error. */
  explain(errors: string): ConnectionError;
}

export interface ScriptResult {
  /** The script's exit status. */
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export interface ScriptOptions {
  readonly input?: string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  /** Milliseconds without any output after which the connection counts as dead. Default: two minutes. */
  readonly silence?: number;
}

/**
 * Runs a script on a target. Its status is only believed when the script itself says that it has come to its end: ssh's own
 * status 255 may mean anything. Throws `ConnectionError` otherwise.
 */
export async function runScript(shell: Shell, script: string, options: ScriptOptions = {}): Promise<ScriptResult> {
  const mark = `matchdown-${randomBytes(8).toString('hex')}`;
  const child = await startScript(shell, `( ${script}\n)\nprintf '\\n${mark} %s\\n' "$?"`, options.signal);
  let [output, errors] = ['', ''];
  const watchdog = new Watchdog(child, options.silence ?? 120_000);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    watchdog.touch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-8192);
    watchdog.touch();
  });
  // What the script has started may outlive it, and hold its output.
  const abandon = () => letGo(child);
  options.signal?.addEventListener('abort', abandon, { once: true });
  const ended = endOf(child);
  await feed(child, options.input, () => watchdog.touch());
  await ended;
  watchdog.end();
  options.signal?.removeEventListener('abort', abandon);
  options.signal?.throwIfAborted();
  const end = output.lastIndexOf(`\n${mark} `);
  if (end < 0) throw shell.explain(watchdog.barked ? 'timed out' : errors);
  return { status: Number(output.slice(end + mark.length + 2)), output: output.slice(0, end), errors };
}

/** Starts a script whose standard streams are used by the caller. */
export async function startScript(
  shell: Shell,
  script: string,
  signal?: AbortSignal,
): Promise<ChildProcessWithoutNullStreams> {
  const [program, ...args] = await shell.command(script);
  signal?.throwIfAborted();
  const child = spawn(program!, args, { stdio: 'pipe', windowsHide: true });
  const abort = () => child.kill();
  signal?.addEventListener('abort', abort, { once: true });
  child.once('exit', () => signal?.removeEventListener('abort', abort));
  // A connection that ends while something is written is told by its end.
  child.stdin.on('error', () => undefined);
  return child;
}

/**
 * Until its output is complete. A shared connection's master may keep standard error open, so that end is not waited for.
 * Rejects when the program cannot be started.
 */
export function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ConnectionError('program', child.spawnfile, error.message)));
    let [exited, drained] = [false, false];
    const look = () => exited && drained && setImmediate(resolve);
    child.once('exit', () => {
      exited = true;
      look();
    });
    child.stdout.once('close', () => {
      drained = true;
      look();
    });
  });
}

/** Waits for nothing more that it may say. */
function letGo(child: ChildProcessWithoutNullStreams): void {
  child.stdout.destroy();
  child.stderr.destroy();
}

async function feed(
  child: ChildProcessWithoutNullStreams,
  input: ScriptOptions['input'],
  onProgress: () => void,
): Promise<void> {
  if (input === undefined || typeof input === 'string') {
    child.stdin.end(input ?? '');
    return;
  }
  const watched = async function* () {
    for await (const piece of input) {
      onProgress();
      yield piece;
    }
  };
  let failure: unknown;
  const source = Readable.from(watched(), { objectMode: false });
  source.once('error', (error) => {
    failure = error;
  });
  // A connection that was cut is told by the missing end of the script; what cannot be read here is told at once.
  await pipeline(source, child.stdin).catch(() => undefined);
  if (failure !== undefined && !isBrokenPipe(failure)) {
    child.kill();
    throw failure;
  }
}

const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(String(error.code));

/** Ends a program that has been silent for too long, also where something that it started holds its output. */
class Watchdog {
  barked = false;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly silence: number,
  ) {
    this.timer = this.start();
  }

  touch(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.barked = true;
      this.child.kill('SIGKILL');
      letGo(this.child);
    }, this.silence);
  }
}
