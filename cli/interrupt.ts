import { errorMessage } from '../engine/errors';
import type { Terminal } from './terminal';

type Outcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * Follows something that goes on. Ctrl+C says the sentence and asks for a stop, whose end is still followed; pressed again, it
 * ends the following only.
 */
export async function stoppedByInterrupt<T>(
  terminal: Terminal,
  sentence: string,
  stop: () => Promise<Outcome>,
  follow: (following: AbortController) => Promise<T>,
): Promise<T> {
  const following = new AbortController();
  let stopping = false;
  const interrupt = () => {
    if (stopping) return following.abort();
    stopping = true;
    terminal.err(sentence);
    stop().then(
      (outcome) => outcome.ok || terminal.err(outcome.message),
      (error: unknown) => terminal.err(errorMessage(error)),
    );
  };
  process.on('SIGINT', interrupt);
  try {
    return await follow(following);
  } finally {
    following.abort();
    process.off('SIGINT', interrupt);
  }
}
