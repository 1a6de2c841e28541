import { GraphBuilder } from '../../onnx/builder';
import { DataType } from '../../onnx/model';
import type { Convolution, Shape } from '../../shape/network';
import { blockedDomain } from '../blockedLayout';
import { fromBlocks, toBlocks } from '../blocks';
import type { TrainingEmission } from '../emission';
import { channels, elements, graphDims, spatial } from '../layout';
import { reduce } from '../reductions';
import { suitsBlocks } from './blockedConvolution';
import { cropToKernel } from './cropToKernel';
import { inputUnderKernel } from './inputUnderKernel';

/** Whether each input channel is convolved for itself. */
export function isDepthwise({ groups, inputShapes }: Convolution): boolean {
  return groups > 1 && groups === channels(inputShapes[0]);
}

/** The gradient `[out, 1, ...kernel]`. */
export function depthwiseWeightGradient(
  { graph, blockSize }: Pick<TrainingEmission, 'graph' | 'blockSize'>,
  operation: Convolution,
  input: string,
  gradient: string,
): string {
  const [inputChannels, outputChannels] = [channels(operation.inputShapes[0]), channels(operation.outputShape)];
  return suitsBlocks({ ...operation, inputChannels, outputChannels }, blockSize, true)
    ? bySample(graph, operation, input, gradient)
    : byPlace(graph, operation, input, gradient);
}

/**
 * For each sample, the input convolved with the output's gradient as the kernel; both are used as they lie in blocks of channels.
 * A stride turns into a dilation and a dilation into a stride.
 */
function bySample(graph: GraphBuilder, operation: Convolution, input: string, gradient: string): string {
  const { groups, kernel } = operation;
  const samples = [toBlocks(graph, input), toBlocks(graph, gradient)];
  const [perSample] = graph.addMany('Scan', samples, [graph.fresh('samples')], {
    body: { type: 'graph', value: sampleGraph(graph, operation).graph() },
    num_scan_inputs: 2,
  });
  const sum = reduce(graph, 'ReduceSum', perSample, [0]);
  const places = cropToKernel(graph, operation, fromBlocks(graph, sum, groups));
  return graph.add('Reshape', [places, graph.ints([groups, 1, ...kernel])]);
}

function sampleGraph(graph: GraphBuilder, operation: Convolution): GraphBuilder {
  const { groups, strides, dilations, pads, outputShape, inputShapes } = operation;
  const name = graph.fresh('sample');
  const body = new GraphBuilder(name, graph.opset);
  body.scope = name;
  const part = (hint: string, shape: Shape, dims: readonly number[]) =>
    body.add('Reshape', [body.input(`${name}/${hint}`, DataType.float, graphDims(shape)), body.ints(dims)]);
  const input = part('input', inputShapes[0], [1, groups, ...spatial(inputShapes[0])]);
  const weight = part('gradient', outputShape, [groups, 1, ...spatial(outputShape)]);
  const attributes = {
    kernel_shape: spatial(outputShape),
    strides: dilations,
    dilations: strides,
    pads,
    group: groups,
  };
  const places = body.add('Conv', [input, weight], attributes, { domain: blockedDomain });
  body.outputAs(`${name}/places`, places, DataType.float, [1, groups, '', '']);
  return body;
}

/** At each place of the kernel, the sum of the output's gradient times the input that lay under it. */
function byPlace(graph: GraphBuilder, operation: Convolution, input: string, gradient: string): string {
  const { kernel, groups, outputShape } = operation;
  const outputChannels = channels(outputShape);
  const positions = elements(spatial(outputShape));
  const perGroup = (value: string, size: number) =>
    graph.add('Reshape', [value, graph.ints([-1, groups, size, positions])]);
  const grouped = perGroup(gradient, outputChannels / groups);
  const places = inputUnderKernel(graph, operation, input).map((seen) => {
    const products = graph.add('Mul', [grouped, perGroup(seen, 1)]);
    const sums = reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', products, [3]), [0]);
    return graph.add('Reshape', [sums, graph.ints([outputChannels, 1])]);
  });
  const rows = places.length > 1 ? graph.add('Concat', places, { axis: 1 }) : places[0];
  return graph.add('Reshape', [rows, graph.ints([outputChannels, 1, ...kernel])]);
}
