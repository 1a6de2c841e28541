import assert from 'node:assert/strict';
import { compileTraining } from '../../../core/compile/training';
import { initialWeights } from '../../../core/compile/weights';
import type { OptimizerType } from '../../../core/scheme/types';
import { describeWithPython } from '../../support/python';
import { checkModels } from './checkModels';
import { NetworkBuilder } from './networkBuilder';
import { makeCase } from './reference';
import { trainSteps } from './runtime';

/** A branch with weights, statistics and dropout that leads nowhere, beside the one that the loss sees. */
function branched(type: OptimizerType) {
  const builder = new NetworkBuilder([4, 4, 2]);
  builder.convolution({ kernel: [3, 3], channels: 3 });
  builder.batchNormalization();
  builder.dropout(0.5);
  builder.flatten('data');
  builder.dense(3);
  return builder.network({ optimizer: { type, weightDecay: 0.1 } });
}

const isUnused = (name: string) => name.startsWith('layer_1/') || name.startsWith('layer_2/');

describe('weights of a layer whose output nobody uses', () => {
  for (const type of ['adam', 'adamw', 'sgd', 'momentum'] as const) {
    it(`stay as they are, without weight decay: ${type}`, async () => {
      const network = branched(type);
      const weights = initialWeights(network, 7);
      const { batches } = makeCase(type, network, [4, 4]);
      const graph = compileTraining(network);
      const used = batches.map(({ size, feeds: { input, target } }) => ({ size, feeds: { input, target } }));
      const { state } = await trainSteps(graph, weights, used, 0.05);
      assert.deepEqual(graph.masks, []);
      assert.deepEqual(graph.gradients.map(({ parameter }) => parameter).filter(isUnused), []);
      for (const { name, kind } of graph.state) {
        if (kind === 'slot') continue;
        const isSame = state.get(name)!.every((value, index) => value === weights.get(name)![index]);
        assert.equal(isSame, isUnused(name), name);
      }
    });
  }
});

describeWithPython('The onnx package accepts a training graph with such a layer', (python) => {
  it('for its form', () => {
    const models = new Map([['branched', compileTraining(branched('adam')).model]]);
    assert.deepEqual(checkModels(python, models), []);
  });
});
