import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '../support/projectRoot';

interface Reply {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class ResponseFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A client of the Language Server Protocol that knows nothing of VS Code: messages with a `Content-Length` over the standard
 * input and output of `node dist/server.js --stdio`. It answers what the server asks with what a test says.
 */
export class PlainClient {
  private readonly replies = new Map<number, Reply>();
  private readonly listeners = new Map<string, ((params: never) => void)[]>();
  private readonly process: ChildProcess;
  private buffer = Buffer.alloc(0);
  private lastId = 0;
  /** Everything that the server wrote to its standard error. */
  errors = '';
  /** What the server asked, and what it is answered: by method. */
  readonly answers: Record<string, (params: never) => unknown> = {
    'client/registerCapability': () => null,
    'workspace/configuration': () => [null],
  };

  constructor() {
    const server = path.join(projectRoot, 'dist', 'server.js');
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk: Buffer) => this.receive(chunk));
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.process.once('exit', (code) => this.failAll(new Error(`The server ended with ${code}. ${this.errors}`)));
  }

  request<R>(method: string, params: unknown): Promise<R> {
    return this.requestWithId<R>(method, params).result;
  }

  /** With the id, so that the request can be cancelled. */
  requestWithId<R>(method: string, params: unknown): { readonly id: number; readonly result: Promise<R> } {
    const id = ++this.lastId;
    const result = new Promise<unknown>((resolve, reject) => this.replies.set(id, { resolve, reject }));
    this.send({ id, method, params });
    return { id, result: result as Promise<R> };
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  on<P>(method: string, listener: (params: P) => void): void {
    this.listeners.set(method, [...(this.listeners.get(method) ?? []), listener]);
  }

  /** The next notification that the condition holds for. */
  next<P>(method: string, condition: (params: P) => boolean = () => true): Promise<P> {
    return new Promise((resolve) => {
      this.on<P>(method, (params) => {
        if (condition(params)) resolve(params);
      });
    });
  }

  /** Ends the server as the protocol says, and returns its exit status. */
  async shutDown(): Promise<number | null> {
    await this.request('shutdown', undefined);
    return this.exit();
  }

  async exit(): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.notify('exit', undefined);
    const [code] = await ended;
    return code;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.process.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin?.write(body);
  }

  private receive(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(this.buffer.toString('latin1', 0, 200));
      if (header === null) return;
      const start = header[0].length;
      const end = start + Number(header[1]);
      if (this.buffer.length < end) return;
      this.handle(JSON.parse(this.buffer.toString('utf8', start, end)));
      this.buffer = this.buffer.subarray(end);
    }
  }

  private handle(message: {
    id?: number;
    method?: string;
    params?: never;
    result?: unknown;
    error?: ResponseFailure;
  }): void {
    const { id = 0, method, params, result, error } = message;
    if (method === undefined) this.settle(id, result, error);
    else if (message.id === undefined) this.tell(method, params as never);
    else this.answer(id, method, params as never);
  }

  private settle(id: number, result: unknown, error: ResponseFailure | undefined): void {
    const reply = this.replies.get(id);
    this.replies.delete(id);
    if (error) reply?.reject(new ResponseFailure(error.code, error.message));
    else reply?.resolve(result);
  }

  private tell(method: string, params: never): void {
    for (const listener of this.listeners.get(method) ?? []) listener(params);
  }

  private answer(id: number, method: string, params: never): void {
    const answer = this.answers[method];
    if (answer === undefined) this.send({ id, error: { code: -32601, message: `No answer to ${method}` } });
    else this.send({ id, result: answer(params) ?? null });
  }

  private failAll(error: Error): void {
    for (const { reject } of this.replies.values()) reject(error);
    this.replies.clear();
  }
}
