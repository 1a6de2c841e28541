type Json = unknown;
type Layer = Readonly<Record<string, Json>>;
interface Scheme {
  readonly data: Layer;
  readonly model: { readonly network: readonly Layer[] };
}

/** A scheme with one thing changed, and what that is. */
export interface Deviation {
  readonly what: string;
  readonly scheme: Scheme;
}

/** What an inference export does not show, or what says how to train: no deviation. */
const INVISIBLE = new Set(['dropout', 'name', 'input', 'inputs', 'batch_normalization', 'momentum']);

/** Every scheme that differs from the given one in a single place: a setting, a layer left out, put in twice, or moved by one. */
export function deviationsOf(scheme: Scheme): readonly Deviation[] {
  const { network } = scheme.model;
  const changed = (what: string, layers: readonly Layer[]): Deviation => ({
    what,
    scheme: { ...scheme, model: { ...scheme.model, network: layers } },
  });
  return network.flatMap((layer, place) => {
    const before = network.slice(0, place);
    const after = network.slice(place + 1);
    const name = `${place + 1} ${layer.type}`;
    const neighbour = after[0];
    return [
      ...changesOf(layer).map(({ what, layer: other }) => changed(`${name}: ${what}`, [...before, other, ...after])),
      changed(`${name} left out`, [...before, ...after]),
      changed(`${name} twice`, [...before, layer, layer, ...after]),
      ...(neighbour ? [changed(`${name} behind the next`, [...before, neighbour, layer, ...after.slice(1)])] : []),
    ];
  });
}

interface Change {
  readonly what: string;
  readonly layer: Layer;
}

const ADDED: Readonly<Record<string, Layer>> = {
  lstm_set: { return_sequences: true, bidirectional: true },
  gru_set: { return_sequences: true, bidirectional: true },
  layer_normalization: { epsilon: 0.01 },
  group_normalization: { epsilon: 0.01 },
  conv2d_set: { activation: 'tanh', use_bias: false },
  conv1d_set: { activation: 'tanh', use_bias: false },
  dense_set: { activation: 'tanh', use_bias: false },
  transformer_set: { repeat: 2, activation: 'tanh' },
  attention_set: { key_dimension: 5 },
};

function changesOf(layer: Layer): Change[] {
  const own = Object.entries(layer).flatMap(([key, value]) =>
    key === 'type' || INVISIBLE.has(key)
      ? []
      : others(key, value).map((other) => ({ what: key, layer: { ...layer, [key]: other } })),
  );
  const added = Object.entries(ADDED[String(layer.type)] ?? {})
    .filter(([key]) => !(key in layer))
    .map(([key, value]) => ({ what: key, layer: { ...layer, [key]: value } }));
  const inner = (layer.network as readonly Layer[] | undefined)?.flatMap((nested, place, all) =>
    changesOf(nested).map(({ what, layer: other }) => ({
      what: `${place + 1} ${nested.type}: ${what}`,
      layer: { ...layer, network: all.map((each, at) => (at === place ? other : each)) },
    })),
  );
  return [...own, ...added, ...(inner ?? [])];
}

/** Other values of a setting. */
function others(key: string, value: Json): Json[] {
  if (key === 'network') return [];
  if (key === 'order') return [[...(value as number[])].reverse()];
  if (typeof value === 'number')
    return [key === 'epsilon' ? value * 10 : value + 1, ...(key === 'heads' ? [value * 2] : [])];
  if (typeof value === 'boolean') return [!value];
  if (key === 'activation') return ['relu', 'gelu', 'sigmoid'].filter((name) => name !== value);
  if (key === 'padding') return ['same', 'valid'].filter((name) => name !== value);
  if (key === 'shortcut') return ['identity', 'projection', 'none'].filter((name) => name !== value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) {
    return value.map((_, axis) => value.map((each, at) => (at === axis ? each + 1 : each)));
  }
  return [];
}
