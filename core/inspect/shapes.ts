import { readGraph } from '../match/canonical/canonical';
import type { OnnxModel } from '../onnx/model';
import type { TensorSource } from '../onnx/tensor';
import type { Dimensions } from '../protocol/onnx';
import type { InspectedGraph } from './graphs';

/**
 * The shape of each node's first output as it follows from the inputs' shapes: files of TorchScript exporters say none. `null`
 * where it does not follow. Graphs inside of nodes have what the file says.
 */
export function inferShapes(
  graph: InspectedGraph,
  model: OnnxModel,
  source: TensorSource,
): readonly (Dimensions | null)[] {
  const { shapes } = graph.title.kind === 'main' ? readGraph(model, source) : { shapes: new Map<string, Dimensions>() };
  const declared = new Map([...graph.valueInfo, ...graph.outputs].map((value) => [value.name, value.shape]));
  return graph.nodes.map(({ outputs: [output = ''] }) => declared.get(output) ?? shapes.get(output) ?? null);
}
