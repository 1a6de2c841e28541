import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-node';
import { inputFeed } from '../../../core/compile/forward';
import { elements } from '../../../core/compile/layout';
import { initialWeights, randomNumbers, type Weights } from '../../../core/compile/weights';
import { analyze } from '../../../core/shape/analyze';
import type { Network } from '../../../core/shape/network';
import type { WrittenScheme } from '../shape/networks';
import { floats } from './runtime';

export function networkOf(scheme: WrittenScheme): Network {
  const { network, diagnostics } = analyze(JSON.stringify(scheme));
  assert.ok(network, JSON.stringify(diagnostics));
  return network;
}

/** First weights with everything that is constant in them moved a little, so that no scale, shift or bias is overlooked. */
export function movedWeights(network: Network, seed: string): Weights {
  const random = randomNumbers(seed);
  const move = (values: Float32Array) => values.map((value) => value + 0.4 * random() - (value === 1 ? 0 : 0.2));
  return new Map([...initialWeights(network, 3)].map(([name, values]) => [name, move(values)]));
}

/** Two samples as the data could be. */
export function inputOf(network: Network, seed: string): Tensor {
  const { type, dims } = inputFeed(network);
  const shape = [2, ...dims];
  const random = randomNumbers(`input ${seed}`);
  if (type === 'float32')
    return floats(
      Array.from({ length: elements(shape) }, () => 2 * random() - 1),
      shape,
    );
  const { vocabulary = 1 } = network.scheme.data;
  const ids = Array.from({ length: elements(shape) }, () => BigInt(Math.floor(random() * vocabulary)));
  return new Tensor('int64', BigInt64Array.from(ids), shape);
}
