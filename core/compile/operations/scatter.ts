import type { GraphBuilder } from '../../onnx/builder';

/** Adds `values` to zeros in the shape of `like`, at flat int64 places; places may repeat. */
export function scatterToIndices(graph: GraphBuilder, values: string, places: string, like: string): string {
  const flat = graph.ints([-1]);
  const zeros = graph.add('ConstantOfShape', [graph.add('Reshape', [graph.add('Size', [like]), flat])]);
  const flatValues = graph.add('Reshape', [values, flat]);
  const flatPlaces = graph.add('Reshape', [places, flat]);
  const scattered = graph.add('ScatterElements', [zeros, flatPlaces, flatValues], { axis: 0, reduction: 'add' });
  return graph.add('Reshape', [scattered, graph.add('Shape', [like])]);
}
