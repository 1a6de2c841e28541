/** One map per panel names every request: `{ 'series/read': { params: SeriesQuery; result: Series } }`. */
export type RequestMap = object;

export type Params<M, K extends keyof M> = M[K] extends { params: infer P } ? P : never;
export type Result<M, K extends keyof M> = M[K] extends { result: infer R } ? R : never;

/** A handler for each request of the map: a missing one, or one with a wrong result, does not compile. */
export type Handlers<M> = { readonly [K in keyof M]: (params: Params<M, K>) => Promise<Result<M, K>> | Result<M, K> };

/** What crosses between a panel and its host. An exception in a handler becomes an error reply. */
export type Message =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly event: string; readonly payload: unknown };
