import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-node';
import { compileEvaluation } from '../../../core/compile/evaluation';
import { compileInference, isSupportedOpset, supportedOpsets } from '../../../core/compile/inference';
import { compileTraining } from '../../../core/compile/training';
import { initialWeights } from '../../../core/compile/weights';
import type { OnnxModel } from '../../../core/onnx/model';
import { describeWithPython } from '../../support/python';
import { checkModels } from './checkModels';
import { assertClose } from './comparison';
import { everyOperation, everySequenceOperation } from './everyOperation';
import { NetworkBuilder } from './networkBuilder';
import { floats, run } from './runtime';

const opsets = Array.from(
  { length: supportedOpsets.last - supportedOpsets.first + 1 },
  (_, index) => supportedOpsets.first + index,
);

function compiled(network = everyOperation(), options: Parameters<typeof compileInference>[2] = {}): OnnxModel {
  return compileInference(network, initialWeights(network, 1), options);
}

function operators({ graph }: OnnxModel): string[] {
  return graph.nodes.map(({ opType }) => opType);
}

describe('the intended graph', () => {
  it('names each operation’s node by its id and says which layer it is of', () => {
    const network = everyOperation();
    const { graph } = compiled(network);
    const named = new Map(graph.nodes.map((node) => [node.name, node]));
    const nodeless = new Set(['dropout', 'activation linear']);
    for (const operation of network.operations) {
      const kind = operation.kind === 'activation' ? `activation ${operation.activation}` : operation.kind;
      const node = named.get(operation.id);
      assert.equal(node === undefined, nodeless.has(kind) || nodeless.has(operation.kind), operation.id);
      if (node) {
        const metadata = [
          ['matchdown.layer', operation.layer],
          ['matchdown.operation', operation.kind],
        ];
        assert.deepEqual([...(node.metadata ?? [])], metadata);
      }
    }
  });

  it('keeps batch norm and leaves out dropout', () => {
    const all = operators(compiled());
    assert.equal(all.filter((operator) => operator === 'BatchNormalization').length, 2);
    assert.ok(!all.includes('Dropout'));
  });

  it('has a dynamic batch, one input and one output', () => {
    const { graph, metadata } = compiled(undefined, { metadata: new Map([['matchdown.run', 'r1']]) });
    assert.deepEqual(graph.inputs, [{ name: 'input', dataType: 1, shape: ['batch', 3, 12, 10] }]);
    assert.deepEqual(graph.outputs, [{ name: 'output', dataType: 1, shape: ['batch', 4] }]);
    assert.equal(metadata.get('matchdown.run'), 'r1');
  });

  it('computes the same in every opset', async () => {
    const values = Float32Array.from({ length: 2 * 360 }, (_, index) => Math.sin(index));
    const outputs = await Promise.all(
      opsets.map(
        async (opset) => (await run(compiled(undefined, { opset }), { input: floats(values, [2, 3, 12, 10]) })).output,
      ),
    );
    for (const [index, output] of outputs.entries()) {
      assertClose(`opset ${opsets[index]}`, output.data, outputs[0].data as Float32Array, 1e-5);
    }
  });

  it('computes the same in every opset, on sequences', async () => {
    const network = everySequenceOperation();
    const ids = BigInt64Array.from([0n, 5n, 10n, 3n, 3n, 1n, 7n, 7n, 2n, 9n, 4n, 0n]);
    const input = new Tensor('int64', ids, [2, 6]);
    const outputs = await Promise.all(opsets.map((opset) => run(compiled(network, { opset }), { input })));
    for (const [index, { output }] of outputs.entries()) {
      assertClose(`opset ${opsets[index]}`, output.data, outputs[0].output.data as Float32Array, 1e-5);
    }
  });

  it('uses an operator of its own for gelu and hard swish as soon as there is one', () => {
    assert.ok(!operators(compiled(undefined, { opset: 19 })).includes('Gelu'));
    assert.ok(operators(compiled(undefined, { opset: 20 })).includes('Gelu'));
    assert.ok(!operators(compiled(undefined, { opset: 13 })).includes('HardSwish'));
    assert.ok(operators(compiled(undefined, { opset: 14 })).includes('HardSwish'));
  });

  it('is not made for an opset that we cannot write', () => {
    for (const opset of [12, 22, 17.5]) {
      assert.equal(isSupportedOpset(opset), false);
      assert.throws(() => compiled(undefined, { opset }), RangeError);
    }
    assert.ok(opsets.every(isSupportedOpset));
  });

  it('gives the output its name where the last operations have no node', async () => {
    const builder = new NetworkBuilder([3]);
    builder.dense(2);
    builder.activation('linear');
    builder.flatten();
    builder.dropout(0.5);
    const { graph } = compiled(builder.network());
    assert.deepEqual(
      graph.nodes.map(({ name, outputs }) => [name, ...outputs]),
      [['layer_1/dense', 'output']],
    );
  });

  it('passes the data on where no operation has a node', async () => {
    const builder = new NetworkBuilder([3]);
    builder.dropout(0.5);
    const { output } = await run(compiled(builder.network()), { input: floats([1, 2, 3], [1, 3]) });
    assert.deepEqual([...(output.data as Float32Array)], [1, 2, 3]);
  });

  it('is not made without all weights', () => {
    assert.throws(() => compileInference(everyOperation(), new Map()), /There are no values for layer_1\/convolution/);
  });
});

describe('normalisation in front of the graph', () => {
  const builder = new NetworkBuilder([2, 1, 2]);
  builder.flatten();
  const network = builder.network();
  const input = floats([1, 3, 10, 20], [1, 2, 2, 1]);
  const normalized = async (normalization: NonNullable<Parameters<typeof compileInference>[2]>['normalization']) => {
    const { output } = await run(compileInference(network, new Map(), { normalization }), { input });
    return [...(output.data as Float32Array)];
  };

  it('moves the least value to 0 and the greatest to 1', async () => {
    assert.deepEqual(
      await normalized({ kind: 'min_max', minimum: 1, maximum: 21 }),
      [0, 0.1, 0.45, 0.95].map(Math.fround),
    );
  });

  it('makes a constant data set 0', async () => {
    assert.deepEqual(await normalized({ kind: 'min_max', minimum: 1, maximum: 1 }), [0, 2, 9, 19]);
  });

  it('has a mean and a deviation for each channel', async () => {
    assert.deepEqual(await normalized({ kind: 'z_score', mean: [2, 10], deviation: [2, 5] }), [-0.5, 0.5, 0, 2]);
  });

  it('leaves a channel without deviation undivided', async () => {
    assert.deepEqual(await normalized({ kind: 'z_score', mean: [2, 10], deviation: [0, 5] }), [-1, 1, 0, 2]);
  });

  it('is absent where there is none', async () => {
    assert.deepEqual(await normalized({ kind: 'none' }), [1, 3, 10, 20]);
  });
});

describeWithPython('the onnx package accepts', (python) => {
  const normalization = { kind: 'z_score', mean: [1, 2, 3], deviation: [1, 2, 3] } as const;

  it('the intended graph in every opset', () => {
    const sequences = everySequenceOperation();
    const models = opsets.flatMap((opset) => [
      [`opset ${opset}`, compiled(undefined, { opset, normalization })] as const,
      [`opset ${opset}, sequences`, compiled(sequences, { opset })] as const,
    ]);
    assert.deepEqual(checkModels(python, new Map(models)), []);
  });

  it('training and evaluation graphs', () => {
    const models = new Map<string, OnnxModel>();
    for (const type of ['adam', 'adamw', 'sgd', 'momentum', 'rmsprop', 'adagrad'] as const) {
      const network = everyOperation({ optimizer: { type } });
      models.set(type, compileTraining(network, { normalization }).model);
      models.set(`${type}, one by one`, compileTraining(network, { fusions: false }).model);
    }
    for (const loss of [
      'cross_entropy',
      'binary_cross_entropy',
      'mean_squared_error',
      'mean_absolute_error',
      'huber',
    ] as const) {
      for (const labelType of ['classification', 'multi_label', 'regression'] as const) {
        const network = everyOperation({ loss, labelType });
        models.set(`${loss} for ${labelType}`, compileTraining(network).model);
        models.set(`${loss} for ${labelType}, evaluation`, compileEvaluation(network, { normalization }).model);
      }
    }
    models.set('sequences', compileTraining(everySequenceOperation()).model);
    models.set('sequences, evaluation', compileEvaluation(everySequenceOperation()).model);
    assert.deepEqual(checkModels(python, models), []);
  });
});
