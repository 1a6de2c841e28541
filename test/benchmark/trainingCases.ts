export interface TrainingCase {
  /** Also the network's name in `test/python/training_benchmark.py`. */
  readonly name: string;
  /** The sample's by default. */
  readonly scheme?: string;
  readonly batch: number;
}

const normalized = { use_bias: false, batch_normalization: true, activation: 'relu' } as const;

/** One network of each kind that people train on a laptop. All of them learn with Adam and cross entropy. */
export const trainingCases: readonly TrainingCase[] = [
  { name: 'sample', batch: 500 },
  { name: 'sample', batch: 64 },
  {
    name: 'depthwise',
    batch: 64,
    scheme: scheme({ image_size: [32, 32, 3] }, [
      conv(32, { stride: 1 }),
      ...[64, 128, 128, 256, 256].flatMap((channel, index) => [
        { type: 'depthwise_conv2d_set', kernel: [3, 3], stride: 1 + (index % 2), ...normalized },
        conv(channel, { kernel: [1, 1] }),
      ]),
      { type: 'global_average_pooling' },
      { type: 'dense_set', unit: 10 },
    ]),
  },
  {
    name: 'resnet18',
    batch: 32,
    scheme: scheme({ image_size: [64, 64, 3] }, [
      conv(64, { kernel: [7, 7], stride: 2 }),
      { type: 'maxpooling', pooling_size: 3, pooling_stride: 2, padding: [1, 1] },
      ...[64, 128, 256, 512].flatMap((channel, stage) => [
        residual(channel, stage === 0 ? 1 : 2),
        residual(channel, 1),
      ]),
      { type: 'global_average_pooling' },
      { type: 'dense_set', unit: 10 },
    ]),
  },
  {
    name: 'lstm',
    batch: 64,
    scheme: scheme({ input_size: [100], vocabulary: 10000 }, [
      { type: 'embedding_set', dimension: 128 },
      { type: 'lstm_set', unit: 128 },
      { type: 'dense_set', unit: 10 },
    ]),
  },
  {
    name: 'transformer',
    batch: 32,
    scheme: scheme({ input_size: [128], vocabulary: 10000 }, [
      { type: 'embedding_set', dimension: 128 },
      { type: 'transformer_set', heads: 4, feed_forward: 512, repeat: 4 },
      { type: 'layer_normalization' },
      { type: 'global_average_pooling' },
      { type: 'dense_set', unit: 10 },
    ]),
  },
  {
    name: 'dense',
    batch: 128,
    scheme: scheme({ input_size: [1024] }, [
      { type: 'dense_set', unit: 3072, activation: 'relu' },
      { type: 'dense_set', unit: 3072, activation: 'relu' },
      { type: 'dense_set', unit: 2304, activation: 'relu' },
      { type: 'dense_set', unit: 10 },
    ]),
  },
];

function conv(channel: number, keys: Record<string, unknown>): Record<string, unknown> {
  return { type: 'conv2d_set', kernel: [3, 3], channel, ...normalized, ...keys };
}

function residual(channel: number, stride: number): Record<string, unknown> {
  const network = [conv(channel, { stride }), conv(channel, { activation: 'linear' })];
  return { type: 'block', network, shortcut: 'projection', activation: 'relu' };
}

function scheme(data: Record<string, unknown>, network: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ data: { ...data, label_dim: 10 }, model: { optimizer: 'adam', network } });
}
