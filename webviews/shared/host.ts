import type { Message, Params, Result } from '../../core/protocol/rpc';

/** What the editor gives a page; may be acquired once. */
interface HostApi {
  postMessage(message: Message): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): HostApi;

/** The panel's host: answers requests, tells events, keeps a state for the time when the page is not there. */
export class Host<Requests, Events> {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  private readonly listeners = new Map<string, (payload: never) => void>();
  private lastId = 0;

  constructor() {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isMessage(data)) this.receive(data);
    });
  }

  /** Rejects with the host's message, which is a sentence for a person. */
  ask<K extends keyof Requests & string>(method: K, params: Params<Requests, K>): Promise<Result<Requests, K>> {
    const id = ++this.lastId;
    this.api.postMessage({ kind: 'request', id, method, params });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  on<K extends keyof Events & string>(event: K, listener: (payload: Events[K]) => void): void {
    this.listeners.set(event, listener);
  }

  /** The kept state, where it has the shape of `fallback`; an older version of the page may have kept another one. */
  state<S extends object>(fallback: S): S {
    const kept = this.api.getState();
    if (typeof kept !== 'object' || kept === null) return fallback;
    const known = Object.entries(kept).filter(([key, value]) => sameShape(value, fallback[key as keyof S]));
    return { ...fallback, ...Object.fromEntries(known) };
  }

  keep(state: object): void {
    this.api.setState(state);
  }

  private receive(message: Message): void {
    if (message.kind === 'event') this.listeners.get(message.event)?.(message.payload as never);
    if (message.kind !== 'reply' && message.kind !== 'error') return;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'reply') waiting?.resolve(message.result as never);
    else waiting?.reject(new Error(message.message));
  }
}

function isMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 'kind' in data && typeof data.kind === 'string';
}

/** Same types all the way down; lists may hold anything of theirs. */
function sameShape(value: unknown, fallback: unknown): boolean {
  if (typeof value !== typeof fallback || Array.isArray(value) !== Array.isArray(fallback)) return false;
  if (typeof value !== 'object' || typeof fallback !== 'object' || Array.isArray(fallback)) return true;
  if (value === null || fallback === null) return value === fallback;
  return Object.entries(fallback).every(([key, part]) => sameShape(value[key as keyof typeof value], part));
}
