import type { Initializer, Network, Parameter } from '../shape/network';
import { elements } from './layout';

/** By `Parameter.name`, in `Parameter.shape`'s layout: parameters and buffers. */
export type Weights = ReadonlyMap<string, Float32Array>;

/**
 * Weights before training. Each parameter has its own random sequence, seeded by its name, so adding, removing or moving a
 * layer leaves the others' weights as they were; the same seed gives the same bits everywhere.
 */
export function initialWeights(network: Network, seed: number): Map<string, Float32Array> {
  const parameters = network.operations.flatMap((operation) => operation.parameters);
  return new Map(parameters.map((parameter) => [parameter.name, initialValues(parameter, seed)]));
}

function initialValues({ name, shape, initializer }: Parameter, seed: number): Float32Array {
  const values = new Float32Array(elements(shape));
  const draw = sampler(initializer, randomNumbers(`${seed} ${name}`));
  for (let index = 0; index < values.length; index++) values[index] = draw();
  return values;
}

function sampler(initializer: Initializer, random: () => number): () => number {
  switch (initializer.kind) {
    case 'constant':
      return () => initializer.value;
    case 'normal': {
      const deviation = initializer.gain / Math.sqrt(initializer.fanIn);
      return () => deviation * normal(random);
    }
    case 'glorot_uniform':
      return uniform(Math.sqrt(6 / (initializer.fanIn + initializer.fanOut)), random);
    case 'uniform':
      return uniform(initializer.limit, random);
  }
}

function uniform(limit: number, random: () => number): () => number {
  return () => limit * (2 * random() - 1);
}

/** Box and Muller 1958. */
function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/**
 * Numbers in [0, 1) with 32 random bits: sfc32 by Chris Doty-Humphrey (PractRand), seeded with four FNV-1a hashes of the text
 * and warmed up by twelve rounds.
 */
export function randomNumbers(seed: string): () => number {
  let [a, b, c, counter] = [0, 1, 2, 3].map((index) => fnv1a(`${index} ${seed}`));
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return (result >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** 32 bits, over UTF-16 code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
