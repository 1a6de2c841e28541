import { t } from '../../l10n';
import { arrange, plainNode } from '../graph/arrange';
import { type Attention, attentionAt, attentionOfOperator, isUsualScale, type Operand } from '../graph/attention';
import { type Constant, rowsOf } from '../graph/constants';
import { textHash } from '../graph/fingerprint';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { productOf } from '../graph/sizes';
import { type Part, sizeOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * Scaled dot-product attention, `softmax(scale Q K^T + mask) V` in each head, on queries, keys and values of `[batch, length,
 * heads * width]`: TorchScript's 17 nodes, dynamo's with the scale split into two `Mul`, batch and heads in one axis or in
 * two, the projections packed into one matrix or apart. What counts is where each value goes, not by which nodes.
 *
 * Near miss: a softmax over the queries; keys of other heads than the queries; some of the positions; a mask that comes from
 * the data; a scale or a mask behind the softmax.
 */
export const attention: Rule = {
  name: 'attention-composed',
  operators: ['MatMul', 'Attention'],
  apply(node, graph) {
    const found = node.op === 'MatMul' ? attentionAt(node, graph) : attentionOfOperator(node, graph);
    const parts = found && [found.query, found.key, found.value].map((operand) => selectionOf(operand, graph));
    if (!found || !parts || parts.includes(undefined)) return false;
    replace(node, found, parts as readonly Selection[], graph);
    return true;
  },
};

/** The channels that an operand takes from its source, head by head. */
interface Selection {
  readonly source: string;
  readonly channels: readonly number[];
  /** They are all channels in order. */
  readonly isWhole: boolean;
}

/** `undefined` when only some channels are taken of something that is no dense layer, or the sizes are not known. */
function selectionOf({ view, heads, width }: Operand, graph: MatchGraph): Selection | undefined {
  const total = graph.size(view.source, 2);
  const parts = [...heads, ...width];
  if (total === undefined || !parts.every(isNumeric)) return undefined;
  const channels = parts.reduce<readonly number[]>(
    (starts, part) =>
      starts.flatMap((start) => Array.from({ length: part.size }, (_, index) => start + index * part.stride)),
    [view.offsets[2]!],
  );
  const isWhole = channels.length === total && channels.every((channel, place) => channel === place);
  return isWhole || graph.producer(view.source)?.op === 'dense'
    ? { source: view.source, channels, isWhole }
    : undefined;
}

function isNumeric(part: Part): part is Part & { readonly size: number; readonly stride: number } {
  return typeof part.size === 'number' && typeof part.stride === 'number';
}

function replace(node: GraphNode, found: Attention, selections: readonly Selection[], graph: MatchGraph): void {
  const [query, key, value] = selections.map((selection) => channelsOf(selection, graph)) as [string, string, string];
  const dense = new Set(selections.filter(({ isWhole }) => !isWhole).map(({ source }) => graph.producer(source)!));
  const absorbed = absorbable([...dense, ...found.nodes], node, graph);
  const width = Number(sizeOf(found.value.width));
  const heads = Number(sizeOf(found.query.heads));
  const keyDimension = Number(sizeOf(found.query.width));
  const operators = absorbed.filter((each) => !dense.has(each)).map((each) => each.origin[0]?.opType);
  const message = t('attention written as {0}', operators.filter((name) => name !== undefined).join(', '));
  const packed = [...dense].flatMap((each) => each.origin);
  const merged = graph.replace(absorbed, { op: 'Identity', inputs: [query] });
  const output = `${outputOf(node)}/attention`;
  const shape = [graph.shape(query)![0]!, found.query.length, heads * width];
  graph.shapes.set(output, shape);
  graph.add(
    plainNode({
      op: 'attention',
      inputs: [query, key, value],
      outputs: [output],
      settings: {
        heads,
        key_dimension: keyDimension,
        ...(found.mask === 'none' ? {} : { mask: found.mask }),
        ...(isUsualScale(found.scale, keyDimension) ? {} : { scale: Number(found.scale.toPrecision(6)) }),
      },
      origin: merged.origin.filter((part) => !packed.includes(part)),
      applied: [...merged.applied, { name: attention.name, message }],
      dropouts: [...merged.dropouts],
    }),
  );
  for (const list of [merged.origin, merged.applied, merged.dropouts]) list.splice(0, list.length);
  arrange(graph, merged, output, outputAxes(found, shape, width));
}

/** The channels as a value of their own: those of a packed projection as a projection with these rows of its weights. */
function channelsOf({ source, channels, isWhole }: Selection, graph: MatchGraph): string {
  const packed = graph.producer(source);
  if (isWhole || !packed) return source;
  const name = `${source}/channels #${textHash(channels.join())}`;
  if (graph.producer(name)) return name;
  const pick = (constant: Constant): Constant => rowsOf(constant, channels);
  graph.shapes.set(name, [...graph.shape(source)!.slice(0, -1), channels.length]);
  graph.add(
    plainNode({
      op: 'dense',
      inputs: [...packed.inputs],
      outputs: [name],
      settings: { unit: channels.length },
      parameters: new Map([...packed.parameters].map(([role, constant]) => [role, pick(constant)])),
      origin: [...packed.origin],
      applied: [...packed.applied, { name: 'packed-projection', message: t('queries, keys and values in one matrix') }],
      dropouts: [...packed.dropouts],
    }),
  );
  return name;
}

/** The axes of the product's output as parts of `[batch, queries, heads * width]`. */
function outputAxes(found: Attention, shape: readonly (number | string)[], width: number): Part[][] {
  const sizes = found.query.heads.map(({ size }) => size);
  const leading = found.leading.map((labels) =>
    labels.map((label): Part => {
      if (label.kind === 'batch') return { axis: 0, stride: 1, size: label.size };
      return { axis: 2, stride: productOf([...sizes.slice(label.index + 1), width]), size: label.size };
    }),
  );
  const positions: Part[] = shape[1] === 1 ? [] : [{ axis: 1, stride: 1, size: shape[1]! }];
  const channels: Part[] = width === 1 ? [] : [{ axis: 2, stride: 1, size: width }];
  return [...leading, ...(found.isTransposed ? [channels, positions] : [positions, channels])];
}
