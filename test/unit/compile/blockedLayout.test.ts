import assert from 'node:assert/strict';
import { blockedDomain, blockSizeProbe, blockSizeProbeDims } from '../../../core/compile/blockedLayout';
import { compileEvaluation } from '../../../core/compile/evaluation';
import { compileTraining } from '../../../core/compile/training';
import type { Network } from '../../../core/shape/network';
import { assertClose } from './comparison';
import { NetworkBuilder } from './networkBuilder';
import { makeCase } from './reference';
import { floats, run, trainSteps } from './runtime';

/** What the probe answers on this machine, or 16 where the runtime has no blocked layout. */
async function blockSize(): Promise<number | undefined> {
  try {
    const { output } = await run(blockSizeProbe(), { input: floats([1, 2, 3, 4], blockSizeProbeDims) });
    return output.dims[1];
  } catch {
    return undefined;
  }
}

function depthwiseSet(builder: NetworkBuilder, channels: number, stride = [1, 1]): void {
  builder.convolution({ kernel: [3, 3], channels, groups: channels, stride, padding: 'same', bias: false });
  builder.batchNormalization();
  builder.activation('relu');
}

function pointwiseSet(builder: NetworkBuilder, channels: number): void {
  builder.convolution({ kernel: [1, 1], channels });
  builder.batchNormalization();
  builder.activation('relu6');
}

function network(first: number, second: number, build: (builder: NetworkBuilder) => void): Network {
  const builder = new NetworkBuilder([9, 8, 2]);
  builder.convolution({ kernel: [1, 1], channels: first });
  build(builder);
  builder.convolution({ kernel: [1, 1], channels: second });
  builder.flatten();
  builder.dense(3);
  return builder.network({ optimizer: { type: 'sgd' } });
}

const networks: Record<string, Network> = {
  'same padding': network(16, 4, (builder) => builder.convolution({ kernel: [3, 3], channels: 32, padding: 'same' })),
  'channels that fill no block': network(32, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 24, padding: 'same' });
  }),
  'stride, dilation and uneven pads': network(32, 4, (builder) => {
    builder.convolution({ kernel: [3, 2], channels: 32, stride: [2, 1], dilation: [1, 2], padding: [0, 2, 1, 1] });
  }),
  depthwise: network(32, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 32, groups: 32, padding: 'same' });
  }),
  'depthwise with stride': network(16, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 16, groups: 16, stride: [2, 2], padding: 'same' });
  }),
  'depthwise with stride, dilation and uneven pads': network(32, 4, (builder) => {
    builder.convolution({
      kernel: [3, 2],
      channels: 32,
      groups: 32,
      stride: [3, 2],
      dilation: [1, 2],
      padding: [0, 2, 1, 1],
    });
  }),
  'depthwise with more padding than kernel': network(16, 4, (builder) => {
    builder.convolution({ kernel: [2, 2], channels: 16, groups: 16, padding: [2, 2, 2, 2] });
  }),
  'a depthwise set': network(16, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 16, groups: 16, padding: 'same' });
    builder.batchNormalization();
    builder.activation('relu');
  }),
  'depthwise and pointwise sets in turn': network(16, 4, (builder) => {
    depthwiseSet(builder, 16);
    pointwiseSet(builder, 32);
    depthwiseSet(builder, 32, [2, 2]);
    pointwiseSet(builder, 16);
  }),
  'sets of channels that fill no block': network(16, 4, (builder) => {
    depthwiseSet(builder, 16);
    pointwiseSet(builder, 24);
    pointwiseSet(builder, 32);
  }),
  'a residual block': network(16, 4, (builder) => {
    const start = builder.convolution({ kernel: [3, 3], channels: 16, padding: 'same' });
    depthwiseSet(builder, 16);
    const end = builder.convolution({ kernel: [3, 3], channels: 16, padding: 'same' });
    builder.merge('add', [start, end]);
    builder.activation('gelu');
  }),
  'a norm before its convolution': network(16, 4, (builder) => {
    const start = builder.convolution({ kernel: [3, 3], channels: 16, padding: 'same' });
    const norm = builder.batchNormalization();
    const end = builder.convolution({ kernel: [3, 3], channels: 16, padding: 'same' });
    builder.merge('multiply', [norm, builder.activation('sigmoid', 0, end)]);
    builder.merge('add', [start, builder.activation('leaky_relu', 0.1)]);
  }),
  'a mean over all positions': network(16, 4, (builder) => {
    const start = builder.convolution({ kernel: [3, 3], channels: 32, padding: 'same' });
    builder.activation('silu');
    builder.globalPooling('global_average_pooling');
    builder.reshape([1, 1, 32]);
    builder.upsampling([9, 8]);
    builder.merge('add', [start, builder.activation('linear')]);
  }),
  'a softmax over the channels': network(16, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 32, padding: 'same' });
    builder.activation('softmax');
  }),
  'a whole set': network(16, 4, (builder) => {
    builder.convolution({ kernel: [3, 3], channels: 32, padding: 'same' });
    builder.batchNormalization();
    builder.activation('relu');
    builder.pooling('max_pooling', { kernel: [2, 2] });
  }),
};

function blockedConvolutions(each: Network, size?: number): number {
  const { nodes } = compileTraining(each, { blockSize: size }).model.graph;
  return nodes.filter(({ domain, opType }) => domain === blockedDomain && opType === 'Conv').length;
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe('convolutions in blocks of channels', () => {
  for (const [name, each] of Object.entries(networks)) {
    it(`train as they do without: ${name}`, async function () {
      const size = await blockSize();
      if (size === undefined) return this.skip();
      assert.ok(blockedConvolutions(each, size) > 0);
      const { weights, batches } = makeCase(name, each, [4, 3]);
      const [plain, blocked] = await Promise.all(
        [undefined, size].map((use) => trainSteps(compileTraining(each, { blockSize: use }), weights, batches, 0.05)),
      );
      for (const [output, value] of Object.entries(plain.first)) {
        assertClose(output, blocked.first[output].data, value.data as Float32Array, 1e-4);
      }
    });
  }

  it('follow each other without a way there and back between them', () => {
    const builder = new NetworkBuilder([9, 8, 16]);
    depthwiseSet(builder, 16);
    pointwiseSet(builder, 32);
    depthwiseSet(builder, 32);
    builder.globalPooling('global_average_pooling');
    builder.dense(3);
    const { nodes } = compileTraining(builder.network(), { blockSize: 16 }).model.graph;
    const ways = nodes.filter(({ opType }) => opType.startsWith('Reorder'));
    // There: the data, and the depthwise kernels, the second also turned round. Back: their gradients, and what the pointwise
    // kernel's gradient is the product of.
    assert.deepEqual(count(ways.map(({ opType }) => opType)), { ReorderInput: 4, ReorderOutput: 4 });
  });

  it('are left alone where the runtime has no blocks, or the channels do not fill one', () => {
    assert.equal(blockedConvolutions(networks['same padding']), 0);
    assert.equal(blockedConvolutions(networks['same padding'], 128), 0);
  });

  it('are left alone with kernels of one element and with groups', () => {
    const each = network(32, 32, (builder) => builder.convolution({ kernel: [3, 3], channels: 32, groups: 2 }));
    assert.equal(blockedConvolutions(each, 16), 0);
  });

  it('are in evaluation graphs too', () => {
    const { nodes } = compileEvaluation(networks['same padding'], { blockSize: 16 }).model.graph;
    assert.ok(nodes.some(({ domain }) => domain === blockedDomain));
  });
});
