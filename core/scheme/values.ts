import { childValue, isRecord } from './schema';

/** A scheme's value with other layers. */
export function withNetwork(top: unknown, network: readonly unknown[]): unknown {
  const model = childValue(top, 'model');
  return isRecord(top) && isRecord(model) ? { ...top, model: { ...model, network } } : top;
}
