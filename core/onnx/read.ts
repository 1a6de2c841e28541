import { t } from '../l10n';
import type {
  Attribute,
  ByteSource,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparseTensor,
  ValueInfo,
} from './model';
import { readTensor } from './readTensor';
import { WIRE_BYTES, WIRE_VARINT, WireError, WireReader } from './wire';

export type ReadResult = { ok: true; model: OnnxModel } | { ok: false; offset: number; reason: string };

/** Graphs in attributes of nodes of graphs; real models stay below five. */
const DEEPEST_NESTING = 64;

/**
 * Reads the structure of an ONNX file (`onnx.proto`, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); weights stay
 * where they are and are known by place and length. Any opset, any operator and any field that later versions add is read.
 * A damaged file is told with the byte where reading ended; memory stays in proportion to the structure, not to the weights.
 */
export function readModel(source: ByteSource): ReadResult {
  if (source.size === 0) return { ok: false, offset: 0, reason: t('the file is empty') };
  const reader = new WireReader(source);
  try {
    return readTopLevel(reader);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { ok: false, offset: error.offset, reason: t('not a readable ONNX file: {0}', error.message) };
  }
}

function readTopLevel(reader: WireReader): ReadResult {
  const model = {
    irVersion: 0,
    opsetImports: new Map<string, number>(),
    producerName: '',
    producerVersion: '',
    metadata: new Map<string, string>(),
    functions: [] as OnnxFunction[],
  };
  let graph: OnnxGraph | undefined;
  let docString: string | undefined;
  let hasTrainingInfo = false;
  while (reader.position < reader.size) {
    const at = reader.position;
    const { field, wire } = reader.tag();
    if (field === 7 && graph) {
      return { ok: false, offset: at, reason: t('a second graph follows the first: are these two files in one?') };
    }
    if (field === 1 && wire === WIRE_VARINT) model.irVersion = reader.varint();
    else if (wire !== WIRE_BYTES) reader.skip(wire, reader.size);
    else {
      const end = messageEnd(reader, reader.size);
      if (field === 7) graph = readGraph(reader, end, 0);
      else if (field === 8) readOpset(reader, end, model.opsetImports);
      else if (field === 2) model.producerName = reader.string(end - reader.position);
      else if (field === 3) model.producerVersion = reader.string(end - reader.position);
      else if (field === 6) docString = reader.string(end - reader.position);
      else if (field === 14) readEntry(reader, end, model.metadata);
      else if (field === 25) model.functions.push(readFunction(reader, end));
      else {
        hasTrainingInfo ||= field === 20;
        reader.position = end;
      }
    }
  }
  if (!graph)
    return { ok: false, offset: reader.size, reason: t('there is no graph in it: this is not an ONNX model') };
  return { ok: true, model: { ...model, graph, hasTrainingInfo, ...(docString ? { docString } : {}) } };
}

function messageEnd(reader: WireReader, parentEnd: number): number {
  const length = reader.length(parentEnd);
  return reader.position + length;
}

/** Calls `field` for each length-delimited field; all else is skipped, or read by `number`, which says whether it did. */
function eachField(
  reader: WireReader,
  end: number,
  field: (number: number, end: number) => void,
  number: (field: number, wire: number) => boolean = () => false,
): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag.wire === WIRE_BYTES) {
      const fieldEnd = messageEnd(reader, end);
      field(tag.field, fieldEnd);
      reader.position = fieldEnd;
    } else if (!number(tag.field, tag.wire)) {
      reader.skip(tag.wire, end);
    }
  }
  if (reader.position > end) throw new WireError(end, 'a field reaches beyond the message that it is in');
}

function readGraph(reader: WireReader, end: number, depth: number): OnnxGraph {
  if (depth > DEEPEST_NESTING) throw new WireError(reader.position, 'graphs are nested too deeply');
  const graph = {
    name: '',
    nodes: [] as OnnxNode[],
    initializers: [] as OnnxGraph['initializers'][number][],
    inputs: [] as ValueInfo[],
    outputs: [] as ValueInfo[],
    valueInfo: [] as ValueInfo[],
    sparseInitializers: [] as OnnxSparseTensor[],
  };
  eachField(reader, end, (field, fieldEnd) => {
    if (field === 1) graph.nodes.push(readNode(reader, fieldEnd, depth));
    else if (field === 2) graph.name = reader.string(fieldEnd - reader.position);
    else if (field === 5) graph.initializers.push(readTensor(reader, fieldEnd));
    else if (field === 11) graph.inputs.push(readValueInfo(reader, fieldEnd));
    else if (field === 12) graph.outputs.push(readValueInfo(reader, fieldEnd));
    else if (field === 13) graph.valueInfo.push(readValueInfo(reader, fieldEnd));
    else if (field === 15) graph.sparseInitializers.push(readSparseTensor(reader, fieldEnd));
  });
  return graph;
}

function readNode(reader: WireReader, end: number, depth: number): OnnxNode {
  let name = '';
  let opType = '';
  let domain = '';
  let docString: string | undefined;
  let metadata: Map<string, string> | undefined;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  eachField(reader, end, (field, fieldEnd) => {
    const length = fieldEnd - reader.position;
    if (field === 1) inputs.push(reader.string(length));
    else if (field === 2) outputs.push(reader.string(length));
    else if (field === 3) name = reader.string(length);
    else if (field === 4) opType = reader.symbol(length);
    else if (field === 5) readAttribute(reader, fieldEnd, depth, attributes);
    else if (field === 6) docString = reader.string(length);
    else if (field === 7) domain = reader.symbol(length);
    else if (field === 9) {
      metadata ??= new Map();
      readEntry(reader, fieldEnd, metadata);
    }
  });
  return {
    name,
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes,
    ...(metadata ? { metadata } : {}),
    ...(docString ? { docString } : {}),
  };
}

/** `AttributeProto.AttributeType` of what is carried along unread. */
const ATTRIBUTE_TENSORS = 9;

function readAttribute(reader: WireReader, end: number, depth: number, into: Map<string, Attribute>): void {
  let name = '';
  let kind = 0;
  let reference: string | undefined;
  let single: Attribute | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  const graphs: OnnxGraph[] = [];
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      const length = fieldEnd - reader.position;
      if (field === 1) name = reader.symbol(length);
      else if (field === 4) single = { type: 'string', value: reader.string(length) };
      else if (field === 5) single = { type: 'tensor', value: readTensor(reader, fieldEnd) };
      else if (field === 6) single = { type: 'graph', value: readGraph(reader, fieldEnd, depth + 1) };
      else if (field === 7) while (reader.position < fieldEnd) floats.push(reader.float());
      else if (field === 8) while (reader.position < fieldEnd) ints.push(reader.varint());
      else if (field === 9) strings.push(reader.string(length));
      else if (field === 11) graphs.push(readGraph(reader, fieldEnd, depth + 1));
      else if (field === 21) reference = reader.string(length);
    },
    (field, wire) => {
      if (field === 2 && wire === 5) single = { type: 'float', value: reader.float() };
      else if (field === 7 && wire === 5) floats.push(reader.float());
      else if (wire !== WIRE_VARINT) return false;
      else if (field === 3) single = { type: 'int', value: reader.varint() };
      else if (field === 8) ints.push(reader.varint());
      else if (field === 20) kind = reader.varint();
      else return false;
      return true;
    },
  );
  into.set(name, assembleAttribute(kind, reference, single, { floats, ints, strings, graphs }));
}

interface Lists {
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
  readonly graphs: readonly OnnxGraph[];
}

/** The declared type decides; proto3 leaves a 0, an empty string and an empty list out of the file. */
function assembleAttribute(
  kind: number,
  reference: string | undefined,
  single: Attribute | undefined,
  lists: Lists,
): Attribute {
  if (reference) return { type: 'other', kind, reference };
  if (kind === 0) return single ?? guessList(lists);
  if (kind === 1) return single?.type === 'float' ? single : { type: 'float', value: 0 };
  if (kind === 2) return single?.type === 'int' ? single : { type: 'int', value: 0 };
  if (kind === 3) return single?.type === 'string' ? single : { type: 'string', value: '' };
  if (kind === 4 || kind === 5) return single ?? { type: 'other', kind };
  if (kind === 6) return { type: 'floats', value: lists.floats };
  if (kind === 7) return { type: 'ints', value: lists.ints };
  if (kind === 8) return { type: 'strings', value: lists.strings };
  if (kind === 10) return { type: 'graphs', value: lists.graphs };
  return { type: 'other', kind };
}

/** Files of IR version 1 do not declare the type. */
function guessList(lists: Lists): Attribute {
  if (lists.floats.length > 0) return { type: 'floats', value: lists.floats };
  if (lists.ints.length > 0) return { type: 'ints', value: lists.ints };
  if (lists.strings.length > 0) return { type: 'strings', value: lists.strings };
  if (lists.graphs.length > 0) return { type: 'graphs', value: lists.graphs };
  return { type: 'other', kind: ATTRIBUTE_TENSORS };
}

function readSparseTensor(reader: WireReader, end: number): OnnxSparseTensor {
  let name = '';
  const dims: number[] = [];
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field === 1) name = readTensor(reader, fieldEnd).name;
      else if (field === 3) while (reader.position < fieldEnd) dims.push(reader.varint());
    },
    (field, wire) => {
      if (field !== 3 || wire !== WIRE_VARINT) return false;
      dims.push(reader.varint());
      return true;
    },
  );
  return { name, dims };
}

function readValueInfo(reader: WireReader, end: number): ValueInfo {
  let name = '';
  let type: Pick<ValueInfo, 'dataType' | 'shape'> = { dataType: 0 };
  eachField(reader, end, (field, fieldEnd) => {
    if (field === 1) name = reader.string(fieldEnd - reader.position);
    else if (field === 2) {
      eachField(reader, fieldEnd, (kind, kindEnd) => {
        if (kind === 1) type = readTensorType(reader, kindEnd);
      });
    }
  });
  return { name, ...type };
}

function readTensorType(reader: WireReader, end: number): Pick<ValueInfo, 'dataType' | 'shape'> {
  let dataType = 0;
  let shape: (number | string)[] | undefined;
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field !== 2) return;
      shape = [];
      eachField(reader, fieldEnd, (kind, kindEnd) => {
        if (kind === 1) shape?.push(readDimension(reader, kindEnd));
      });
    },
    (field, wire) => {
      if (field !== 1 || wire !== WIRE_VARINT) return false;
      dataType = reader.varint();
      return true;
    },
  );
  return shape ? { dataType, shape } : { dataType };
}

function readDimension(reader: WireReader, end: number): number | string {
  let dimension: number | string = '';
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field === 2) dimension = reader.symbol(fieldEnd - reader.position);
    },
    (field, wire) => {
      if (field !== 1 || wire !== WIRE_VARINT) return false;
      dimension = reader.varint();
      return true;
    },
  );
  return dimension;
}

function readOpset(reader: WireReader, end: number, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field === 1) domain = reader.symbol(fieldEnd - reader.position);
    },
    (field, wire) => {
      if (field !== 2 || wire !== WIRE_VARINT) return false;
      version = reader.varint();
      return true;
    },
  );
  into.set(domain === 'ai.onnx' ? '' : domain, version);
}

function readEntry(reader: WireReader, end: number, into: Map<string, string>): void {
  let key = '';
  let value = '';
  eachField(reader, end, (field, fieldEnd) => {
    if (field === 1) key = reader.symbol(fieldEnd - reader.position);
    else if (field === 2) value = reader.string(fieldEnd - reader.position);
  });
  into.set(key, value);
}

function readFunction(reader: WireReader, end: number): OnnxFunction {
  const result = {
    name: '',
    domain: '',
    inputs: [] as string[],
    outputs: [] as string[],
    attributes: [] as string[],
    nodes: [] as OnnxNode[],
    opsetImports: new Map<string, number>(),
  };
  eachField(reader, end, (field, fieldEnd) => {
    const length = fieldEnd - reader.position;
    if (field === 1) result.name = reader.string(length);
    else if (field === 4) result.inputs.push(reader.string(length));
    else if (field === 5) result.outputs.push(reader.string(length));
    else if (field === 6) result.attributes.push(reader.string(length));
    else if (field === 7) result.nodes.push(readNode(reader, fieldEnd, 0));
    else if (field === 9) readOpset(reader, fieldEnd, result.opsetImports);
    else if (field === 10) result.domain = reader.string(length);
  });
  return result;
}
