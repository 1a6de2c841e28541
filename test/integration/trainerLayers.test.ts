import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { inputFeed } from '../../core/compile/forward';
import { compileInference } from '../../core/compile/inference';
import { elements } from '../../core/compile/layout';
import { initialWeights, randomNumbers, type Weights } from '../../core/compile/weights';
import { analyze } from '../../core/shape/analyze';
import type { Network } from '../../core/shape/network';
import { encodeNpy, parseNpy } from '../../engine/data/npy';
import { matchFiles } from '../../engine/match';
import { decodeSafetensors, encodeSafetensors } from '../../engine/training/checkpoint';
import { describeWithPython } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { run } from '../unit/compile/runtime';
import { networks, type WrittenScheme } from '../unit/shape/networks';
import { smallNetworks } from '../unit/shape/smallNetworks';
import { differences } from './match/exports';
import { emptyFolder, runTrainerProgram } from './trainerFixture';

/** Of the largest value: float32 on both sides, summed in another order. */
const tolerance = 5e-6;

describeWithPython("the PyTorch trainer's networks", (python) => {
  const root = temporaryFolder();
  const all = Object.entries({ ...networks, ...smallNetworks }).map(([name, scheme]) => prepare(root, name, scheme));

  before(async function () {
    this.timeout(240_000);
    await runTrainerProgram(python, 'trainer_layers.py', root, 'torchscript');
  });

  it('compute what the compiled graphs compute with the same weights, for every layer type', async () => {
    let largest = 0;
    for (const { name, folder, network, weights, input } of all) {
      const { output } = await run(compileInference(network, weights), { input });
      const ours = parseNpy(readFileSync(path.join(folder, 'output.npy')));
      assert.ok(ours.kind === 'numbers');
      const error = relativeError(output.data as Float32Array, ours.values as Float32Array);
      assert.ok(error < tolerance, `${name}: ${error}`);
      largest = Math.max(largest, error);
    }
    assert.ok(largest > 0);
    if (process.env.MATCHDOWN_SHOW_ERRORS) console.log(`largest error ${largest} in ${all.length} networks`);
  });

  it('begin with the same weights, bit for bit', () => {
    for (const { name, folder, network } of all) {
      const file = path.join(folder, 'initial.safetensors');
      const { tensors } = decodeSafetensors(file, readFileSync(file));
      for (const [parameter, values] of initialWeights(network, network.scheme.model.seed))
        assert.deepEqual(tensors.get(parameter)?.values, values, `${name}: ${parameter}`);
    }
  });

  it('export what the scheme says', async function () {
    this.timeout(240_000);
    const wrong: string[] = [];
    for (const { name, folder } of all) {
      const report = await matchFiles(path.join(folder, 'scheme.json'), path.join(folder, 'torchscript.onnx'));
      const { verdict, proof, layers, undecided } = report;
      if (verdict === 'match' && proof.holds) continue;
      wrong.push(
        `${name}: ${verdict}; ${[proof.reason ?? '', ...undecided, ...layers.flatMap(differences)].join(', ')}`,
      );
    }
    assert.deepEqual(wrong, []);
  });
});

function prepare(root: string, name: string, scheme: WrittenScheme) {
  const { network, diagnostics } = analyze(JSON.stringify(scheme));
  assert.ok(network, JSON.stringify(diagnostics));
  const folder = emptyFolder(root, name.replaceAll(/\W+/g, '_'));
  const weights = movedWeights(network, name);
  const input = inputOf(network, name);
  const shapes = new Map(
    network.operations.flatMap((operation) => operation.parameters.map((each) => [each.name, each.shape] as const)),
  );
  const tensors = new Map([...weights].map(([key, values]) => [key, { dims: shapes.get(key)!, values }]));
  writeFileSync(path.join(folder, 'scheme.json'), JSON.stringify(scheme));
  writeFileSync(
    path.join(folder, 'weights.safetensors'),
    encodeSafetensors({ position: { epoch: 0, batch: 0, step: 0, sums: {} }, tensors }),
  );
  const values = input.data as Float32Array | BigInt64Array;
  writeFileSync(path.join(folder, 'input.npy'), encodeNpy({ dims: input.dims, values }));
  return { name, folder, network, weights, input };
}

/** First weights with everything that is constant in them moved a little, so that no scale, shift or bias is overlooked. */
function movedWeights(network: Network, seed: string): Weights {
  const random = randomNumbers(seed);
  const move = (values: Float32Array) => values.map((value) => value + 0.4 * random() - (value === 1 ? 0 : 0.2));
  return new Map([...initialWeights(network, 3)].map(([name, values]) => [name, move(values)]));
}

function inputOf(network: Network, seed: string): Tensor {
  const { type, dims } = inputFeed(network);
  const shape = [2, ...dims];
  const random = randomNumbers(`input ${seed}`);
  const count = elements(shape);
  if (type === 'float32')
    return new Tensor(
      'float32',
      Float32Array.from({ length: count }, () => 2 * random() - 1),
      shape,
    );
  const { vocabulary = 1 } = network.scheme.data;
  const ids = Array.from({ length: count }, () => BigInt(Math.floor(random() * vocabulary)));
  return new Tensor('int64', BigInt64Array.from(ids), shape);
}

function relativeError(one: Float32Array, other: Float32Array): number {
  assert.equal(one.length, other.length);
  const scale = one.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  return one.reduce((largest, value, index) => Math.max(largest, Math.abs(value - other[index]!)), 0) / scale;
}
