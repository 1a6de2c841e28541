import fc from 'fast-check';

/**
 * Schemes as nobody should write them: names twice, circles, blocks in blocks, sizes beyond all bounds, in every layout. Right
 * often enough that all that is known of a network is asked for.
 */

const names = fc.constantFrom(
  'first',
  'sum',
  'later',
  '층 🎉',
  'first.1',
  'a/b "c"\\',
  'dropout_2',
  'block_1',
  'd',
  'e',
  'f',
  '\ud83d',
  '__proto__',
  'data',
);

const often = <T>(value: T, other: fc.Arbitrary<T>, weight = 5): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, other);

/** A number as text: also one that JSON knows and JavaScript does not. */
class Literal {
  constructor(readonly text: string) {}
}

const extremes = fc
  .constantFrom(
    '0',
    '-0',
    '-1',
    '1.5',
    '3',
    '17',
    '1000',
    '2147483647',
    '2147483648',
    '1e21',
    '1e999',
    '-1e-400',
    '007',
  )
  .map((text) => new Literal(text));

type Values = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Layers whose settings are all allowed, or nearly all. */
function layersOf(isWild: boolean): fc.Arbitrary<unknown> {
  const wild = (right: fc.Arbitrary<unknown>, wrong: fc.Arbitrary<unknown>) =>
    isWild ? fc.oneof({ weight: 3, arbitrary: right }, wrong) : right;
  const size = wild(fc.constantFrom(1, 2, 4), extremes);
  const sizes = wild(size, fc.array(size, { maxLength: 3 }));
  const share = wild(fc.constantFrom(0, 0.2, 0.6), extremes);
  const truth = wild(fc.constantFrom<unknown>(true, false, 'true', 'false'), fc.constantFrom('yes', null));
  const activation = wild(
    fc.constantFrom<unknown>('relu', 'softmax', 'linear', 'swish', { type: 'leaky_relu', alpha: 0.2 }),
    fc.constantFrom<unknown>('rleu', { type: 'elu', alhpa: 1 }, null),
  );
  const tail: Values = {
    activation,
    batch_normalization: fc.oneof(truth, fc.constant({ epsilon: 1e-5, momentum: 0.9 })),
    dropout: share,
    maxpooling: fc.record({ pooling_size: sizes, pooling_stride: sizes }, { requiredKeys: ['pooling_size'] }),
  };
  const padding = wild(fc.constantFrom<unknown>('same', 'valid', 1), fc.constantFrom<unknown>('sam', [[1]]));
  const window: Values = { stride: sizes, padding, use_bias: truth, ...tail };
  const list = fc.array(names, { minLength: isWild ? 0 : 2, maxLength: 3 });
  const types: Readonly<Record<string, readonly [required: Values, optional: Values]>> = {
    conv2d_set: [
      { channel: size, kernel: sizes },
      { ...window, groups: size, dilation: sizes },
    ],
    conv1d_set: [{ channel: size, kernel: size }, tail],
    depthwise_conv2d_set: [{ kernel: sizes }, { multiplier: size, ...window }],
    dense_set: [{ unit: size }, { use_bias: truth, activation, dropout: share }],
    lstm_set: [{ unit: size }, { bidirectional: truth, return_sequences: truth, dropout: share }],
    embedding_set: [{ dimension: size }, { dropout: share }],
    attention_set: [{ heads: size }, { key_dimension: size }],
    transformer_set: [
      { heads: size, feed_forward: size },
      { repeat: size, dropout: share },
    ],
    maxpooling: [{ pooling_size: sizes }, { pooling_stride: sizes, padding: fc.constantFrom('same', 'valid') }],
    global_average_pooling: [{}, {}],
    flatten: [{}, {}],
    batch_normalization: [{}, { epsilon: share, momentum: share }],
    group_normalization: [{}, { groups: size }],
    activation: [{ activation }, {}],
    dropout: [{ rate: share }, {}],
    reshape: [{ shape: fc.array(size, { maxLength: 4 }) }, {}],
    permute: [{ order: fc.shuffledSubarray([0, 1, 2]) }, {}],
    upsampling2d: [{}, { size: sizes }],
    add: [{ inputs: list }, {}],
    concatenate: [{ inputs: list }, { axis: size }],
    ...(isWild ? { Conv2D: [{ filters: size }, { kernel_size: sizes, note: truth }] } : {}),
  };
  // Those that fit nearly everything are drawn more often.
  const common = ['conv2d_set', 'batch_normalization', 'activation', 'dropout', 'dense_set', 'add'];
  const named: Values = { name: names, ...(isWild ? { input: names } : {}) };
  const plain = fc.constantFrom(...Object.keys(types), ...common, ...common).chain((type) => {
    const [required, optional] = types[type]!;
    return fc
      .uniqueArray(fc.constantFrom(...Object.entries({ ...named, ...optional })), { maxLength: isWild ? 9 : 3 })
      .chain((some) => fc.record({ type: fc.constant(type), ...required, ...Object.fromEntries(some) }));
  });
  const nonsense = fc.constantFrom<unknown>({}, 3, null, 'conv', [], { type: 7 }, { name: 'first' });
  const block = (inner: fc.Arbitrary<unknown>) =>
    fc.record(
      {
        type: fc.constant('block'),
        network: fc.array(inner, { minLength: 1, maxLength: 4 }),
        name: names,
        repeat: wild(fc.constantFrom(1, 2, 3), extremes),
        shortcut: wild(fc.constantFrom('identity', 'projection', 'none'), fc.constant('identiy')),
        activation,
      },
      { requiredKeys: ['type', 'network'] },
    );
  const { layer } = fc.letrec<{ layer: unknown }>((tie) => ({
    layer: fc.oneof(
      { maxDepth: 3 },
      { weight: 12, arbitrary: plain },
      { weight: 3, arbitrary: block(tie('layer')) },
      { weight: 1, arbitrary: isWild ? nonsense : plain },
    ),
  }));
  return layer;
}

const [mild, wild] = [layersOf(false), layersOf(true)];

interface Plan {
  readonly layer: object;
  readonly title?: string;
  /** Takes an earlier layer: counted back from this one. */
  readonly back?: number;
  readonly inner?: readonly Plan[];
}

const settings = fc.constantFrom<object>(
  { type: 'conv2d_set', channel: 4, kernel: 3 },
  { type: 'conv2d_set', channel: 4, kernel: [1, 1], batch_normalization: 'true', activation: 'relu', dropout: 0.6 },
  { type: 'conv2d_set', channel: 4, kernel: 3, use_bias: true, padding: 'same' },
  { type: 'depthwise_conv2d_set', kernel: 3, dilation: 2 },
  { type: 'batch_normalization' },
  { type: 'dropout', rate: 0.5 },
  { type: 'activation', activation: { type: 'leaky_relu', alpha: 0.3 } },
  { type: 'add', inputs: [] },
  { type: 'maxpooling', pooling_size: 3, pooling_stride: 1, padding: 'same' },
);

const titles = fc.constantFrom(undefined, undefined, '층 🎉', 'a/b "c"\\', 'dropout_2', 'e', '\ud83d', '__proto__');

/** Layers that all make what they take, so that any of them can be named by a later one; in blocks, too. */
const { plans } = fc.letrec<{ plans: readonly Plan[]; plan: Plan }>((tie) => ({
  plans: fc.array(tie('plan'), { minLength: 1, maxLength: 4 }),
  plan: fc.record(
    {
      layer: settings,
      title: titles,
      back: fc.integer({ min: 1, max: 3 }),
      inner: fc.option(tie('plans'), { maxDepth: 3, freq: 2, nil: undefined }),
    },
    { requiredKeys: ['layer', 'title', 'inner'] },
  ),
}));

function fitting(all: readonly Plan[], block: object = {}): object[] {
  const known = ['data'];
  return all.map(({ layer, title, back, inner }, index) => {
    const name = title !== undefined && !known.includes(title) ? { name: title } : {};
    const type = inner === undefined ? (layer as { type: string }).type : 'block';
    const earlier = known[Math.max(0, known.length - (back ?? 1))]!;
    known.push(title ?? `${type}_${index + 1}`);
    if (inner !== undefined) return { ...name, type, ...block, network: fitting(inner, block) };
    if (type === 'add') return { ...name, type, inputs: [earlier, known.at(-2)!] };
    return { ...name, ...layer, ...(back === undefined ? {} : { input: earlier }) };
  });
}

const fittingNetwork = fc
  .tuple(
    plans,
    plans,
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(
      {},
      { repeat: 2 },
      { repeat: 3, shortcut: 'identity' },
      { shortcut: 'projection', activation: 'relu' },
    ),
  )
  .map(([first, round, times, block]) =>
    fitting([...first, ...Array<readonly Plan[]>(times).fill(round).flat()], block),
  );

/** Among others, rounds of the same layers: they can be extracted into a block. */
const randomNetwork = fc.constantFrom(mild, mild, mild, wild).chain((layer) => {
  const round = fc.array(layer, { minLength: 1, maxLength: 2 });
  const rounds = fc.tuple(round, fc.integer({ min: 2, max: 3 })).map(([one, times]) => Array(times).fill(one).flat());
  const some = fc.array(fc.oneof({ weight: 4, arbitrary: layer.map((one) => [one]) }, rounds), { maxLength: 5 });
  return some.map((layers) => layers.flat());
});

const data = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom<unknown>(
      { image_size: [8, 8, 4], label_dim: 2 },
      { image_size: [4, 4, 1], label_dim: 2, label_type: 'regression', batch_size: 4096 },
      { input_size: [9, 2], label_dim: 4, label_type: 'multi_label' },
      { input_size: [6], vocabulary: 10, label_dim: 2 },
      { input_size: [4], label_dim: 4 },
    ),
  },
  fc.record({ image_size: fc.array(extremes, { maxLength: 4 }), label_dim: extremes, normalise: fc.constant(true) }),
);

const training = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<object>({}, { optimizer: { type: 'momentum', momentum: 0.9 }, seed: 3 }) },
  fc.record(
    {
      learning_rate: extremes,
      iteration: extremes,
      optimizer: fc.constantFrom<unknown>('sdg', { type: 'adm' }, 'sgd_optimizer'),
      loss: fc.constantFrom('cross_entropy', 'mean_squared_error', 'hubr'),
    },
    { requiredKeys: [] },
  ),
);

type Layout = 'line' | 'lines' | 'wide';

/** The schemes, as text. */
export const randomSchemes: fc.Arbitrary<string> = fc
  .record({
    content: fc.oneof(
      fc.record({ data: fc.constant<unknown>({ image_size: [8, 8, 4], label_dim: 2 }), network: fittingNetwork }),
      fc.record({ data, network: randomNetwork }),
    ),
    training,
    layout: fc.constantFrom<Layout>('line', 'lines', 'wide'),
    breaks: often('\n', fc.constantFrom('\r\n', '\r')),
    mark: often('', fc.constant('\ufeff'), 8),
    trailing: often('', fc.constantFrom(',', ' // the end', '/* not closed'), 8),
  })
  .map(({ content: { data, network }, training, layout, breaks, mark, trailing }) => {
    const text = written({ data, model: { ...training, network } }, layout, '');
    return mark + text.replace(/\]([^\]]*)$/, `${trailing}\n]$1`).replaceAll('\n', breaks);
  });

function written(value: unknown, layout: Layout, indent: string): string {
  if (value instanceof Literal) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const inner = `${indent}${layout === 'wide' ? '\t' : '  '}`;
  const isBroken = layout !== 'line' && (indent.length < 3 || (layout === 'wide' && !isList));
  const parts = isList
    ? value.map((one) => written(one, layout, inner))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${written(one, layout, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  if (isBroken) return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
  return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}
