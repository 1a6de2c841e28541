import type { GraphBuilder } from '../onnx/builder';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../onnx/model';
import type { Shape } from '../shape/network';
import { blockedDomain } from './blockedLayout';
import { channels, spatial } from './layout';

/**
 * Operations know every value by its name in the graph's own layout. Some values are in blocks of channels as well, or really:
 * what is computed there gets its plain name from a reordering, which `withoutUnused` takes away again where nobody reads it. So
 * each operation may decide for itself; the rule is that what can be done in either layout is done where the value lies.
 */
const inBlocks = new WeakMap<GraphBuilder, Map<string, string>>();

/** Whether a value can be had in blocks without a reordering. */
export function liesInBlocks(graph: GraphBuilder, value: string): boolean {
  return blocksOf(graph).has(value);
}

/** The value in blocks of channels. */
export function toBlocks(graph: GraphBuilder, value: string): string {
  const blocks = blocksOf(graph).get(value) ?? graph.add('ReorderInput', [value], {}, { domain: blockedDomain });
  blocksOf(graph).set(value, blocks);
  return blocks;
}

/** The plain value of blocks that are all full. */
export function fromBlocks(graph: GraphBuilder, blocks: string, channels: number): string {
  const value = graph.add('ReorderOutput', [blocks], { channels }, { domain: blockedDomain });
  blocksOf(graph).set(value, blocks);
  return value;
}

/** `[batch, channels, ...]` to `[batch, ..., channels]`. */
export function toChannelsLast(graph: GraphBuilder, value: string, shape: Shape): string {
  const spatialAxes = spatial(shape).map((_, index) => index + 2);
  if (!liesInBlocks(graph, value)) return graph.add('Transpose', [value], { perm: [0, ...spatialAxes, 1] });
  const attributes = { channels: channels(shape), channels_last: 1 };
  return graph.add('ReorderOutput', [toBlocks(graph, value)], attributes, { domain: blockedDomain });
}

/** What is computed of each element for itself, of values of one shape: in blocks if any of them lies there. */
export function elementByElement(
  graph: GraphBuilder,
  values: readonly string[],
  shape: Shape,
  compute: (values: readonly string[]) => string,
): string {
  if (!values.some((value) => liesInBlocks(graph, value))) return compute(values);
  const blocks = values.map((value) => toBlocks(graph, value));
  return fromBlocks(graph, compute(blocks), channels(shape));
}

/** The mean over the positions of each channel of a value in blocks, `[batch, channels]`. */
export function meansOfBlocks(graph: GraphBuilder, value: string, shape: Shape): string {
  const means = graph.add('GlobalAveragePool', [toBlocks(graph, value)], {}, { domain: blockedDomain });
  // With one position the blocks are the channels in their order.
  return graph.add('Reshape', [means, graph.ints([-1, channels(shape)])]);
}

/** `[batch, channels]` at every position, in blocks. */
export function spreadInBlocks(graph: GraphBuilder, value: string, shape: Shape): string {
  const single = graph.add('Reshape', [value, graph.ints([-1, channels(shape), 1, 1])]);
  const scales = [1, 1, ...spatial(shape)];
  const spread = graph.add('Upsample', [single], { mode: 'nearest', scales }, { domain: blockedDomain });
  return fromBlocks(graph, spread, channels(shape));
}

/** The model with those nodes only that its outputs depend on. */
export function withoutUnused(model: OnnxModel): OnnxModel {
  return { ...model, graph: { ...model.graph, nodes: usedNodes(model.graph) } };
}

function usedNodes({ nodes, outputs }: OnnxGraph): OnnxNode[] {
  const used = new Set(outputs.map(({ name }) => name));
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => used.has(output))) return false;
    for (const input of valuesRead(node)) used.add(input);
    return true;
  });
  return kept.reverse();
}

/** Its inputs, and what the graphs in its attributes may read of the graph around them. */
function valuesRead({ inputs, attributes }: OnnxNode): string[] {
  const bodies = [...attributes.values()].flatMap((each) => (each.type === 'graph' ? each.value.nodes : []));
  return [...inputs, ...bodies.flatMap(valuesRead)];
}

function blocksOf(graph: GraphBuilder): Map<string, string> {
  const known = inBlocks.get(graph) ?? new Map<string, string>();
  inBlocks.set(graph, known);
  return known;
}
