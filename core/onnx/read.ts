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
import { OBJECT_BYTES, readEntry, readNumber, readNumbers, readTensor } from './readTensor';
import { WIRE_32_BIT, WIRE_BYTES, WIRE_VARINT, WireError, WireReader } from './wire';

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
    const tag = reader.tag();
    if (tag === bytesField(7) && graph) {
      return { ok: false, offset: at, reason: t('a second graph follows the first: are these two files in one?') };
    }
    if (tag === 1 * 8 + WIRE_VARINT) model.irVersion = reader.varint();
    else if ((tag & 7) !== WIRE_BYTES) reader.skip(tag, reader.size);
    else {
      const field = tag >>> 3;
      const end = reader.fieldEnd(reader.size);
      if (field === 7) graph = readGraph(reader, end, 0);
      else if (field === 8) readOpset(reader, end, model.opsetImports);
      else if (field === 2) model.producerName = reader.string(end);
      else if (field === 3) model.producerVersion = reader.string(end);
      else if (field === 6) docString = reader.string(end);
      else if (field === 14) readEntry(reader, end, model.metadata);
      else if (field === 25) model.functions.push(readFunction(reader, end));
      else {
        hasTrainingInfo ||= field === 20;
        reader.position = end;
      }
    }
  }
  reader.close(reader.size);
  if (!graph)
    return { ok: false, offset: reader.size, reason: t('there is no graph in it: this is not an ONNX model') };
  return { ok: true, model: { ...model, graph, hasTrainingInfo, ...(docString ? { docString } : {}) } };
}

/** The tag of a field of length and bytes. */
function bytesField(number: number): number {
  return number * 8 + WIRE_BYTES;
}

/** Calls `field` for each field of length and bytes, to be read up to `fieldEnd`; other ones are skipped or read by `number`. */
function eachField(
  reader: WireReader,
  end: number,
  field: (number: number, fieldEnd: number) => void,
  number: (field: number, wire: number) => boolean = () => false,
): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if ((tag & 7) === WIRE_BYTES) {
      const fieldEnd = reader.fieldEnd(end);
      field(tag >>> 3, fieldEnd);
      reader.position = fieldEnd;
    } else if (!number(tag >>> 3, tag & 7)) {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}

function readGraph(reader: WireReader, end: number, depth: number): OnnxGraph {
  if (depth > DEEPEST_NESTING) throw new WireError(reader.position, t('graphs are nested too deeply'));
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
    else if (field === 2) graph.name = reader.string(fieldEnd);
    else if (field === 5) graph.initializers.push(readTensor(reader, fieldEnd));
    else if (field === 11) graph.inputs.push(readValueInfo(reader, fieldEnd));
    else if (field === 12) graph.outputs.push(readValueInfo(reader, fieldEnd));
    else if (field === 13) graph.valueInfo.push(readValueInfo(reader, fieldEnd));
    else if (field === 15) graph.sparseInitializers.push(readSparseTensor(reader, fieldEnd));
  });
  return graph;
}

/** Most nodes have none; nobody writes into it. */
const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map();

/**
 * Nodes and attributes are most of a file's structure, so they are read without `eachField`'s function for each message, and
 * their lists are kept as slices: an array that grew has room for 17 entries at least.
 */
function readNode(reader: WireReader, end: number, depth: number): OnnxNode {
  reader.spend(OBJECT_BYTES);
  let name = '';
  let opType = '';
  let domain = '';
  let docString: string | undefined;
  let metadata: Map<string, string> | undefined;
  let attributes: Map<string, Attribute> | undefined;
  const inputs: string[] = [];
  const outputs: string[] = [];
  while (reader.position < end) {
    const tag = reader.tag();
    if ((tag & 7) !== WIRE_BYTES) {
      reader.skip(tag, end);
      continue;
    }
    const fieldEnd = reader.fieldEnd(end);
    switch (tag >>> 3) {
      case 1:
        readName(reader, fieldEnd, inputs);
        break;
      case 2:
        readName(reader, fieldEnd, outputs);
        break;
      case 3:
        name = reader.string(fieldEnd);
        break;
      case 4:
        opType = reader.symbol(fieldEnd);
        break;
      case 5:
        attributes ??= new Map();
        readAttribute(reader, fieldEnd, depth, attributes);
        break;
      case 6:
        docString = reader.string(fieldEnd);
        break;
      case 7:
        domain = reader.symbol(fieldEnd);
        break;
      case 9:
        metadata ??= new Map();
        readEntry(reader, fieldEnd, metadata);
        break;
      default:
        reader.position = fieldEnd;
    }
  }
  reader.close(end);
  const node = {
    name,
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs: inputs.slice(),
    outputs: outputs.slice(),
    attributes: attributes ?? NO_ATTRIBUTES,
  };
  return metadata || docString ? { ...node, ...(metadata && { metadata }), ...(docString && { docString }) } : node;
}

const NAME_BYTES = 64;

function readName(reader: WireReader, end: number, into: string[]): void {
  reader.spend(NAME_BYTES);
  into.push(reader.string(end));
}

/** `AttributeProto.AttributeType` of what is carried along unread. */
const ATTRIBUTE_TENSORS = 9;

function readAttribute(reader: WireReader, end: number, depth: number, into: Map<string, Attribute>): void {
  reader.spend(OBJECT_BYTES);
  let name = '';
  let kind = 0;
  let reference: string | undefined;
  let single: Attribute | undefined;
  let lists: Lists | undefined;
  while (reader.position < end) {
    const tag = reader.tag();
    const wire = tag & 7;
    if (tag === 8 * 8 + WIRE_VARINT) {
      lists ??= emptyLists();
      readNumber(reader, lists.ints);
    } else if (tag === 20 * 8 + WIRE_VARINT) kind = reader.varint();
    else if (tag === 3 * 8 + WIRE_VARINT) single = { type: 'int', value: reader.varint() };
    else if (tag === 2 * 8 + WIRE_32_BIT) single = { type: 'float', value: reader.float() };
    else if (tag === 7 * 8 + WIRE_32_BIT) {
      lists ??= emptyLists();
      readFloats(reader, reader.position + 4, lists.floats);
    } else if (wire !== WIRE_BYTES) reader.skip(tag, end);
    else {
      const field = tag >>> 3;
      const fieldEnd = reader.fieldEnd(end);
      if (field === 1) name = reader.symbol(fieldEnd);
      else if (field === 4) single = { type: 'string', value: reader.string(fieldEnd) };
      else if (field === 5) single = { type: 'tensor', value: readTensor(reader, fieldEnd) };
      else if (field === 6) single = { type: 'graph', value: readGraph(reader, fieldEnd, depth + 1) };
      else if (field === 21) reference = reader.string(fieldEnd);
      else {
        lists ??= emptyLists();
        readListField(reader, field, fieldEnd, depth, lists);
      }
      reader.position = fieldEnd;
    }
  }
  reader.close(end);
  into.set(name, assembleAttribute(kind, reference, single, lists ?? NO_LISTS));
}

function readListField(reader: WireReader, field: number, end: number, depth: number, lists: Lists): void {
  if (field === 7) readFloats(reader, end, lists.floats);
  else if (field === 8) readNumbers(reader, end, lists.ints);
  else if (field === 9) readName(reader, end, lists.strings);
  else if (field === 11) lists.graphs.push(readGraph(reader, end, depth + 1));
}

function readFloats(reader: WireReader, end: number, into: number[]): void {
  reader.spend(2 * (end - reader.position));
  while (reader.position < end) into.push(reader.float());
  reader.close(end);
}

interface Lists {
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
  readonly graphs: OnnxGraph[];
}

function emptyLists(): Lists {
  return { floats: [], ints: [], strings: [], graphs: [] };
}

const NO_LISTS: Lists = emptyLists();

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
  if (kind === 6) return { type: 'floats', value: lists.floats.slice() };
  if (kind === 7) return { type: 'ints', value: lists.ints.slice() };
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
  reader.spend(OBJECT_BYTES);
  let name = '';
  const dims: number[] = [];
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field === 1) name = readTensor(reader, fieldEnd).name;
      else if (field === 3) readNumbers(reader, fieldEnd, dims);
    },
    (field, wire) => {
      if (field !== 3 || wire !== WIRE_VARINT) return false;
      readNumber(reader, dims);
      return true;
    },
  );
  return { name, dims };
}

function readValueInfo(reader: WireReader, end: number): ValueInfo {
  reader.spend(OBJECT_BYTES);
  let name = '';
  let type: Pick<ValueInfo, 'dataType' | 'shape'> = { dataType: 0 };
  eachField(reader, end, (field, fieldEnd) => {
    if (field === 1) name = reader.string(fieldEnd);
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
  reader.spend(NAME_BYTES);
  let dimension: number | string = '';
  eachField(
    reader,
    end,
    (field, fieldEnd) => {
      if (field === 2) dimension = reader.symbol(fieldEnd);
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
      if (field === 1) domain = reader.symbol(fieldEnd);
    },
    (field, wire) => {
      if (field !== 2 || wire !== WIRE_VARINT) return false;
      version = reader.varint();
      return true;
    },
  );
  into.set(domain === 'ai.onnx' ? '' : domain, version);
}

function readFunction(reader: WireReader, end: number): OnnxFunction {
  reader.spend(OBJECT_BYTES);
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
    if (field === 1) result.name = reader.string(fieldEnd);
    else if (field === 4) readName(reader, fieldEnd, result.inputs);
    else if (field === 5) readName(reader, fieldEnd, result.outputs);
    else if (field === 6) readName(reader, fieldEnd, result.attributes);
    else if (field === 7) result.nodes.push(readNode(reader, fieldEnd, 0));
    else if (field === 9) readOpset(reader, fieldEnd, result.opsetImports);
    else if (field === 10) result.domain = reader.string(fieldEnd);
  });
  return result;
}
