import { dataName } from '../scheme/layers';
import type { Scheme } from '../scheme/types';
import { countsOf, expandLayer } from './expand';
import { headFor, headLayer, isLossActivation, type Names } from './head';
import type { Inference } from './infer';
import { initialized } from './initializers';
import type { Network, NetworkLayer, Operation } from './network';
import { totalOf, valuesOf } from './tally';

/**
 * The whole network of a scheme without errors: its layers, the implicit head, the weights' initializers. These take a look at
 * every operation, so they are made when the layers are first asked for.
 */
export function buildNetwork(
  scheme: Scheme,
  { layers: inferred, tally }: Inference,
  names: Names,
  top: unknown,
): Network {
  const written = inferred.map((layer) => layer.networkLayer!);
  const output = inferred.at(-1)!.output!;
  const head = implicitHead(scheme, written.at(-1)!, output, names, top);
  const ended = head ? [...written, head.networkLayer] : withoutLossActivation(scheme, written);
  // The last layers may be others than those that were counted.
  const ends = (count: 'parameters' | 'buffers' | 'macs') =>
    (head?.networkLayer[count] ?? 0) + ended[written.length - 1]![count] - written.at(-1)![count];
  const lost = valuesOf(written.at(-1)!.operations) - valuesOf(ended[written.length - 1]!.operations);
  let layers: readonly NetworkLayer[] | undefined;
  let operations: readonly Operation[] | undefined;
  return {
    scheme,
    inputShape: scheme.data.sampleShape,
    get layers() {
      layers ??= withInitializers(ended);
      return layers;
    },
    get operations() {
      operations ??= this.layers.flatMap((layer) => layer.operations);
      return operations;
    },
    output: head?.output ?? outputOf(written, ended, output),
    outputShape: ended.at(-1)!.outputShape,
    parameters: totalOf(tally.parameters) + ends('parameters'),
    buffers: totalOf(tally.buffers) + ends('buffers'),
    macs: totalOf(tally.macs) + ends('macs'),
    values: totalOf(tally.values) + valuesOf(head?.networkLayer.operations ?? []) - lost,
  };
}

function implicitHead(scheme: Scheme, last: NetworkLayer, output: string, names: Names, top: unknown) {
  const head = headFor(last.outputShape, scheme.data, names);
  const input = { id: output, name: last.layer.name, shape: last.outputShape };
  return head && expandLayer(headLayer(head, input.name, top), [input], scheme.data.sampleShape, true);
}

/** A last softmax belongs to the loss and to serving: the network gives logits. */
function withoutLossActivation(scheme: Scheme, layers: readonly NetworkLayer[]): readonly NetworkLayer[] {
  const last = layers.at(-1)!;
  const final = last.operations.at(-1);
  if (final?.kind !== 'activation' || !isLossActivation(final.activation, scheme.model.loss)) return layers;
  const operations = last.operations.slice(0, -1);
  return [...layers.slice(0, -1), { ...last, operations, ...countsOf(operations) }];
}

/** The output of the last operation, or what a last layer without operations passes on. */
function outputOf(written: readonly NetworkLayer[], ended: readonly NetworkLayer[], output: string): string {
  if (written === ended) return output;
  return ended.at(-1)!.operations.at(-1)?.id ?? written.at(-1)!.operations[0]!.inputs[0] ?? dataName;
}

/** A layer's operations are looked up when they are asked for, those of all layers at once. */
function withInitializers(layers: readonly NetworkLayer[]): NetworkLayer[] {
  let known: ReadonlyMap<string, Operation> | undefined;
  const byId = () => {
    known ??= new Map(
      initialized(layers.flatMap((layer) => layer.operations)).map((operation) => [operation.id, operation]),
    );
    return known;
  };
  return layers.map((layer) => {
    let operations: readonly Operation[] | undefined;
    return {
      ...layer,
      get operations() {
        operations ??= layer.operations.map(({ id }) => byId().get(id)!);
        return operations;
      },
    };
  });
}
