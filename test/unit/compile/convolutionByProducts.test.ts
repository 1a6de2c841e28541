import assert from 'node:assert/strict';
import { compileTraining } from '../../../core/compile/training';
import type { Network } from '../../../core/shape/network';
import { assertClose } from './comparison';
import { NetworkBuilder } from './networkBuilder';
import { makeCase } from './reference';
import { trainSteps } from './runtime';

const positions = 9;

/** A convolution of 3 x 3 positions, or of nine in a row, between a trained layer and the head. */
function network(build: (builder: NetworkBuilder) => void, inputShape: readonly number[] = [3, 3, 2]): Network {
  const builder = new NetworkBuilder(inputShape);
  builder.convolution({ kernel: inputShape.slice(1).map(() => 1), channels: 4 });
  build(builder);
  builder.flatten();
  builder.dense(3);
  return builder.network({ optimizer: { type: 'sgd' } });
}

const networks: Record<string, Network> = {
  'same padding': network((builder) => builder.convolution({ kernel: [3, 3], channels: 40, padding: 'same' })),
  'stride, dilation and uneven pads': network((builder) => {
    builder.convolution({ kernel: [2, 3], channels: 40, stride: [2, 1], dilation: [1, 2], padding: [1, 2, 0, 1] });
  }),
  'windows that leave positions out': network((builder) => {
    builder.convolution({ kernel: [1, 1], channels: 40, stride: [2, 2] });
  }),
  'without a bias, normalized': network((builder) => {
    builder.convolution({ kernel: [3, 3], channels: 40, bias: false, padding: 'same' });
    builder.batchNormalization();
    builder.activation('relu');
  }),
  'of one position each': network((builder) => builder.convolution({ kernel: [1, 1], channels: 16 * positions })),
  'of a series': network((builder) => builder.convolution({ kernel: [3], channels: 40, padding: 'same' }), [9, 2]),
};

/** How many convolutions of the forward part and their gradients are left to ONNX Runtime's Conv. */
function convolutions(each: Network, blockSize?: number): number {
  const { nodes } = compileTraining(each, { blockSize }).model.graph;
  return nodes.filter(({ opType }) => opType === 'Conv' || opType === 'ConvTranspose').length;
}

describe('convolutions of few positions and many channels', () => {
  for (const [name, each] of Object.entries(networks)) {
    it(`train as products of matrices as they do without: ${name}`, async () => {
      assert.ok(convolutions(each, 16) < convolutions(each));
      const { weights, batches } = makeCase(name, each, [4, 3]);
      const [plain, products] = await Promise.all(
        [undefined, 16].map((use) => trainSteps(compileTraining(each, { blockSize: use }), weights, batches, 0.05)),
      );
      for (const [output, value] of Object.entries(plain.first)) {
        assertClose(output, products.first[output].data, value.data as Float32Array, 1e-4);
      }
    });
  }

  it('stay convolutions with groups, with too few channels, and where the runtime has no blocks', () => {
    const grouped = network((builder) => builder.convolution({ kernel: [3, 3], channels: 40, groups: 4 }));
    const few = network((builder) => builder.convolution({ kernel: [3, 3], channels: 4 * positions - 1 }));
    const fewPointwise = network((builder) => builder.convolution({ kernel: [1, 1], channels: 16 * positions - 1 }));
    for (const each of [grouped, few, fewPointwise]) assert.equal(convolutions(each, 64), convolutions(each));
  });
});
