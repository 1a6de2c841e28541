import { DataType, type OnnxModel, type OnnxNode, type OnnxTensor } from '../onnx/model';
import { encodeValues } from '../onnx/tensor';
import { type Outcome, withTensors } from './carry';
import type { PreparedSide } from './side';

/**
 * A model of which ONNX Runtime can run every operator, with its weights loaded, for a file that holds `Erfc`: tf2onnx writes it for
 * Keras' GELU, though ONNX has no such operator. It is put as `1 - Erf`, which is what its name means. Labels, which
 * may be texts or maps, are not computed either. `undefined` for a file that is run as it is.
 */
export function runnableModel({ model, source, labels }: PreparedSide): Outcome<OnnxModel> | undefined {
  return labels || holdsComplement(model) ? withTensors(withoutComplement(model), new Map(), source) : undefined;
}

export function holdsComplement({ graph }: OnnxModel): boolean {
  return graph.nodes.some(isComplement);
}

function isComplement({ opType, domain }: OnnxNode): boolean {
  return opType === 'Erfc' && domain === '';
}

/** The same model, with nothing in it that ONNX does not have. */
export function withoutComplement(model: OnnxModel): OnnxModel {
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
