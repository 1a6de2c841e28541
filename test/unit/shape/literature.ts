import { readdirSync, readFileSync } from 'node:fs';
import { conv, dense, normalized, relu, scheme, type WrittenLayer, type WrittenScheme } from './networks';

/** Whole networks with the number of trainable parameters that the literature, or torchvision, gives for them. */
export interface PublishedNetwork {
  readonly scheme: WrittenScheme;
  readonly parameters?: number;
}

const fixtures = 'test/fixtures/networks';

/** Written as schemes; without a number, it is PyTorch alone that they are compared with. */
const published: Readonly<Record<string, number | undefined>> = {
  bilstm_text: undefined,
  /** LeCun et al. 1998, as it is taught today. */
  lenet5: 61_706,
  /** Howard et al. 2017; Keras' count. */
  mobilenet_v1: 4_231_976,
  /** He et al. 2016; torchvision's counts. */
  resnet18: 11_689_512,
  resnet50: 25_557_032,
  small_vision_transformer: undefined,
  /** Ronneberger et al. 2015: the contracting path, then a head to have an end. */
  unet_encoder: undefined,
  /** Simonyan and Zisserman 2015, configuration D. */
  vgg16: 138_357_544,
};

const input = [224, 224, 3];
const pool = { maxpooling: { pooling_size: [3, 3], pooling_stride: [2, 2] } };

/** Krizhevsky 2014, "One weird trick"; torchvision's. */
const alexnet = scheme(input, 1000, [
  conv(11, 64, { stride: 4, padding: 2, ...relu, ...pool }),
  conv(5, 192, { padding: 2, ...relu, ...pool }),
  conv(3, 384, relu),
  conv(3, 256, relu),
  conv(3, 256, { ...relu, ...pool, dropout: 0.5 }),
  dense(4096, { ...relu, dropout: 0.5 }),
  dense(4096, relu),
  dense(1000),
]);

const vgg = (depths: readonly number[]) =>
  scheme(input, 1000, [
    ...[64, 128, 256, 512, 512].flatMap((channels, stage) => [
      { type: 'block', network: [conv(3, channels, relu)], repeat: depths[stage] },
      { type: 'maxpooling', pooling_size: 2 },
    ]),
    dense(4096, { ...relu, dropout: 0.5 }),
    dense(4096, { ...relu, dropout: 0.5 }),
    dense(1000),
  ]);

const stem = conv(7, 64, {
  stride: 2,
  padding: 3,
  ...normalized,
  ...relu,
  maxpooling: { pooling_size: 3, pooling_stride: 2, padding: 1 },
});

function basic(channels: number, stride: number): WrittenLayer[] {
  return [
    conv(3, channels, { stride, padding: 1, ...normalized, ...relu }),
    conv(3, channels, { padding: 1, ...normalized }),
  ];
}

/** `width`: inner channels for 64 outer ones' quarter; `groups` as in Xie et al. 2017. */
const bottleneck =
  (width = 1, groups = 1) =>
  (channels: number, stride: number): WrittenLayer[] => [
    conv(1, channels * width, { ...normalized, ...relu }),
    conv(3, channels * width, { stride, padding: 1, groups, ...normalized, ...relu }),
    conv(1, 4 * channels, normalized),
  ];

function resnet(depths: readonly number[], inner: (channels: number, stride: number) => WrittenLayer[]): WrittenScheme {
  const block = (network: WrittenLayer[], repeat: number) => ({
    type: 'block',
    network,
    repeat,
    shortcut: 'projection',
    ...relu,
  });
  const stages = [64, 128, 256, 512].flatMap((channels, stage) => {
    const depth = depths[stage]!;
    if (stage === 0) return [block(inner(channels, 1), depth)];
    return [block(inner(channels, 2), 1), block(inner(channels, 1), depth - 1)];
  });
  return scheme(input, 1000, [stem, ...stages, { type: 'global_average_pooling' }, dense(1000)]);
}

/** Iandola et al. 2016, version 1.1. */
const squeezenet = scheme(input, 1000, [
  conv(3, 64, { stride: 2, padding: 'valid', ...relu, ...pool }),
  ...fire('a', 16, 64),
  ...fire('b', 16, 64),
  { type: 'maxpooling', pooling_size: 3, pooling_stride: 2 },
  ...fire('c', 32, 128),
  ...fire('d', 32, 128),
  { type: 'maxpooling', pooling_size: 3, pooling_stride: 2 },
  ...[48, 48, 64, 64].flatMap((squeeze, index) => fire(`e${index}`, squeeze, 4 * squeeze)),
  { type: 'dropout', rate: 0.5 },
  conv(1, 1000, relu),
  { type: 'global_average_pooling' },
]);

function fire(name: string, squeeze: number, expand: number): WrittenLayer[] {
  return [
    conv(1, squeeze, { name, ...relu }),
    conv(1, expand, { name: `${name}_1`, input: name, ...relu }),
    conv(3, expand, { name: `${name}_3`, input: name, ...relu }),
    { type: 'concatenate', inputs: [`${name}_1`, `${name}_3`] },
  ];
}

/** Huang et al. 2017: each layer takes all before it. */
function densenet(growth: number, depths: readonly number[]): WrittenScheme {
  const network: WrittenLayer[] = [{ ...stem, name: 'stem' }];
  let [last, channels] = ['stem', 64];
  depths.forEach((depth, stage) => {
    for (let index = 0; index < depth; index++) {
      const name = `${stage}_${index}`;
      network.push(
        { type: 'batch_normalization', input: last },
        { type: 'activation', ...relu },
        conv(1, 4 * growth, { ...normalized, ...relu }),
        conv(3, growth, { name: `${name}_new`, use_bias: false }),
        { type: 'concatenate', name, inputs: [last, `${name}_new`] },
      );
      last = name;
      channels += growth;
    }
    network.push({ type: 'batch_normalization' }, { type: 'activation', name: `${stage}_end`, ...relu });
    if (stage === depths.length - 1) return;
    channels /= 2;
    last = `${stage}_pool`;
    network.push(conv(1, channels, { use_bias: false }), { type: 'average_pooling', name: last, pooling_size: 2 });
  });
  return scheme(input, 1000, [...network, { type: 'global_average_pooling' }, dense(1000)]);
}

/** Ronneberger et al. 2015 with padding, as most write it today. */
const unet = scheme([96, 96, 1], 96 * 96, [
  ...[64, 128, 256, 512].flatMap((channels, level) => [
    { ...twice(channels), name: `down_${level}` },
    { type: 'maxpooling', pooling_size: 2 },
  ]),
  twice(1024),
  ...[512, 256, 128, 64].flatMap((channels, index) => [
    { type: 'conv2d_transpose_set', name: `up_${index}`, kernel: 2, channel: channels, stride: 2 },
    { type: 'concatenate', inputs: [`down_${3 - index}`, `up_${index}`] },
    twice(channels),
  ]),
  conv(1, 1),
  { type: 'flatten' },
]);

function twice(channels: number): WrittenLayer {
  return { type: 'block', network: [conv(3, channels, relu)], repeat: 2 };
}

export const literature: Readonly<Record<string, PublishedNetwork>> = {
  ...Object.fromEntries(
    Object.entries(published).map(([name, parameters]) => [name, { scheme: read(name), parameters }]),
  ),
  AlexNet: { scheme: alexnet, parameters: 61_100_840 },
  'VGG-11': { scheme: vgg([1, 1, 2, 2, 2]), parameters: 132_863_336 },
  'VGG-19': { scheme: vgg([2, 2, 4, 4, 4]), parameters: 143_667_240 },
  'ResNet-34': { scheme: resnet([3, 4, 6, 3], basic), parameters: 21_797_672 },
  'ResNet-101': { scheme: resnet([3, 4, 23, 3], bottleneck()), parameters: 44_549_160 },
  'ResNet-152': { scheme: resnet([3, 8, 36, 3], bottleneck()), parameters: 60_192_808 },
  'ResNeXt-50 32x4d': { scheme: resnet([3, 4, 6, 3], bottleneck(2, 32)), parameters: 25_028_904 },
  'Wide ResNet-50-2': { scheme: resnet([3, 4, 6, 3], bottleneck(2)), parameters: 68_883_240 },
  'SqueezeNet 1.1': { scheme: squeezenet, parameters: 1_235_496 },
  'DenseNet-121': { scheme: densenet(32, [6, 12, 24, 16]), parameters: 7_978_856 },
  'U-Net': { scheme: unet },
};

function read(name: string): WrittenScheme {
  return JSON.parse(readFileSync(`${fixtures}/${name}.model_scheme.json`, 'utf8')) as WrittenScheme;
}

/** Names of the files, so that none is forgotten. */
export function fixtureNames(): string[] {
  return readdirSync(fixtures).map((file) => file.replace('.model_scheme.json', ''));
}

export const fixtureNetworks: readonly string[] = Object.keys(published);
