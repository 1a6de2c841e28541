import type { GraphNode, MatchGraph } from './graph';

/**
 * A window's padding in the scheme's words: `valid` without any, `same` when it is what ONNX's `SAME_UPPER` comes to for
 * this input, else the numbers: begins, then ends.
 */
export function paddingWord(node: GraphNode, graph: MatchGraph): string | readonly number[] {
  const { padding, stride, pooling_stride, kernel, pooling_size, dilation } = node.settings;
  const pads = list(padding);
  if (!pads) return String(padding);
  if (pads.every((size) => size === 0)) return 'valid';
  const kernels = list(kernel) ?? list(pooling_size) ?? [];
  const strides = list(stride) ?? list(pooling_stride) ?? [];
  const dilations = list(dilation) ?? [];
  const same = kernels.every((size, axis) => {
    const input = graph.size(node.inputs[0], axis + 2);
    const extent = (size - 1) * (dilations[axis] ?? 1) + 1;
    const total = samePadding(input, extent, strides[axis] ?? 1);
    const begin = total === undefined ? undefined : Math.floor(total / 2);
    return pads[axis] === begin && pads[axis + kernels.length] === total! - begin!;
  });
  return same ? 'same' : pads;
}

function samePadding(input: number | undefined, extent: number, stride: number): number | undefined {
  if (stride === 1) return extent - 1;
  return input === undefined ? undefined : Math.max(0, (Math.ceil(input / stride) - 1) * stride + extent - input);
}

function list(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}
