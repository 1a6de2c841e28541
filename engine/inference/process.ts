import { type ChildProcess, fork } from 'node:child_process';
import { t } from '../../core/l10n';
import { entryPoint } from '../entryPoint';
import type { InferenceReply, InferenceRequest, TensorValue } from './protocol';

export interface InferenceOptions {
  /** Milliseconds after which the process is ended; every open question then fails. */
  readonly timeLimit?: number;
  /** Ends the process when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What ONNX Runtime said, or how its process ended. The message is for a person. */
export class InferenceError extends Error {}

type Answer = (reply: InferenceReply | InferenceError) => void;
/** A request without its number. */
type Question = InferenceRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** Five minutes: far more than any proof needs, little enough that nobody waits for a process that hangs. */
const TIME_LIMIT = 300_000;
const STDERR_KEPT = 2000;

/** One ONNX Runtime child process. `dispose` ends it at once, whatever it is doing. */
export class InferenceProcess {
  private readonly child: ChildProcess;
  private readonly open = new Map<number, Answer>();
  private readonly timer: NodeJS.Timeout;
  private readonly abort = () => this.end(new InferenceError(t('cancelled')));
  private ended: InferenceError | undefined;
  private said = '';
  private questions = 0;

  constructor(private readonly options: InferenceOptions = {}) {
    const { timeLimit = TIME_LIMIT, signal } = options;
    this.child = fork(entryPoint('inference'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-STDERR_KEPT);
    });
    this.child.on('message', (reply: InferenceReply) => this.answered(reply));
    this.child.on('error', (error) => this.end(new InferenceError(error.message)));
    this.child.on('exit', (code, signalName) => this.end(this.crash(code, signalName)));
    this.timer = setTimeout(() => this.end(timeout(timeLimit)), timeLimit);
    if (signal?.aborted) this.abort();
    else signal?.addEventListener('abort', this.abort, { once: true });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The number of the session, for `run`. Rejects with an `InferenceError` that says why the model cannot be run. */
  async load(model: { readonly file: string } | { readonly bytes: Uint8Array }): Promise<number> {
    const reply = await this.ask({ kind: 'load', model });
    if (reply.kind !== 'load') throw new Error('A load was answered by something else.');
    return reply.session;
  }

  async run(
    session: number,
    inputs: Readonly<Record<string, TensorValue>>,
  ): Promise<Readonly<Record<string, TensorValue>>> {
    const reply = await this.ask({ kind: 'run', session, inputs });
    if (reply.kind !== 'run') throw new Error('A run was answered by something else.');
    return reply.outputs;
  }

  dispose(): void {
    this.end(new InferenceError(t('ended')));
  }

  private async ask(question: Question): Promise<InferenceReply & { ok: true }> {
    if (this.ended) throw this.ended;
    const id = this.questions++;
    const reply = await new Promise<InferenceReply | InferenceError>((resolve) => {
      this.open.set(id, resolve);
      this.child.send({ ...question, id }, (error) => {
        if (error) this.end(new InferenceError(error.message));
      });
    });
    if (reply instanceof InferenceError) throw reply;
    if (!reply.ok) throw new InferenceError(reply.message);
    return reply;
  }

  private answered(reply: InferenceReply): void {
    this.open.get(reply.id)?.(reply);
    this.open.delete(reply.id);
  }

  private end(reason: InferenceError): void {
    if (this.ended) return;
    this.ended = reason;
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.abort);
    this.child.kill('SIGKILL');
    for (const answer of this.open.values()) answer(reason);
    this.open.clear();
  }

  private crash(code: number | null, signal: NodeJS.Signals | null): InferenceError {
    const lastLine = this.said.trim().split('\n').pop() ?? '';
    const how = signal ?? t('exit status {0}', code ?? '?');
    return new InferenceError(
      lastLine === ''
        ? t('ONNX Runtime ended unexpectedly ({0})', how)
        : t('ONNX Runtime ended unexpectedly ({0}): {1}', how, lastLine),
    );
  }
}

function timeout(timeLimit: number): InferenceError {
  return new InferenceError(t('no answer from ONNX Runtime within {0} seconds', Math.round(timeLimit / 1000)));
}
