import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileInference } from '../../core/compile/inference';
import { initialWeights } from '../../core/compile/weights';
import { encodeNpy, parseNpy } from '../../engine/data/npy';
import { matchFiles } from '../../engine/match';
import { decodeSafetensors, encodeSafetensors } from '../../engine/training/checkpoint';
import { describeWithPython } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { inputOf, movedWeights, networkOf } from '../unit/compile/prepared';
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

  before(async () => {
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

  it('export what the scheme says', async () => {
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
  const network = networkOf(scheme);
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

function relativeError(one: Float32Array, other: Float32Array): number {
  assert.equal(one.length, other.length);
  const scale = one.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  return one.reduce((largest, value, index) => Math.max(largest, Math.abs(value - other[index]!)), 0) / scale;
}
