import { dataName } from '../scheme/layers';
import type { Scheme } from '../scheme/types';
import { headFor, headLayer } from './head';
import { expandLayer, type InferredLayer } from './infer';
import { initialized } from './initializers';
import type { Network, NetworkLayer, Operation } from './network';

/** The whole network of a scheme without errors: its layers, the implicit head, the weights' initializers. */
export function buildNetwork(scheme: Scheme, inferred: readonly InferredLayer[], top: unknown): Network {
  const written = inferred.map((layer) => layer.networkLayer!);
  const last = inferred.at(-1)!;
  const head = implicitHead(scheme, written, last.output!, top);
  const layers = withInitializers(head ? [...written, head.networkLayer] : written);
  const operations = layers.flatMap((layer) => layer.operations);
  return {
    scheme,
    inputShape: scheme.data.sampleShape,
    layers,
    operations,
    output: head?.output ?? last.output ?? dataName,
    outputShape: layers.at(-1)!.outputShape,
    parameters: sum(layers.map((layer) => layer.parameters)),
    buffers: sum(layers.map((layer) => layer.buffers)),
    macs: sum(layers.map((layer) => layer.macs)),
  };
}

function implicitHead(scheme: Scheme, layers: readonly NetworkLayer[], output: string, top: unknown) {
  const last = layers.at(-1)!;
  const head = headFor(last.outputShape, scheme.data, new Set(layers.map(({ layer }) => layer.name)));
  const input = { id: output, name: last.layer.name, shape: last.outputShape };
  return head && expandLayer(headLayer(head, input.name, top), [input], true);
}

function withInitializers(layers: readonly NetworkLayer[]): NetworkLayer[] {
  const operations = new Map<string, Operation>();
  for (const operation of initialized(layers.flatMap((layer) => layer.operations)))
    operations.set(operation.id, operation);
  return layers.map((layer) => ({ ...layer, operations: layer.operations.map(({ id }) => operations.get(id)!) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
