import { type Attribute, DataType, type OnnxGraph, type OnnxModel, type OnnxTensor, type ValueInfo } from './model';
import { elementCount, tensorValues } from './tensor';

/** Values of a tensor that are written out; a larger one shows its type and shape. */
const LONGEST_LIST = 16;

/**
 * A model in ONNX's own textual syntax (https://github.com/onnx/onnx/blob/main/docs/Syntax.md), as far as graphs go: for
 * fixtures and for failures that a person reads. Large weights are shown without their values.
 */
export function printModel(model: OnnxModel): string {
  const opsets = [...model.opsetImports].map(([domain, version]) => `"${domain}" : ${version}`).join(', ');
  return `<ir_version: ${model.irVersion}, opset_import: [${opsets}]>\n${printGraph(model.graph)}`;
}

export function printGraph(graph: OnnxGraph, indent = ''): string {
  const inputs = graph.inputs.map(printValueInfo).join(', ');
  const outputs = graph.outputs.map(printValueInfo).join(', ');
  const initializers = graph.initializers.map(printTensor).join(', ');
  const nodes = graph.nodes.map((node) => {
    const attributes = [...node.attributes].map(([name, value]) => `${name} = ${printAttribute(value, indent)}`);
    const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    const list = attributes.length > 0 ? `<${attributes.join(', ')}>` : '';
    return `${indent}  ${node.outputs.join(', ')} = ${operator}${list}(${node.inputs.join(', ')})\n`;
  });
  const head = `${graph.name || 'graph'} (${inputs}) => (${outputs})`;
  return `${head}${initializers ? ` <${initializers}>` : ''} {\n${nodes.join('')}${indent}}`;
}

function printValueInfo(value: ValueInfo): string {
  return `${printType(value.dataType, value.shape)} ${value.name}`;
}

function printType(dataType: number, shape: readonly (number | string)[] | undefined): string {
  const name = DataType[dataType] ?? `type_${dataType}`;
  if (!shape) return name;
  return `${name}[${shape.map((size) => (size === '' ? '?' : size)).join(',')}]`;
}

function printTensor(tensor: OnnxTensor): string {
  return `${printType(tensor.dataType, tensor.dims)} ${tensor.name}${printValues(tensor)}`;
}

function printValues(tensor: OnnxTensor): string {
  if (elementCount(tensor.dims) > LONGEST_LIST) return '';
  const values = tensorValues(tensor);
  return values ? ` = {${Array.from(values).join(', ')}}` : '';
}

function printAttribute(attribute: Attribute, indent: string): string {
  switch (attribute.type) {
    case 'float':
      return Number.isInteger(attribute.value) ? attribute.value.toFixed(1) : String(attribute.value);
    case 'int':
      return String(attribute.value);
    case 'string':
      return JSON.stringify(attribute.value);
    case 'floats':
    case 'ints':
      return `[${attribute.value.join(', ')}]`;
    case 'strings':
      return `[${attribute.value.map((text) => JSON.stringify(text)).join(', ')}]`;
    case 'tensor':
      return printTensor(attribute.value).trim();
    case 'sparseTensor':
      return `sparse ${printType(attribute.value.values.dataType, attribute.value.dims)}`;
    case 'graph':
      return printGraph(attribute.value, `${indent}  `);
    case 'tensors':
      return `[${attribute.value.map((tensor) => printTensor(tensor).trim()).join(', ')}]`;
    case 'graphs':
      return `[${attribute.value.map((graph) => printGraph(graph, `${indent}  `)).join(', ')}]`;
    case 'other':
      return attribute.reference ? `@${attribute.reference}` : `<kind ${attribute.kind}>`;
  }
}
