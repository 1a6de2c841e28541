import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { field, varint } from '../unit/onnx/source';

/** Bytes, or the length of a hole: weights that take no place on the disk and read as zeros. */
type Part = Uint8Array | number;

export interface FileKind {
  /** Blocks of four nodes: `x + c * sigmoid(c)` with `c = conv(x)`. */
  readonly blocks: number;
  /** Channels of the convolutions, whose kernels are 3 by 3. */
  readonly channels: number;
  /** What all names begin with. */
  readonly scope?: string;
  /** Weights are in a file of their own beside the model. */
  readonly external?: boolean;
}

/** Writes a valid ONNX file of float32 as PyTorch's exporter lays it out: nodes, initializers, input, output, opset. */
export function writeOnnxFile(file: string, kind: FileKind): void {
  const { blocks, channels, scope = 'layers' } = kind;
  const weights = kind.external ? new ExternalWeights(`${path.basename(file)}.data`) : undefined;
  const numbers = Array.from({ length: blocks }, (_, block) => block);
  const last = blocks - 1;
  const graph: Part[] = [
    ...numbers.flatMap((block) => nodesOf(scope, block).map((node) => Uint8Array.from(field(1, node)))),
    Uint8Array.from(field(2, 'main_graph')),
    ...numbers.flatMap((block) => [
      ...tensor(`${scope}.${block}.conv.weight`, [channels, channels, 3, 3], weights),
      ...tensor(`${scope}.${block}.conv.bias`, [channels], weights),
    ]),
    Uint8Array.from(field(11, value('input', channels))),
    Uint8Array.from(field(12, value(`/${scope}.${last}/Add_output_0`, channels))),
  ];
  const head = [...field(1, 8), ...field(2, 'pytorch'), ...field(3, '2.13.0')];
  if (weights) writeParts(path.join(path.dirname(file), weights.location), [weights.size]);
  writeParts(file, [
    Uint8Array.from(head),
    ...message(7, graph),
    Uint8Array.from(field(8, [...field(1, ''), ...field(2, 17)])),
  ]);
}

function nodesOf(layers: string, block: number): number[][] {
  const scope = `/${layers}.${block}`;
  const output = (name: string): string => `${scope}/${name}_output_0`;
  const from = block === 0 ? 'input' : `/${layers}.${block - 1}/Add_output_0`;
  const weights = [`${layers}.${block}.conv.weight`, `${layers}.${block}.conv.bias`];
  const attributes = [
    ...ints('dilations', [1, 1]),
    ...field(5, [...field(1, 'group'), ...field(3, 1), ...field(20, 2)]),
    ...ints('kernel_shape', [3, 3]),
    ...ints('pads', [1, 1, 1, 1]),
    ...ints('strides', [1, 1]),
  ];
  return [
    node(`${scope}/Conv`, 'Conv', [from, ...weights], output('Conv'), attributes),
    node(`${scope}/Sigmoid`, 'Sigmoid', [output('Conv')], output('Sigmoid')),
    node(`${scope}/Mul`, 'Mul', [output('Conv'), output('Sigmoid')], output('Mul')),
    node(`${scope}/Add`, 'Add', [from, output('Mul')], output('Add')),
  ];
}

function node(name: string, op: string, inputs: string[], output: string, attributes: number[] = []): number[] {
  const ends = [...inputs.flatMap((input) => field(1, input)), ...field(2, output)];
  return [...ends, ...field(3, name), ...field(4, op), ...attributes];
}

function ints(name: string, values: number[]): number[] {
  return field(5, [...field(1, name), ...values.flatMap((each) => field(8, each)), ...field(20, 7)]);
}

/** Places in a file of weights, one behind the other. */
class ExternalWeights {
  size = 0;

  constructor(readonly location: string) {}

  take(length: number): number[] {
    const offset = this.size;
    this.size += length;
    const entries = Object.entries({ location: this.location, offset, length });
    const fields = entries.flatMap(([key, value]) => field(13, [...field(1, key), ...field(2, String(value))]));
    return [...fields, ...field(14, 1)];
  }
}

function tensor(name: string, dims: number[], external?: ExternalWeights): Part[] {
  const length = dims.reduce((product, size) => product * size, 4);
  const about = [...dims.flatMap((size) => field(1, size)), ...field(2, 1), ...field(8, name)];
  if (external) return message(5, [Uint8Array.from([...about, ...external.take(length)])]);
  return message(5, [Uint8Array.from([...about, ...varint(9 * 8 + 2), ...varint(length)]), length]);
}

function value(name: string, channels: number): number[] {
  const dims = [...field(1, field(2, 'batch')), ...[channels, 8, 8].flatMap((size) => field(1, field(1, size)))];
  return [...field(1, name), ...field(2, field(1, [...field(1, 1), ...field(2, dims)]))];
}

function message(number: number, parts: readonly Part[]): Part[] {
  return [Uint8Array.from([...varint(number * 8 + 2), ...varint(lengthOf(parts))]), ...parts];
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : part.length), 0);
}

function writeParts(file: string, parts: readonly Part[]): void {
  const handle = openSync(file, 'w');
  let at = 0;
  for (const part of parts) at += typeof part === 'number' ? part : writeSync(handle, part, 0, part.length, at);
  ftruncateSync(handle, at);
  closeSync(handle);
}
