import { canonical } from '../scheme/canonical';
import { schemaAt } from '../scheme/schema';
import type { DataSection, Layer } from '../scheme/types';
import type { Shape } from './network';
import { elementCount } from './shapes';

/** As it is written out in a scheme. */
export interface WrittenHead {
  readonly name: string;
  readonly type: string;
  readonly unit?: number;
}

/**
 * The head that a network ends in where its last layer does not give `label_dim` values: a dense layer, which flattens first.
 * Where it gives as many, but not in one row, flattening is all that is missing.
 */
export function headFor(output: Shape, data: DataSection, taken: ReadonlySet<string>): WrittenHead | undefined {
  if (output.length === 1 && output[0] === data.labelDim) return undefined;
  const name = freeName(taken);
  if (elementCount(output) === data.labelDim) return { name, type: 'flatten' };
  return { name, type: 'dense_set', unit: data.labelDim };
}

export function headLayer(head: WrittenHead, previous: string, top: unknown): Layer {
  const { name, type, ...written } = head;
  const schema = schemaAt(['model', 'network', 0], undefined)!;
  const { type: _type, ...settings } = canonical(schema, { type, ...written }, top) as Record<string, unknown>;
  return { name, type, inputs: [previous], settings, path: ['model', 'network'] };
}

function freeName(taken: ReadonlySet<string>): string {
  let name = 'head';
  for (let number = 2; taken.has(name); number++) name = `head_${number}`;
  return name;
}
