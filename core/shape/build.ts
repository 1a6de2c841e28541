import { dataName } from '../scheme/layers';
import type { Scheme } from '../scheme/types';
import { countsOf, type Expansion, expandLayer } from './expand';
import { headFor, headLayer, isLossActivation, type Names } from './head';
import type { Inference, InferredLayer } from './infer';
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
  const { networkLayer: last, output: passed } = inferred.at(-1)! as Required<InferredLayer>;
  const head = implicitHead(scheme, last, passed, names, top);
  const end = head ? last : withoutLossActivation(scheme, last);
  const count = (what: 'parameters' | 'buffers' | 'macs') =>
    totalOf(tally[what]) + (head?.networkLayer[what] ?? 0) + end[what] - last[what];
  const lost = valuesOf(last.operations) - valuesOf(end.operations);
  let layers: readonly NetworkLayer[] | undefined;
  let operations: readonly Operation[] | undefined;
  return {
    scheme,
    inputShape: scheme.data.sampleShape,
    get layers() {
      layers ??= withInitializers([
        ...inferred.slice(0, -1).map(({ networkLayer }) => networkLayer!),
        end,
        ...(head ? [head.networkLayer] : []),
      ]);
      return layers;
    },
    get operations() {
      operations ??= this.layers.flatMap((layer) => layer.operations);
      return operations;
    },
    output: head?.output ?? (end === last ? passed : outputOf(end, last)),
    outputShape: (head?.networkLayer ?? end).outputShape,
    get parameters() {
      return count('parameters');
    },
    get buffers() {
      return count('buffers');
    },
    get macs() {
      return count('macs');
    },
    get values() {
      return totalOf(tally.values) + valuesOf(head?.networkLayer.operations ?? []) - lost;
    },
    layerCount: inferred.length + (head ? 1 : 0),
    ...(head ? { head: head.networkLayer } : {}),
  };
}

interface KnownHead {
  readonly key: string;
  readonly top: unknown;
  readonly expansion: Expansion;
}

/** The heads that were made, by the layers before them: an edit further up leaves them what they are. */
const heads = new WeakMap<NetworkLayer, KnownHead>();

function implicitHead(scheme: Scheme, last: NetworkLayer, output: string, names: Names, top: unknown) {
  const head = headFor(last.outputShape, scheme.data, names);
  if (!head) return undefined;
  const key = JSON.stringify([head, scheme.data.sampleShape, output]);
  const known = heads.get(last);
  if (known?.key === key && known.top === top) return known.expansion;
  const input = { id: output, name: last.layer.name, shape: last.outputShape };
  const expansion = expandLayer(headLayer(head, input.name, top), [input], scheme.data.sampleShape, true);
  heads.set(last, { key, top, expansion });
  return expansion;
}

/** A last softmax belongs to the loss and to serving: the network gives logits. */
function withoutLossActivation(scheme: Scheme, last: NetworkLayer): NetworkLayer {
  const final = last.operations.at(-1);
  if (final?.kind !== 'activation' || !isLossActivation(final.activation, scheme.model.loss)) return last;
  const operations = last.operations.slice(0, -1);
  return { ...last, operations, ...countsOf(operations) };
}

/** The output of the last operation that is left, or what the layer takes if none is. */
function outputOf(end: NetworkLayer, last: NetworkLayer): string {
  return end.operations.at(-1)?.id ?? last.operations[0]!.inputs[0] ?? dataName;
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
