import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Params, Result } from '../core/protocol/rpc';
import type { ServerNotifications, ServerRequests } from '../core/protocol/server';
import { InputError } from '../engine/errors';

type Handler<K extends keyof ServerRequests> = (
  params: Params<ServerRequests, K>,
  token: CancellationToken,
) => Promise<Result<ServerRequests, K>> | Result<ServerRequests, K>;

/**
 * Answers one of the server's own requests. A wrong input (`InputError`) becomes an error reply whose message can be shown
 * as it is; any other exception is a bug of ours and is answered as an internal error by the connection.
 */
export function onRequest<K extends keyof ServerRequests>(
  connection: Connection,
  method: K,
  handler: Handler<K>,
): void {
  connection.onRequest<unknown, void>(method, async (params: Params<ServerRequests, K>, token: CancellationToken) => {
    try {
      return await handler(params, token);
    } catch (error) {
      throw error instanceof InputError ? new ResponseError(LSPErrorCodes.RequestFailed, error.message) : error;
    }
  });
}

/** A signal that says what a token says. */
export function abortWith(token: CancellationToken): AbortSignal {
  const ended = new AbortController();
  token.onCancellationRequested(() => ended.abort());
  return ended.signal;
}

/** Tells the client something; see `ServerNotifications`. */
export function notify<K extends keyof ServerNotifications>(
  connection: Connection,
  method: K,
  params: ServerNotifications[K],
): Promise<void> {
  return connection.sendNotification(method, params);
}
