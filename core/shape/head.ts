import { canonical } from '../scheme/canonical';
import { schemaAt } from '../scheme/schema';
import type { DataSection, Layer, Loss } from '../scheme/types';
import type { ActivationFunction, Shape } from './network';
import { elementCount } from './shapes';

/** As it is written out in a scheme. */
export interface WrittenHead {
  readonly name: string;
  readonly type: 'dense_set' | 'flatten';
  readonly unit?: number;
}

/** The names that layers have. */
export interface Names {
  has(name: string): boolean;
}

/**
 * The head that a network needs where its last layer does not give `label_dim` values in one row: a dense layer, which
 * flattens first. Where there are as many values, but in more than one dimension, flattening is all that is missing.
 */
export function headFor(output: Shape, data: DataSection, taken: Names): WrittenHead | undefined {
  if (output.length === 1 && output[0] === data.labelDim) return undefined;
  const name = freeName(taken);
  if (elementCount(output) === data.labelDim) return { name, type: 'flatten' };
  return { name, type: 'dense_set', unit: data.labelDim };
}

/** The head as a layer; its path is the network's, since it stands nowhere itself. */
export function headLayer(head: WrittenHead, previous: string, top: unknown): Layer {
  const { name, type, ...written } = head;
  const schema = schemaAt(['model', 'network', 0], undefined)!;
  const { type: _type, ...settings } = canonical(schema, { type, ...written }, top) as Record<string, unknown>;
  return { name, type, inputs: [previous], settings, path: ['model', 'network'] };
}

/** Whether a loss contains an activation, so that a last one must not be applied once more. */
export function isLossActivation(activation: ActivationFunction, loss: Loss): boolean {
  if (loss === 'cross_entropy') return activation === 'softmax';
  return loss === 'binary_cross_entropy' && activation === 'sigmoid';
}

function freeName(taken: Names): string {
  let name = 'head';
  for (let number = 2; taken.has(name); number++) name = `head_${number}`;
  return name;
}
