import { elementCount } from '../../onnx/tensor';
import { type Constant, isFloat, scalar } from './constants';
import type { GraphNode, MatchGraph } from './graph';
import { otherInput } from './pattern';

/** A value that takes part in attention, and which of the positions each position does not see. */
export interface Masked {
  readonly input: string;
  /** `causal`: nothing behind it. Else a digest of the pattern; `none` when everything is seen. */
  readonly mask: string;
}

/** What is added to a score, or put in its place, so that its share is 0 in float32. */
const HIDDEN = -1e4;

/**
 * Reads a mask that is the same for all data: `Add` of 0 or a very negative number, or `Where` with such a number.
 *
 * Near miss: a mask per head, which is a learned bias; numbers between; a mask that comes from the data; a position that sees
 * nothing, whose shares are not a number.
 */
export function maskedBy(node: GraphNode, graph: MatchGraph): Masked | undefined {
  if (node.op === 'Add') {
    for (const input of node.inputs) {
      const constant = graph.constant(otherInput(node, input));
      if (constant && isFloat(constant.dataType)) return masked(input, constant, seenWhereAdded(constant));
    }
    return undefined;
  }
  if (node.op !== 'Where') return undefined;
  const [condition, whenTrue, whenFalse] = node.inputs as [string, string, string];
  const constant = graph.constant(condition);
  const truth = constant?.values();
  if (!constant || !truth) return undefined;
  const hidden = (value: string) => (scalar(graph.constant(value)) ?? 0) <= HIDDEN;
  if (hidden(whenTrue))
    return masked(
      whenFalse,
      constant,
      Array.from(truth, (value) => value === 0),
    );
  return hidden(whenFalse)
    ? masked(
        whenTrue,
        constant,
        Array.from(truth, (value) => value !== 0),
      )
    : undefined;
}

/** A mask as an operand: what may be seen as truth values, or numbers to be added. */
export function maskOf(constant: Constant): string | undefined {
  const values = constant.values();
  const seen = isFloat(constant.dataType)
    ? seenWhereAdded(constant)
    : values && Array.from(values, (value) => value !== 0);
  return masked('', constant, seen)?.mask;
}

/** Whether numbers that are added take something out of a softmax. */
export function hides(constant: Constant): boolean {
  return isFloat(constant.dataType) && (constant.values()?.some((value) => value <= HIDDEN) ?? false);
}

function seenWhereAdded(constant: Constant): boolean[] | undefined {
  const values = constant.values();
  const isMask = values?.every((value) => value === 0 || value <= HIDDEN);
  return isMask ? Array.from(values!, (value) => value === 0) : undefined;
}

function masked(input: string, { shape }: Constant, seen: readonly boolean[] | undefined): Masked | undefined {
  const [queries, keys] = shape.slice(-2);
  if (!seen || queries === undefined || keys === undefined || elementCount(shape) !== queries * keys) return undefined;
  const isBlind = Array.from({ length: queries }, (_, query) => seen.slice(query * keys, (query + 1) * keys)).some(
    (row) => !row.includes(true),
  );
  return isBlind ? undefined : { input, mask: nameOf(seen, keys, keys - queries) };
}

function nameOf(seen: readonly boolean[], keys: number, ahead: number): string {
  if (seen.every((each) => each)) return 'none';
  const isCausal = seen.every((each, place) => each === place % keys <= Math.floor(place / keys) + ahead);
  return isCausal ? 'causal' : `#${digest(seen)}`;
}

/** FNV-1a. */
function digest(seen: readonly boolean[]): string {
  let hash = 0x811c9dc5;
  for (const each of seen) hash = Math.imul(hash ^ Number(each), 0x01000193);
  return (hash >>> 0).toString(16);
}
