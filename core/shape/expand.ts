import type { Layer } from '../scheme/types';
import { LayerBuilder, type LayerInput, type LayerProblem } from './builder';
import type { NetworkLayer, Operation, Parameter, Shape } from './network';
import { layerTypes } from './registry';
import { elementCount } from './shapes';

export interface Expansion {
  /** Set where the layer cannot be built; the rest is then as far as it went. */
  readonly problem?: LayerProblem;
  readonly networkLayer: NetworkLayer;
  /** Id of the operation whose output is the layer's. */
  readonly output: string;
}

/** One layer as operations. A function of the layer and the shapes of its inputs alone. */
export function expandLayer(
  layer: Layer,
  inputs: readonly LayerInput[],
  sampleShape: Shape,
  implicit = false,
): Expansion {
  const builder = new LayerBuilder(layer.name, inputs, sampleShape);
  // The settings have passed the definition of this very type in the JSON Schema.
  layerTypes.get(layer.type)!.expand(builder, layer.settings as never);
  const { problem, operations, output } = builder;
  const inputShapes = inputs.map((input) => input.shape);
  const base = { layer, implicit, inputShapes, outputShape: builder.shape, operations };
  return { problem, output, networkLayer: { ...base, ...countsOf(operations) } };
}

/** What the operations of a layer come to. */
export function countsOf(operations: readonly Operation[]): Pick<NetworkLayer, 'parameters' | 'buffers' | 'macs'> {
  const parameters = operations.flatMap((operation) => operation.parameters);
  return {
    parameters: sizeOf(parameters.filter((parameter) => parameter.trainable)),
    buffers: sizeOf(parameters.filter((parameter) => !parameter.trainable)),
    macs: operations.reduce((sum, operation) => sum + operation.macs, 0),
  };
}

function sizeOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}
