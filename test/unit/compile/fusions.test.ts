import assert from 'node:assert/strict';
import { planSteps } from '../../../core/compile/steps';
import { compileTraining } from '../../../core/compile/training';
import type { ActivationFunction, Network } from '../../../core/shape/network';
import { describeWithPython } from '../../support/python';
import { assertClose, assertEqualsReference } from './comparison';
import { NetworkBuilder } from './networkBuilder';
import { askReference, type Case, makeCase, type Reference } from './reference';
import { trainSteps } from './runtime';

interface FusedCase {
  readonly case: Case;
  /** How many operations each step takes together, head included. */
  readonly steps: readonly number[];
}

const cases: FusedCase[] = [];
const square = [3, 3];

function add(name: string, steps: readonly number[], build: (network: NetworkBuilder) => void, inputShape = [9, 8, 2]) {
  const builder = new NetworkBuilder(inputShape);
  build(builder);
  builder.flatten();
  builder.dense(3);
  const network = builder.network({ optimizer: { type: 'sgd' } });
  cases.push({ case: makeCase(name, network, [5, 4, 3]), steps: [...steps, 1, 1] });
}

interface SetOptions {
  readonly activation?: ActivationFunction;
  readonly kernel?: readonly number[];
  readonly padding?: 'same' | 'valid' | readonly number[];
  readonly bias?: boolean;
  readonly stride?: readonly number[];
  readonly convolutionPadding?: 'same' | 'valid';
  readonly groups?: number;
}

function convolutionSet(network: NetworkBuilder, options: SetOptions = {}): void {
  const { activation = 'leaky_relu', kernel = [2, 2], padding = 'valid', bias = true } = options;
  const { stride, groups, convolutionPadding = 'same' } = options;
  network.convolution({ kernel: square, channels: 6, padding: convolutionPadding, bias, stride, groups });
  network.batchNormalization();
  if (activation !== 'linear') network.activation(activation, 0.1);
  network.pooling('max_pooling', { kernel, padding });
}

const sets: Record<string, SetOptions> = {
  'a whole set': {},
  'a set without bias': { bias: false },
  'a set without activation': { activation: 'linear' },
  'a set with elu': { activation: 'elu' },
  'a set with softplus': { activation: 'softplus' },
  'a set with same pooling': { padding: 'same' },
  'a set with wide windows': { kernel: [3, 2] },
  'a set with windows of one row': { kernel: [1, 4] },
  'a set with pads at every side': { kernel: [3, 4], padding: [1, 2, 2, 1] },
  'a set with stride': { stride: [2, 1] },
  'a valid set': { convolutionPadding: 'valid' },
  'a set with groups': { groups: 2 },
};
for (const [name, options] of Object.entries(sets)) {
  const steps = options.activation === 'linear' ? 3 : 4;
  add(`${name}, on the data`, [steps], (network) => convolutionSet(network, options));
  add(`${name}, after another`, [1, steps], (network) => {
    network.convolution({ kernel: [1, 1], channels: 4 });
    convolutionSet(network, options);
  });
}
add('a convolution with batch norm', [1, 2, 1], (network) => {
  network.convolution({ kernel: [1, 1], channels: 4 });
  network.convolution({ kernel: square, channels: 5 });
  network.batchNormalization();
  network.activation('gelu');
});
add('a convolution with batch norm on the data', [2], (network) => {
  network.convolution({ kernel: square, channels: 5, stride: [2, 2], dilation: [2, 1], padding: 'same' });
  network.batchNormalization();
});
add('more places than patches are good for', [2], (network) => {
  network.convolution({ kernel: [6, 6], channels: 5 });
  network.batchNormalization();
});
add(
  'a convolution with batch norm in one dimension',
  [2],
  (network) => {
    network.convolution({ kernel: [3], channels: 5 });
    network.batchNormalization();
  },
  [12, 3],
);
add('pooling before an activation', [1, 2], (network) => {
  network.convolution({ kernel: square, channels: 5 });
  network.activation('tanh');
  network.pooling('max_pooling', { kernel: [2, 2], padding: 'same' });
});
add('pooling alone', [1, 1], (network) => {
  network.convolution({ kernel: square, channels: 5 });
  network.pooling('max_pooling', { kernel: [2, 3] });
});

// Near misses: what looks alike and must be left to the general path.
add('an activation that is not monotonic stays before the pooling', [1, 2, 1, 1], (network) => {
  network.convolution({ kernel: [1, 1], channels: 4 });
  convolutionSet(network, { activation: 'silu' });
});
add('overlapping windows', [1, 1, 1], (network) => {
  network.convolution({ kernel: square, channels: 5 });
  network.activation('tanh');
  network.pooling('max_pooling', { kernel: [2, 2], stride: [1, 1] });
});
add('windows with gaps', [1, 1, 1], (network) => {
  network.convolution({ kernel: square, channels: 5 });
  network.activation('tanh');
  network.pooling('max_pooling', { kernel: [2, 2], stride: [3, 2] });
});
add('a convolution that another layer sees too', [1, 1, 1, 1], (network) => {
  const seen = network.convolution({ kernel: square, channels: 5 });
  const norm = network.batchNormalization();
  const relu = network.activation('relu', 0, norm);
  network.merge('add', [seen, relu]);
});

describe('operations that are trained together', () => {
  for (const { case: each, steps } of cases) {
    it(each.name, () => assert.deepEqual(stepSizes(each.network), steps));
  }

  it('end where a value is the network’s output', () => {
    const builder = new NetworkBuilder([4, 4, 2]);
    builder.convolution({ kernel: [1, 1], channels: 2 });
    const norm = builder.batchNormalization();
    const network = { ...builder.network(), output: norm };
    builder.activation('relu');
    assert.deepEqual(stepSizes(network), [2]);
  });
});

/** Steps consume operations in order: each one ends at its output. */
function stepSizes(network: Network): number[] {
  const ids = network.operations.map(({ id }) => id);
  const ends = planSteps(network, network.output, true).map(({ output }) => ids.indexOf(output));
  return ends.map((end, index) => end - (index === 0 ? -1 : ends[index - 1]));
}

describeWithPython('operations that are trained together equal PyTorch’s', (python) => {
  let references = new Map<string, Reference>();
  before(() => {
    references = askReference(
      python,
      cases.map((each) => each.case),
    );
  });
  for (const { case: each } of cases) {
    it(each.name, () => assertEqualsReference(each, references.get(each.name)!));
    it(`${each.name}, one by one`, () => assertEqualsReference(each, references.get(each.name)!, false));
  }
});

describe('equal maxima', () => {
  it('share the gradient of their window', async () => {
    const builder = new NetworkBuilder([4, 6, 1]);
    builder.convolution({ kernel: [1, 1], channels: 1, bias: false });
    builder.pooling('max_pooling', { kernel: [2, 2] });
    builder.flatten();
    builder.dense(2);
    const each = makeCase('equal', builder.network({ labelType: 'regression', loss: 'mean_squared_error' }), [8]);
    (each.batches[0].feeds.input.data as Float32Array).fill(2);
    const together = await gradients(each, true);
    const oneByOne = await gradients(each, false);
    for (const [name, gradient] of together) assertClose(name, gradient, oneByOne.get(name)!, 1e-6);
  });
});

describeWithPython('a first layer on values far from zero', (python) => {
  it('keeps its digits', async () => {
    const builder = new NetworkBuilder([6, 6, 1]);
    convolutionSet(builder, { convolutionPadding: 'valid' });
    builder.flatten();
    builder.dense(2);
    const each = makeCase('far', builder.network({ labelType: 'regression', loss: 'mean_squared_error' }), [8]);
    const values = each.batches[0].feeds.input.data as Float32Array;
    for (let index = 0; index < values.length; index++) values[index] += 1000;
    const expected = askReference(python, [each]).get('far')!;
    for (const [name, gradient] of await gradients(each, true)) {
      assertClose(name, gradient, expected.gradients.get(name)!, 2e-3);
    }
  });
});

async function gradients(each: Case, fusions: boolean): Promise<Map<string, Float32Array>> {
  const graph = compileTraining(each.network, { fusions });
  const { first } = await trainSteps(graph, each.weights, each.batches, 0.1);
  return new Map(graph.gradients.map(({ parameter, output }) => [parameter, first[output].data as Float32Array]));
}
