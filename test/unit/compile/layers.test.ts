import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Tensor } from 'onnxruntime-node';
import { compileInference } from '../../../core/compile/inference';
import { elements } from '../../../core/compile/layout';
import type { Weights } from '../../../core/compile/weights';
import { DataType, type OnnxModel } from '../../../core/onnx/model';
import type { Network } from '../../../core/shape/network';
import { describeWithPython, runPython } from '../../support/python';
import { literature } from '../shape/literature';
import { networks, type WrittenScheme } from '../shape/networks';
import { smallNetworks } from '../shape/smallNetworks';
import { checkModels } from './checkModels';
import { assertClose } from './comparison';
import { inputOf, movedWeights, networkOf } from './prepared';
import { run } from './runtime';

/** Of the largest value: float32 on both sides, summed in another order. The largest error that was seen is 1.2e-6. */
const tolerance = 5e-6;

interface Compiled {
  readonly name: string;
  readonly scheme: WrittenScheme;
  readonly network: Network;
  readonly weights: Weights;
  readonly input: Tensor;
}

describeWithPython('The intended graph computes what PyTorch computes with the same weights', (python) => {
  const all = Object.entries({ ...networks, ...smallNetworks, ...smallOnes() }).map(([name, scheme]) =>
    prepared(name, scheme),
  );
  let expected: readonly number[][];

  before(() => {
    const program = readFileSync('test/python/networks.py', 'utf8');
    expected = JSON.parse(runPython(python, program, ['outputs'], JSON.stringify(all.map(request))));
  });

  all.forEach(({ name, network, weights, input }, index) => {
    it(name, async () => {
      const { output } = await run(compileInference(network, weights), { input });
      assertClose('output', output.data, expected[index]!, tolerance);
    });
  });
});

describeWithPython('The onnx package accepts the intended graph of', (python) => {
  const check = (title: string, schemes: Readonly<Record<string, WrittenScheme>>) =>
    it(title, () => {
      const models = Object.entries(schemes).map(([name, scheme]) => [name, weightless(networkOf(scheme))] as const);
      assert.deepEqual(checkModels(python, new Map(models)), []);
    });

  check('every layer type', { ...networks, ...smallNetworks });
  check(
    'every network of the literature',
    Object.fromEntries(Object.entries(literature).map(([name, { scheme }]) => [name, scheme])),
  );
});

/** Those of the literature that take no time to run. */
function smallOnes(): Record<string, WrittenScheme> {
  return Object.fromEntries(['lenet5', 'small_vision_transformer'].map((name) => [name, literature[name]!.scheme]));
}

function prepared(name: string, scheme: WrittenScheme): Compiled {
  const network = networkOf(scheme);
  return { name, scheme, network, weights: movedWeights(network, name), input: inputOf(network, name) };
}

function request({ scheme, network, weights, input }: Compiled) {
  const weighted = network.operations.filter(({ parameters }) => parameters.length > 0);
  const operations = weighted.map(({ parameters }) =>
    Object.fromEntries(
      parameters.map(({ role, name, shape }) => [role, encoded('float32', shape, weights.get(name)!)]),
    ),
  );
  const values = input.data as Float32Array | BigInt64Array;
  return { scheme, operations, input: encoded(input.type, input.dims, values) };
}

function encoded(type: string, dims: readonly number[], array: Float32Array | BigInt64Array) {
  const values = Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
  return { type, dims, values };
}

/** The compiled graph with its weights as inputs: their shapes are all that is checked, and files stay small. */
function weightless(network: Network): OnnxModel {
  const parameters = network.operations.flatMap((operation) => operation.parameters);
  const zeros = new Float32Array(Math.max(1, ...parameters.map(({ shape }) => elements(shape))));
  const weights = new Map(parameters.map(({ name, shape }) => [name, zeros.subarray(0, elements(shape))]));
  const model = compileInference(network, weights);
  const { initializers, inputs } = model.graph;
  const isWeight = ({ name }: { readonly name: string }) => weights.has(name);
  const weightInputs = initializers.filter(isWeight).map(({ name, dims }) => ({
    name,
    dataType: DataType.float,
    shape: dims,
  }));
  const kept = initializers.filter((tensor) => !isWeight(tensor));
  return { ...model, graph: { ...model.graph, initializers: kept, inputs: [...inputs, ...weightInputs] } };
}
