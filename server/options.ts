import type { InitializationOptions } from '../core/protocol/server';

/** What the client said when it started the server, with a meaning for everything that it left out. */
export function readInitializationOptions(given: unknown): Required<InitializationOptions> {
  const { messages, trusted, commands } = (isObject(given) ? given : {}) as Record<
    keyof InitializationOptions,
    unknown
  >;
  return {
    messages: isObject(messages) ? stringsOf(messages) : {},
    trusted: trusted === true,
    commands: commands === true,
  };
}

function stringsOf(object: object): Record<string, string> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => typeof value === 'string'));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
