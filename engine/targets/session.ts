import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { quotePath } from '../../core/runs/shell';
import { ConnectionError } from './connectionError';
import { type Look, type MissingRun, parseLook } from './look';
import { endOf, type Shell, startScript } from './shell';

/** Milliseconds within which a target has to answer; Slurm's commands may take ten seconds of them. */
const patience = 60_000;

/** A connection to a run on its target, over which it is looked at and its files are read. One question at a time. */
export class RunSession {
  private errors = '';
  private readonly input: ByteQueue;

  private constructor(
    private readonly shell: Shell,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    this.input = new ByteQueue();
    child.stdout.on('data', (bytes: Buffer) => this.input.push(bytes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-8192);
    });
    endOf(child).then(
      () => this.input.fail(shell.explain(this.errors)),
      (error: unknown) => this.input.fail(error),
    );
  }

  /** `folder`: the run's, absolute or `~/...`. Throws `ConnectionError`. */
  static async open(shell: Shell, folder: string, signal?: AbortSignal): Promise<RunSession> {
    const there = quotePath(folder);
    // Without its script the run is not there either.
    const script = `[ -r ${there}/supervisor/supervisor.sh ] || { echo missing; exit 0; }
exec sh ${there}/supervisor/supervisor.sh serve ${there}`;
    return new RunSession(shell, await startScript(shell, script, signal));
  }

  /** What there is to see of the run, and of its Slurm job. */
  async look(job?: string): Promise<Look | MissingRun> {
    this.ask(`look ${job ?? ''}`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.withPatience(this.input.line());
      if (line === 'end' || line === 'missing') return parseLook(line === 'end' ? lines : undefined);
      lines.push(line);
    }
  }

  /** Bytes of one of the files that `look` told; fewer at its end. */
  async get(path: string, offset: number, length: number): Promise<Uint8Array> {
    this.ask(`get ${offset} ${length} ${path}`);
    const answer = /^data (\d+)$/.exec(await this.withPatience(this.input.line()));
    if (!answer) throw new ConnectionError('cut', this.shell.host, this.errors);
    return this.withPatience(this.input.bytes(Number(answer[1])));
  }

  /** Why the run's folder takes no file, in the words of the system there; undefined where it does. */
  async refusal(): Promise<string | undefined> {
    this.ask('room');
    const [, words] = /^room (.+)$/.exec(await this.withPatience(this.input.line())) ?? [];
    return words;
  }

  close(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  private ask(request: string): void {
    this.child.stdin.write(`${request}\n`);
  }

  private withPatience<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const impatient = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new ConnectionError('unreachable', this.shell.host, 'timed out'));
      }, patience);
    });
    return Promise.race([answer, impatient]).finally(() => clearTimeout(timer));
  }
}

/** Bytes that arrive in pieces and are wanted in lines and lengths. */
class ByteQueue {
  private pieces: Buffer[] = [];
  private length = 0;
  private failure: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;

  push(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.length += bytes.length;
    this.wake?.();
  }

  fail(error: unknown): void {
    this.failure = { error };
    this.wake?.();
  }

  async line(): Promise<string> {
    for (let searched = 0; ; ) {
      const all = this.joined();
      const end = all.indexOf(0x0a, searched);
      if (end >= 0)
        return this.take(end + 1)
          .toString('utf8')
          .slice(0, -1);
      searched = all.length;
      await this.more();
    }
  }

  async bytes(length: number): Promise<Buffer> {
    while (this.length < length) await this.more();
    return this.take(length);
  }

  private take(length: number): Buffer {
    const all = this.joined();
    this.pieces = [all.subarray(length)];
    this.length = all.length - length;
    return all.subarray(0, length);
  }

  private joined(): Buffer {
    if (this.pieces.length !== 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0]!;
  }

  private more(): Promise<void> {
    if (this.failure) return Promise.reject(this.failure.error);
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined;
        resolve();
      };
    });
  }
}
