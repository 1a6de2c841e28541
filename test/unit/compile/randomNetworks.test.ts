import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-node';
import { inputFeed } from '../../../core/compile/forward';
import { compileInference } from '../../../core/compile/inference';
import { elements, graphDims } from '../../../core/compile/layout';
import { compileTraining } from '../../../core/compile/training';
import { initialWeights, randomNumbers } from '../../../core/compile/weights';
import { analyze } from '../../../core/shape/analyze';
import type { Network } from '../../../core/shape/network';
import type { WrittenLayer } from '../shape/networks';
import { smallNetworks } from '../shape/smallNetworks';
import { floats, run } from './runtime';

const random = randomNumbers('random networks');
const below = (count: number) => Math.floor(random() * count);
const oneOf = <Each>(values: readonly Each[]): Each => values[below(values.length)]!;

const sizes = [0, 1, 2, 3, 5, -1, [1, 2], [3], [2, 1, 0], [1, 2, 3, 4]];
const words = ['same', 'valid', 'relu', 'identity', 'projection', 'data', true, null];
const schemes = Object.values(smallNetworks);
const layers = schemes.flatMap(({ model }) => model.network);

/** Another layer, one less, or another value for a key. */
function edited(network: readonly WrittenLayer[]): readonly WrittenLayer[] {
  const place = below(network.length);
  const layer = network[place]!;
  const choice = below(4);
  if (choice === 0) return network.toSpliced(place, 0, oneOf(layers));
  if (choice === 1 && network.length > 1) return network.toSpliced(place, 1);
  const keys = Object.keys(layer).filter((key) => key !== 'type');
  return keys.length === 0 ? network : network.with(place, { ...layer, [oneOf(keys)]: oneOf([...sizes, ...words]) });
}

function isSmall({ parameters, macs, operations }: Network): boolean {
  return parameters < 20_000 && macs < 1_000_000 && operations.every((each) => elements(each.outputShape) < 50_000);
}

function zeros(network: Network): Tensor {
  const { type, dims } = inputFeed(network);
  const shape = [2, ...dims];
  if (type === 'int64') return new Tensor('int64', new BigInt64Array(elements(shape)), shape);
  return floats(new Float32Array(elements(shape)), shape);
}

describe('Random networks of all layer types', () => {
  it('compute, wherever nothing is said against them, what their shapes say', async () => {
    let built = 0;
    for (let round = 0; round < 400; round++) {
      const { data, model } = oneOf(schemes);
      let { network: written } = model;
      for (let edits = below(4); edits >= 0; edits--) written = edited(written);
      const text = JSON.stringify({ data, model: { network: written } });
      const { network } = analyze(text);
      if (!network || !isSmall(network)) continue;
      built++;
      compileTraining(network);
      const { output } = await run(compileInference(network, initialWeights(network, 1)), { input: zeros(network) });
      assert.deepEqual(output.dims, [2, ...graphDims(network.outputShape)], text);
    }
    assert.ok(built > 50, `${built} networks could be built`);
  });
});
