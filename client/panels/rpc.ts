import type * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Handlers, Message } from '../../core/protocol/rpc';
import { errorMessage } from '../../engine/errors';

/** Answers a page's requests. What is no request of the map is answered with an error, what is no message is left alone. */
export function serveRequests<M>(webview: vscode.Webview, handlers: Handlers<M>): vscode.Disposable {
  const byName = new Map(Object.entries(handlers)) as ReadonlyMap<string, (params: unknown) => unknown>;
  return webview.onDidReceiveMessage(async (message: unknown) => {
    if (isRequest(message)) await webview.postMessage(await answer(message, byName.get(message.method)));
  });
}

/** Tells a page something; a page that is hidden or gone misses it, and asks anew when it is shown. */
export function sendEvent<E, K extends keyof E & string>(webview: vscode.Webview, event: K, payload: E[K]): void {
  const message: Message = { kind: 'event', event, payload };
  void webview.postMessage(message);
}

type Request = Extract<Message, { kind: 'request' }>;

async function answer(request: Request, handler: ((params: unknown) => unknown) | undefined): Promise<Message> {
  const { id, method, params } = request;
  try {
    if (!handler) throw new Error(t('This panel cannot be asked for {0}.', method));
    return { kind: 'reply', id, result: await handler(params) };
  } catch (error) {
    return { kind: 'error', id, message: errorMessage(error) };
  }
}

function isRequest(message: unknown): message is Request {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, id, method } = message as Partial<Request>;
  return kind === 'request' && typeof id === 'number' && typeof method === 'string';
}
