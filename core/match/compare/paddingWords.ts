import type { GraphNode, MatchGraph } from '../graph/graph';

/**
 * A window's padding in the scheme's words, all that fit, the best one first: `valid` without any, `same` when it is what
 * ONNX's `SAME_UPPER` comes to for this input, and the numbers as the file has them (begins, then ends).
 */
export function paddingWords(node: GraphNode, graph: MatchGraph): (string | readonly number[])[] {
  const pads = list(node.settings.padding);
  if (!pads) return [String(node.settings.padding)];
  const words = [
    ...(pads.every((size) => size === 0) ? ['valid'] : []),
    ...(isSame(node, pads, graph) ? ['same'] : []),
  ];
  return [...words, writtenPads(node) ?? pads];
}

/** What reaches no further than the windows do is the same function, but a person looks for what is written. */
function writtenPads(node: GraphNode): readonly number[] | undefined {
  const pads = node.origin.find((part) => /^(Conv|MaxPool|AveragePool)$/.test(part.opType))?.attributes.get('pads');
  return pads?.type === 'ints' ? pads.value : undefined;
}

function isSame(node: GraphNode, pads: readonly number[], graph: MatchGraph): boolean {
  const { stride, pooling_stride, kernel, pooling_size, dilation } = node.settings;
  const kernels = list(kernel) ?? list(pooling_size) ?? [];
  const strides = list(stride) ?? list(pooling_stride) ?? [];
  const dilations = list(dilation) ?? [];
  return kernels.every((size, axis) => {
    const extent = (size - 1) * (dilations[axis] ?? 1) + 1;
    const total = samePadding(graph.size(node.inputs[0], axis + 2), extent, strides[axis] ?? 1);
    if (total === undefined) return false;
    const begin = Math.floor(total / 2);
    return pads[axis] === begin && pads[axis + kernels.length] === total - begin;
  });
}

function samePadding(input: number | undefined, extent: number, stride: number): number | undefined {
  if (stride === 1) return extent - 1;
  return input === undefined ? undefined : Math.max(0, (Math.ceil(input / stride) - 1) * stride + extent - input);
}

function list(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}
