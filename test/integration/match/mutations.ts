import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from '../../../core/onnx/model';

/** Uniform in [0, 1), the same numbers for the same seed (mulberry32). */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A file with a few bytes changed, cut out, repeated or moved. */
export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result: Uint8Array = Uint8Array.from(bytes);
  for (let edits = 1 + index(random, 4); edits > 0; edits--) result = editBytes(result, random);
  return result;
}

function editBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = index(random, bytes.length);
  const length = index(random, 1 + index(random, 200));
  switch (index(random, 4)) {
    case 0:
      bytes[at] = index(random, 256);
      return bytes;
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 2:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at));
    default: {
      const piece = bytes.slice(at, at + length);
      bytes.set(piece, index(random, Math.max(1, bytes.length - piece.length)));
      return bytes;
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** A model with one to three edits that no exporter makes: values that lead nowhere or in a circle, sizes that cannot be. */
export function mutatedModel(model: OnnxModel, random: Random): OnnxModel {
  let result = model;
  for (let edits = 1 + index(random, 3); edits > 0; edits--) result = pick(random, EDITS)(result, random);
  return result;
}

type Edit = (model: OnnxModel, random: Random) => OnnxModel;

const onGraph =
  (edit: (graph: OnnxGraph, random: Random) => Partial<OnnxGraph>): Edit =>
  (model, random) => ({ ...model, graph: { ...model.graph, ...edit(model.graph, random) } });

const onNode = (edit: (node: OnnxNode, graph: OnnxGraph, random: Random) => Partial<OnnxNode>): Edit =>
  onGraph((graph, random) => ({
    nodes: changed(graph.nodes, random, (node) => ({ ...node, ...edit(node, graph, random) })),
  }));

const EDITS: readonly Edit[] = [
  onGraph(({ nodes }, random) => ({ nodes: without(nodes, random) })),
  onGraph(({ nodes }, random) => ({ nodes: [...nodes, pick(random, nodes)] })),
  onGraph(({ nodes }, random) => ({ nodes: [...nodes].sort(() => random() - 0.5) })),
  onGraph(({ initializers }, random) => ({ initializers: without(initializers, random) })),
  onGraph(({ initializers }, random) => ({
    initializers: changed(initializers, random, (each) => otherTensor(each, random)),
  })),
  onGraph(({ inputs }, random) => ({ inputs: changed(inputs, random, (each) => otherShape(each, random)) })),
  onGraph((graph, random) => ({
    outputs: changed(graph.outputs, random, (each) => ({ ...each, name: anyValue(graph, random) })),
  })),
  onGraph(({ outputs, inputs }, random) => ({ outputs: random() < 0.5 ? [...outputs, ...inputs] : [] })),
  onNode((node, graph, random) => ({ inputs: changed(node.inputs, random, () => anyValue(graph, random)) })),
  onNode((node, graph, random) => ({ inputs: changed(node.inputs, random, () => anyValue(graph, random)) })),
  onNode((node, graph, random) => ({ outputs: changed(node.outputs, random, () => anyValue(graph, random)) })),
  onNode((node, _graph, random) => ({ inputs: random() < 0.5 ? node.inputs.slice(1) : [...node.inputs].reverse() })),
  onNode((_node, graph, random) => ({
    opType: random() < 0.7 ? pick(random, graph.nodes).opType : pick(random, OPERATORS),
  })),
  onNode((node, _graph, random) => ({ attributes: otherAttributes(node.attributes, random) })),
  onNode((node, _graph, random) => ({ attributes: otherAttributes(node.attributes, random) })),
  onNode((_node, graph, random) => ({ attributes: pick(random, graph.nodes).attributes })),
  (model, random) => ({ ...model, opsetImports: new Map([['', index(random, 30)]]) }),
];

const OPERATORS =
  'Add Mul Sub Div Reshape Transpose Flatten Squeeze Unsqueeze Slice Gather Concat Split Pad Expand Tile Shape Resize Conv ConvTranspose MatMul Gemm MaxPool AveragePool GlobalAveragePool ReduceMean Softmax Clip LSTM GRU LayerNormalization InstanceNormalization BatchNormalization Where Range Identity Dropout Cast Loop If Constant Nonsense'.split(
    ' ',
  );

const SIZES = [0, 1, -1, 2, 7, -3, 64, 2 ** 31, -(2 ** 31), 2 ** 53, 2 ** 62];

function otherAttributes(attributes: OnnxNode['attributes'], random: Random): OnnxNode['attributes'] {
  const entries = [...attributes];
  if (entries.length === 0)
    return new Map([[pick(random, ['perm', 'axes', 'axis', 'pads', 'kernel_shape']), someInts(random)]]);
  return new Map(
    changed(entries, random, ([name, value]): [string, Attribute] => [name, otherAttribute(value, random)]),
  );
}

function otherAttribute(attribute: Attribute, random: Random): Attribute {
  if (random() < 0.1) return { type: 'other', kind: 0 };
  if (attribute.type === 'ints') {
    const value = changed(attribute.value, random, () => pick(random, SIZES));
    return random() < 0.5 ? { type: 'ints', value } : { type: 'ints', value: attribute.value.slice(1) };
  }
  if (attribute.type === 'int') return { type: 'int', value: pick(random, SIZES) };
  if (attribute.type === 'float') return { type: 'float', value: pick(random, [...SIZES, Number.POSITIVE_INFINITY]) };
  return random() < 0.5 ? someInts(random) : { type: 'string', value: 'SAME_LOWER' };
}

function someInts(random: Random): Attribute {
  return { type: 'ints', value: Array.from({ length: index(random, 9) }, () => pick(random, SIZES)) };
}

function otherTensor(tensor: OnnxTensor, random: Random): OnnxTensor {
  if (random() < 0.2) return { ...tensor, dataType: index(random, 20) };
  if (random() < 0.3) return { ...tensor, dims: tensor.dims.slice(1) };
  return { ...tensor, dims: changed(tensor.dims, random, () => pick(random, [0, 1, 2, 3, 1000, 2 ** 31])) };
}

function otherShape(value: ValueInfo, random: Random): ValueInfo {
  if (!value.shape || random() < 0.2) return { name: value.name, dataType: value.dataType };
  if (random() < 0.3) return { ...value, shape: value.shape.slice(1) };
  return { ...value, shape: changed(value.shape, random, () => pick(random, ['', 'batch', 'x', ...SIZES])) };
}

/** The name of any value, one that does not exist, or none. */
function anyValue({ nodes, inputs, initializers }: OnnxGraph, random: Random): string {
  const kind = random();
  if (kind < 0.05) return '';
  if (kind < 0.1) return 'nowhere';
  if (kind < 0.7 && nodes.length > 0) return pick(random, nodes).outputs[0] ?? '';
  if (kind < 0.9 && initializers.length > 0) return pick(random, initializers).name;
  return inputs[0]?.name ?? '';
}

function without<T>(list: readonly T[], random: Random): T[] {
  const place = index(random, list.length);
  return list.filter((_, at) => at !== place);
}

function changed<T>(list: readonly T[], random: Random, change: (each: T) => T): T[] {
  const place = index(random, list.length);
  return list.map((each, at) => (at === place ? change(each) : each));
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[index(random, list.length)]!;
}

function index(random: Random, length: number): number {
  return Math.floor(random() * length);
}
