import { estimateMemory, type MemoryEstimate } from './memory';
import type { Network, NetworkLayer, Shape } from './network';

/** The model table: what `matchdown describe` prints; its JSON Schema is `schemas/describe.schema.json`. */
export interface Description {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly layers: readonly LayerDescription[];
  /** Trainable values. */
  readonly parameters: number;
  /** Values kept but not trained: batch norm's running statistics. */
  readonly buffers: number;
  /** Multiply-accumulates for one sample. */
  readonly macs: number;
  /** For one training step at the scheme's batch size. */
  readonly memory: MemoryEstimate;
}

export interface LayerDescription {
  readonly name: string;
  readonly type: string;
  /** True for the head that the scheme leaves out. */
  readonly implicit: boolean;
  /** Without the batch axis, in the scheme's layout. */
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly parameters: number;
  readonly buffers: number;
  readonly macs: number;
}

export function describe(network: Network): Description {
  const { inputShape, outputShape, parameters, buffers, macs } = network;
  const layers = network.layers.map(describeLayer);
  return { inputShape, outputShape, layers, parameters, buffers, macs, memory: estimateMemory(network) };
}

function describeLayer({
  layer,
  implicit,
  inputShapes,
  outputShape,
  parameters,
  buffers,
  macs,
}: NetworkLayer): LayerDescription {
  return { name: layer.name, type: layer.type, implicit, inputShapes, outputShape, parameters, buffers, macs };
}
