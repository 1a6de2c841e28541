import type {
  Attribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparseTensor,
  OnnxTensor,
  ValueInfo,
} from './model';
import { ReverseWriter } from './protobuf';

/**
 * The bytes of an ONNX file; weights are copied once. Field numbers are those of `onnx.proto`. A tensor's data must be
 * `bytes` or `external`; what a reader left in another file has to be loaded first.
 */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new ReverseWriter(estimatedSize(model.graph));
  writeModel(writer, model);
  return writer.finish();
}

function estimatedSize(graph: OnnxGraph): number {
  let bytes = 4096 + 128 * (graph.nodes.length + graph.inputs.length + graph.outputs.length + graph.valueInfo.length);
  for (const { data } of graph.initializers) bytes += 128 + (data.kind === 'bytes' ? data.bytes.length : 0);
  return bytes;
}

function writeModel(writer: ReverseWriter, model: OnnxModel): void {
  backwards(model.functions, (each) => writer.message(25, () => writeFunction(writer, each)));
  writePairs(writer, 14, model.metadata);
  writeOpsets(writer, 8, model.opsetImports);
  writer.message(7, () => writeGraph(writer, model.graph));
  if (model.docString) writer.text(6, model.docString);
  if (model.producerVersion) writer.text(3, model.producerVersion);
  if (model.producerName) writer.text(2, model.producerName);
  writer.integer(1, model.irVersion);
}

function writeOpsets(writer: ReverseWriter, field: number, imports: ReadonlyMap<string, number>): void {
  backwards([...imports], ([domain, version]) =>
    writer.message(field, () => {
      writer.integer(2, version);
      if (domain) writer.text(1, domain);
    }),
  );
}

/** `StringStringEntryProto`. */
function writePairs(writer: ReverseWriter, field: number, pairs: ReadonlyMap<string, string>): void {
  backwards([...pairs], ([key, value]) =>
    writer.message(field, () => {
      writer.text(2, value);
      writer.text(1, key);
    }),
  );
}

function writeGraph(writer: ReverseWriter, graph: OnnxGraph): void {
  backwards(graph.sparseInitializers ?? [], (each) => writer.message(15, () => writeSparseTensor(writer, each)));
  backwards(graph.valueInfo, (each) => writer.message(13, () => writeValueInfo(writer, each)));
  backwards(graph.outputs, (each) => writer.message(12, () => writeValueInfo(writer, each)));
  backwards(graph.inputs, (each) => writer.message(11, () => writeValueInfo(writer, each)));
  backwards(graph.initializers, (each) => writer.message(5, () => writeTensor(writer, each)));
  writer.text(2, graph.name);
  backwards(graph.nodes, (each) => writer.message(1, () => writeNode(writer, each)));
}

function writeFunction(writer: ReverseWriter, definition: OnnxFunction): void {
  if (definition.overload) writer.text(13, definition.overload);
  backwards([...(definition.defaults ?? [])], ([name, value]) =>
    writer.message(11, () => writeAttribute(writer, name, value)),
  );
  writer.text(10, definition.domain);
  writeOpsets(writer, 9, definition.opsetImports);
  backwards(definition.nodes, (each) => writer.message(7, () => writeNode(writer, each)));
  backwards(definition.attributes, (each) => writer.text(6, each));
  backwards(definition.outputs, (each) => writer.text(5, each));
  backwards(definition.inputs, (each) => writer.text(4, each));
  writer.text(1, definition.name);
}

function writeNode(writer: ReverseWriter, node: OnnxNode): void {
  if (node.metadata) writePairs(writer, 9, node.metadata);
  if (node.overload) writer.text(8, node.overload);
  if (node.domain) writer.text(7, node.domain);
  if (node.docString) writer.text(6, node.docString);
  backwards([...node.attributes], ([name, value]) => writer.message(5, () => writeAttribute(writer, name, value)));
  writer.text(4, node.opType);
  if (node.name) writer.text(3, node.name);
  backwards(node.outputs, (each) => writer.text(2, each));
  backwards(node.inputs, (each) => writer.text(1, each));
}

/** `AttributeProto.AttributeType`. */
const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  sparseTensor: 11,
} as const;

function writeAttribute(writer: ReverseWriter, name: string, attribute: Attribute): void {
  if (attribute.type === 'other') {
    if (!attribute.reference) throw new Error(`The attribute ${name} was carried along unread and cannot be written.`);
    writer.text(21, attribute.reference);
    writer.integer(20, attribute.kind);
  } else {
    writer.integer(20, attributeTypes[attribute.type]);
    writeAttributeValue(writer, attribute);
  }
  writer.text(1, name);
}

function writeAttributeValue(writer: ReverseWriter, attribute: Exclude<Attribute, { type: 'other' }>): void {
  switch (attribute.type) {
    case 'float':
      writer.float(2, attribute.value);
      break;
    case 'int':
      writer.integer(3, attribute.value);
      break;
    case 'string':
      writer.text(4, attribute.value);
      break;
    case 'tensor':
      writer.message(5, () => writeTensor(writer, attribute.value));
      break;
    case 'graph':
      writer.message(6, () => writeGraph(writer, attribute.value));
      break;
    case 'floats':
      writer.floats(7, attribute.value);
      break;
    case 'ints':
      backwards(attribute.value, (each) => writer.integer(8, each));
      break;
    case 'strings':
      backwards(attribute.value, (each) => writer.text(9, each));
      break;
    case 'sparseTensor':
      writer.message(22, () => writeSparseTensor(writer, attribute.value));
      break;
    case 'tensors':
      backwards(attribute.value, (each) => writer.message(10, () => writeTensor(writer, each)));
      break;
    case 'graphs':
      backwards(attribute.value, (each) => writer.message(11, () => writeGraph(writer, each)));
  }
}

function writeTensor(writer: ReverseWriter, tensor: OnnxTensor): void {
  const { data } = tensor;
  if (data.kind === 'file') throw new Error(`The values of ${tensor.name} are still in another file.`);
  if (data.kind === 'external') {
    writer.integer(14, 1);
    writePairs(writer, 13, externalPlace(data));
  } else if (data.kind === 'strings') backwards(data.values, (each) => writer.text(6, each));
  else writer.blob(9, data.bytes);
  if (tensor.name) writer.text(8, tensor.name);
  writer.integer(2, tensor.dataType);
  backwards(tensor.dims, (each) => writer.integer(1, each));
}

function writeSparseTensor(writer: ReverseWriter, { dims, values, indices }: OnnxSparseTensor): void {
  backwards(dims, (each) => writer.integer(3, each));
  writer.message(2, () => writeTensor(writer, indices));
  writer.message(1, () => writeTensor(writer, values));
}

function externalPlace(data: { location: string; offset: number; length?: number }): Map<string, string> {
  const place = new Map([['location', data.location]]);
  if (data.offset) place.set('offset', String(data.offset));
  if (data.length !== undefined) place.set('length', String(data.length));
  return place;
}

function writeValueInfo(writer: ReverseWriter, value: ValueInfo): void {
  if (value.dataType) {
    writer.message(2, () =>
      writer.message(1, () => {
        if (value.shape) writeShape(writer, value.shape);
        writer.integer(1, value.dataType);
      }),
    );
  }
  writer.text(1, value.name);
}

function writeShape(writer: ReverseWriter, shape: readonly (number | string)[]): void {
  writer.message(2, () => {
    backwards(shape, (dimension) =>
      writer.message(1, () => {
        if (typeof dimension === 'number') writer.integer(1, dimension);
        else if (dimension) writer.text(2, dimension);
      }),
    );
  });
}

function backwards<Item>(items: readonly Item[], write: (item: Item) => void): void {
  for (let index = items.length - 1; index >= 0; index--) write(items[index]);
}
