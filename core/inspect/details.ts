import type { OnnxNode } from '../onnx/model';
import type { DetailAttribute, DetailInput, NodeDetails } from '../protocol/onnx';
import { attributeValue } from './attributes';
import { dataTypeName } from './dataTypes';
import { graphsInside, type InspectedGraph, type InspectedTensor, sparseTensor, tensorOf } from './graphs';
import { operatorName, outlineValue, sourcesOf } from './outline';
import { pythonLines } from './pythonLines';

const STACK_TRACE = 'pkg.torch.onnx.stack_trace';

/** Everything that the file says of one node; `undefined` when there is none at that place. */
export function nodeDetails(graph: InspectedGraph, place: number): NodeDetails | undefined {
  const node = graph.nodes[place];
  if (!node) return undefined;
  const { name, docString, metadata = new Map<string, string>() } = node;
  return {
    name,
    operator: operatorName(node),
    ...(docString ? { docString } : {}),
    attributes: detailAttributes(graph, place, node),
    ...detailValues(graph, node),
    metadata: [...metadata].filter(([key]) => key !== STACK_TRACE),
    source: pythonLines(metadata.get(STACK_TRACE) ?? ''),
  };
}

/** The tensor that a question for statistics names: a weight, or a value of an attribute of the node. */
export function tensorNamed(graph: InspectedGraph, place: number, name: string): InspectedTensor | undefined {
  const attribute = name.startsWith(ATTRIBUTE) && graph.nodes[place]?.attributes.get(name.slice(ATTRIBUTE.length));
  if (!attribute) return tensorOf(graph, name);
  if (attribute.type === 'sparseTensor') return sparseTensor(attribute.value);
  return attribute.type === 'tensor' ? attribute.value : undefined;
}

export function tensorType({ dataType, sparse }: InspectedTensor): string {
  return sparse ? `sparse ${dataTypeName(dataType)}` : dataTypeName(dataType);
}

/** In front of an attribute's name; ONNX allows no such name of a value. */
const ATTRIBUTE = '@attribute ';

function detailAttributes(graph: InspectedGraph, place: number, node: OnnxNode): DetailAttribute[] {
  const inside = graphsInside(graph.title.id, place, node);
  return [...node.attributes].map(([name, attribute]) => {
    const inner = inside.find(([, owner]) => owner === name)?.[0];
    return {
      name,
      value: attributeValue(attribute),
      ...(inner === undefined ? {} : { graph: inner }),
      ...(attribute.type === 'tensor' || attribute.type === 'sparseTensor' ? { tensor: ATTRIBUTE + name } : {}),
    };
  });
}

function detailValues(graph: InspectedGraph, node: OnnxNode): Pick<NodeDetails, 'inputs' | 'outputs'> {
  const inputs = graph.inputs.filter(({ name }) => !graph.tensors.has(name));
  const sources = sourcesOf(graph, inputs);
  const infos = new Map([...graph.inputs, ...graph.valueInfo, ...graph.outputs].map((value) => [value.name, value]));
  const known = (name: string) => outlineValue(infos.get(name) ?? { name, dataType: 0 });
  const roles = ROLES[node.domain === '' ? node.opType : ''] ?? [];
  const results = new Set(graph.outputs.map(({ name }) => name));
  return {
    inputs: node.inputs.flatMap((name, at): DetailInput[] => {
      if (name === '') return [];
      const tensor = tensorOf(graph, name);
      const from = sources.get(name);
      const value = tensor ? { type: tensorType(tensor), shape: tensor.dims, tensor: name } : known(name);
      return [{ ...value, name, role: roles[at] ?? '', ...(from === undefined ? {} : { from }) }];
    }),
    outputs: node.outputs
      .filter((name) => name !== '')
      .map((name) => ({ ...known(name), to: usersOf(graph, name), isGraphOutput: results.has(name) })),
  };
}

function usersOf(graph: InspectedGraph, value: string): number[] {
  return graph.nodes.flatMap(({ inputs }, place) => (inputs.includes(value) ? [place] : []));
}

const NORMALIZATION = ['X', 'scale', 'B'];
const RECURRENT = ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h'];

/** Names of inputs in ONNX's own words (https://onnx.ai/onnx/operators/), for operators with weights or settings among them. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: [...NORMALIZATION, 'mean', 'var'],
  Clip: ['input', 'min', 'max'],
  Conv: ['X', 'W', 'B'],
  ConvTranspose: ['X', 'W', 'B'],
  DequantizeLinear: ['x', 'x_scale', 'x_zero_point'],
  Dropout: ['data', 'ratio', 'training_mode'],
  Expand: ['input', 'shape'],
  GRU: RECURRENT,
  Gather: ['data', 'indices'],
  Gemm: ['A', 'B', 'C'],
  GroupNormalization: ['X', 'scale', 'bias'],
  InstanceNormalization: ['input', 'scale', 'B'],
  LSTM: [...RECURRENT, 'initial_c', 'P'],
  LayerNormalization: NORMALIZATION,
  MatMul: ['A', 'B'],
  PRelu: ['X', 'slope'],
  Pad: ['data', 'pads', 'constant_value', 'axes'],
  Pow: ['X', 'Y'],
  QuantizeLinear: ['x', 'y_scale', 'y_zero_point'],
  RMSNormalization: ['X', 'scale'],
  RNN: RECURRENT,
  ReduceMax: ['data', 'axes'],
  ReduceMean: ['data', 'axes'],
  ReduceSum: ['data', 'axes'],
  Reshape: ['data', 'shape'],
  Resize: ['X', 'roi', 'scales', 'sizes'],
  Slice: ['data', 'starts', 'ends', 'axes', 'steps'],
  Split: ['input', 'split'],
  Squeeze: ['data', 'axes'],
  Tile: ['input', 'repeats'],
  Unsqueeze: ['data', 'axes'],
  Where: ['condition', 'X', 'Y'],
};
