import { DataType, type OnnxModel, type OnnxNode, type OnnxTensor } from '../../onnx/model';
import { encodeValues } from '../../onnx/tensor';
import { plainNode } from '../graph/arrange';
import { isKnown, type MatchGraph } from '../graph/graph';
import { windowOf } from '../graph/windows';

/**
 * The same model without what ONNX Runtime does not run: `Erfc`, which tf2onnx writes for Keras' GELU though ONNX has no such
 * operator, as `1 - Erf`, which is what its name means; a dilated convolution with `auto_pad`, as PyTorch writes
 * `padding="same"` up to opset 13, with its padding in numbers.
 */
export function runnable(model: OnnxModel, graph: MatchGraph): OnnxModel {
  return withoutComplement(withNumericPads(model, graph));
}

export function holdsWordedPads({ graph }: OnnxModel): boolean {
  return graph.nodes.some(hasWordedPads);
}

function hasWordedPads({ opType, domain, attributes }: OnnxNode): boolean {
  const [word, dilations] = [attributes.get('auto_pad'), attributes.get('dilations')];
  const isWord = word?.type === 'string' && word.value.startsWith('SAME');
  const isDilated = dilations?.type === 'ints' && dilations.value.some((each) => each > 1);
  return opType === 'Conv' && domain === '' && isWord && isDilated;
}

/** Where the padding hangs on a size that is not known, the words stay. */
function withNumericPads(model: OnnxModel, graph: MatchGraph): OnnxModel {
  const nodes = model.graph.nodes.map((node) => {
    const kernel = hasWordedPads(node) ? graph.shape(node.inputs[1])?.slice(2) : undefined;
    const { inputs, outputs, attributes } = node;
    const read = plainNode({ op: 'Conv', inputs: [...inputs], outputs, attributes });
    const pads = isKnown(kernel) ? windowOf(read, graph.shape(inputs[0]), kernel)?.pads : undefined;
    if (!pads) return node;
    const others = [...attributes].filter(([name]) => name !== 'auto_pad');
    return { ...node, attributes: new Map([...others, ['pads', { type: 'ints', value: pads } as const]]) };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}

export function holdsComplement({ graph }: OnnxModel): boolean {
  return graph.nodes.some(isComplement);
}

function isComplement({ opType, domain }: OnnxNode): boolean {
  return opType === 'Erfc' && domain === '';
}

function withoutComplement(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const types = new Map(
    [...graph.inputs, ...graph.valueInfo, ...graph.outputs].map((each) => [each.name, each.dataType]),
  );
  const used = new Set<number>();
  const nodes = graph.nodes.flatMap((node) => {
    if (!isComplement(node)) return [node];
    const type = types.get(node.inputs[0] ?? '') || types.get(node.outputs[0] ?? '') || DataType.float;
    used.add(type);
    return complementOf(node, type);
  });
  return { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...[...used].map(one)] } };
}

/** `Erf`, and one minus it. */
function complementOf(node: OnnxNode, type: number): OnnxNode[] {
  const error = `${node.outputs[0]}/erf`;
  return [
    { ...node, name: `${node.name}/erf`, opType: 'Erf', outputs: [error] },
    { ...node, opType: 'Sub', inputs: [nameOfOne(type), error], attributes: new Map() },
  ];
}

function nameOfOne(type: number): string {
  return `1 of type ${type}`;
}

function one(type: number): OnnxTensor {
  const bytes = encodeValues([1], type);
  return { name: nameOfOne(type), dataType: type, dims: [], data: { kind: 'bytes', bytes } };
}
