import type { GraphBuilder, NodeOptions } from '../../onnx/builder';

/**
 * Where an operation is more than one node, the one that it is about has its name and the last has its output: a reader finds
 * both, `<id>` and `<id>/<step>`.
 */
export function mainNode(graph: GraphBuilder, named: NodeOptions): NodeOptions {
  return { ...named, outputs: [graph.fresh('value')] };
}

export function lastNode(named: NodeOptions, step: string): NodeOptions {
  return { ...named, name: `${named.name}/${step}` };
}
