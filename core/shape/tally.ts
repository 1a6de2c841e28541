import { type Splice, splicedColumn } from '../scheme/columns';
import type { InferredLayer } from './infer';
import { keptValues } from './keptValues';
import type { NetworkLayer, Operation } from './network';
import { elementCount } from './shapes';

/**
 * What is looked at in every layer after each edit, in columns with one entry for each element of the network: so that a look
 * at ten thousand layers costs microseconds.
 */
export interface Tally {
  readonly parameters: Float64Array;
  readonly buffers: Float64Array;
  readonly macs: Float64Array;
  /** Values of one sample that training keeps of the operations. */
  readonly values: Float64Array;
  /** Traits that a check is to look at more closely. */
  readonly traits: Uint8Array;
}

export const Trait = {
  /** A dense set whose input has more than one axis. */
  flattens: 1,
  /** An operation gives more values than can be computed with. */
  tooLarge: 2,
  /** Drops so much that a batch normalization beside it is disturbed. */
  dropsMuch: 4,
  /** Has a bias, which is superfluous before a batch normalization. */
  hasBias: 8,
} as const;

/** Runtimes count the values of a tensor in 32 bits. */
export const mostValues = 2 ** 31 - 1;

export function emptyTally(length: number): Tally {
  return {
    parameters: new Float64Array(length),
    buffers: new Float64Array(length),
    macs: new Float64Array(length),
    values: new Float64Array(length),
    traits: new Uint8Array(length),
  };
}

/** Enters a layer at its place. */
export function enter(tally: Tally, index: number, { networkLayer, inputShapes }: InferredLayer): void {
  tally.parameters[index] = networkLayer?.parameters ?? 0;
  tally.buffers[index] = networkLayer?.buffers ?? 0;
  tally.macs[index] = networkLayer?.macs ?? 0;
  tally.values[index] = networkLayer ? valuesOf(networkLayer.operations) : 0;
  tally.traits[index] = networkLayer ? traitsOf(networkLayer, inputShapes?.[0]?.length ?? 0) : 0;
}

/** A copy with room for other layers. */
export function splicedTally({ parameters, buffers, macs, values, traits }: Tally, splice: Splice): Tally {
  return {
    parameters: splicedColumn(parameters, splice),
    buffers: splicedColumn(buffers, splice),
    macs: splicedColumn(macs, splice),
    values: splicedColumn(values, splice),
    traits: splicedColumn(traits, splice),
  };
}

/** The places of the layers with a trait. */
export function placesWith({ traits }: Tally, trait: number): number[] {
  const places: number[] = [];
  for (let index = 0; index < traits.length; index++) if ((traits[index]! & trait) !== 0) places.push(index);
  return places;
}

export function totalOf(column: Float64Array): number {
  let total = 0;
  for (let index = 0; index < column.length; index++) total += column[index]!;
  return total;
}

export function valuesOf(operations: readonly Operation[]): number {
  let values = 0;
  for (const operation of operations) values += keptValues(operation);
  return values;
}

function traitsOf({ layer, operations }: NetworkLayer, rank: number): number {
  let traits = layer.type === 'dense_set' && rank > 1 ? Trait.flattens : 0;
  for (const operation of operations) {
    if (elementCount(operation.outputShape) > mostValues) traits |= Trait.tooLarge;
    if (operation.kind === 'dropout' && operation.rate >= 0.5 && operation.outputShape.length > 1)
      traits |= Trait.dropsMuch;
    if (hasBias(operation)) traits |= Trait.hasBias;
  }
  return traits;
}

export function hasBias(operation: Operation): boolean {
  return (operation.kind === 'convolution' || operation.kind === 'dense') && operation.useBias;
}
