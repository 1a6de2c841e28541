import type { OnnxNode, OnnxTensor } from '../onnx/model';
import { elementCount } from '../onnx/tensor';
import { type InspectedGraph, isWeight, tensorOf } from './graphs';

/** Where batch normalization takes running mean and variance, which training collects and does not learn. */
const RUNNING_STATISTICS = 3;

/**
 * How many values a node takes that training sets; a tensor counts where it is used first. Single numbers are an operator's
 * settings, but for the slope of a PRelu.
 */
export function parametersOf(node: OnnxNode, graph: InspectedGraph, counted: Set<OnnxTensor>): number {
  const learnt = node.opType === 'BatchNormalization' ? node.inputs.slice(0, RUNNING_STATISTICS) : node.inputs;
  let parameters = 0;
  for (const input of learnt) {
    const tensor = tensorOf(graph, input);
    if (!tensor || !isWeight(tensor) || counted.has(tensor)) continue;
    counted.add(tensor);
    const count = elementCount(tensor.dims);
    if (count > 1 || node.opType === 'PRelu') parameters += count;
  }
  return parameters;
}

/** The parameters of a whole model. */
export function countParameters(graphs: Iterable<InspectedGraph>): number {
  const counted = new Set<OnnxTensor>();
  let parameters = 0;
  for (const graph of graphs) {
    for (const node of graph.nodes) if (node.opType !== 'Identity') parameters += parametersOf(node, graph, counted);
  }
  return parameters;
}
