/** Lets messages that have already arrived be read first: an edit, or the cancellation of what is about to be done. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
