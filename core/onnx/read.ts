import { t } from '../l10n';
import type {
  Attribute,
  ByteSource,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparseTensor,
  OnnxTensor,
  ValueForm,
  ValueInfo,
} from './model';
import { readEntry, readTensor } from './readTensor';
import { type Tape as AnyTape, type Shared, scan } from './scan';
import { ONNX } from './schema';

export type ReadResult = { ok: true; model: OnnxModel } | { ok: false; offset: number; reason: string };

/**
 * Reads the structure of an ONNX file; weights stay where they are and are known by place and length. Any opset, any operator
 * and any field that later versions add is read. A damaged file is told with the byte where reading ended; memory stays in
 * proportion to the structure, not to the weights. Throws what the source throws.
 */
export function readModel(source: ByteSource): ReadResult {
  if (source.size === 0) return { ok: false, offset: 0, reason: t('the file is empty') };
  const result = scan<Attributes>(source, ONNX);
  if (!result.ok) return result;
  const model = modelOf(result.tape);
  if (model) return { ok: true, model };
  return { ok: false, offset: source.size, reason: t('there is no graph in it: this is not an ONNX model') };
}

type Tape = AnyTape<Attributes>;

/* In what follows `message` is a message's entry on the tape; the numbers of fields are those of `schema.ts`. */

function modelOf(tape: Tape): OnnxModel | undefined {
  const opsetImports = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions: OnnxFunction[] = [];
  const model = { irVersion: 0, opsetImports, producerName: '', producerVersion: '', metadata, functions };
  let graph: OnnxGraph | undefined;
  let docString = '';
  let hasTrainingInfo = false;
  for (let at = 0; at < tape.length; at = tape.next(at)) {
    const field = tape.field(at);
    if (field === 1) model.irVersion = tape.value(at);
    else if (field === 2) model.producerName = tape.text(at);
    else if (field === 3) model.producerVersion = tape.text(at);
    else if (field === 6) docString = tape.text(at);
    else if (field === 7) graph = readGraph(tape, at);
    else if (field === 8) readOperatorSet(tape, at, opsetImports);
    else if (field === 14) readEntry(tape, at, metadata);
    else if (field === 20) hasTrainingInfo = true;
    else functions.push(readFunction(tape, at));
  }
  return graph && { ...model, graph, hasTrainingInfo, ...(docString ? { docString } : {}) };
}

/** The graph's parts are taken off the tape when somebody asks for them: many readers want to know but little of a model. */
function readGraph(tape: Tape, message: number): OnnxGraph {
  const name = once(() => listOf(tape, message, 2, (at) => tape.text(at)).at(-1) ?? '');
  const nodes = once(() => listOf(tape, message, 1, (at) => readNode(tape, at)));
  const initializers = once(() => listOf(tape, message, 5, (at) => readTensor(tape, at)));
  const inputs = once(() => listOf(tape, message, 11, (at) => readValueInfo(tape, at)));
  const outputs = once(() => listOf(tape, message, 12, (at) => readValueInfo(tape, at)));
  const valueInfo = once(() => listOf(tape, message, 13, (at) => readValueInfo(tape, at)));
  const sparseInitializers = once(() => listOf(tape, message, 15, (at) => readSparseTensor(tape, at)));
  return {
    get name() {
      return name();
    },
    get nodes() {
      return nodes();
    },
    get initializers() {
      return initializers();
    },
    get inputs() {
      return inputs();
    },
    get outputs() {
      return outputs();
    },
    get valueInfo() {
      return valueInfo();
    },
    get sparseInitializers() {
      return sparseInitializers();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function readNode(tape: Tape, message: number): OnnxNode {
  let inputs = 0;
  let outputs = 0;
  let name = '';
  let opType = '';
  let domain = '';
  let docString = '';
  let overload = '';
  let shared = tape.shared;
  let metadata: Map<string, string> | undefined;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    const field = tape.field(at);
    if (field === 1) inputs++;
    else if (field === 2) outputs++;
    else if (field === 3) name = tape.text(at);
    else if (field === 4) opType = tape.text(at);
    else if (field === 5) shared = shared.with(tape.fields(at));
    else if (field === 6) docString = tape.text(at);
    else if (field === 7) domain = tape.text(at);
    else if (field === 8) overload = tape.text(at);
    else {
      metadata ??= new Map();
      readEntry(tape, at, metadata);
    }
  }
  const node = {
    name,
    opType,
    domain: standardDomain(domain),
    inputs: namesOf(tape, message, 1, inputs),
    outputs: namesOf(tape, message, 2, outputs),
    attributes: attributesOf(tape, message, shared),
  };
  if (!metadata && !docString && !overload) return node;
  return { ...node, ...(metadata && { metadata }), ...(docString && { docString }), ...(overload && { overload }) };
}

const NO_NAMES: readonly string[] = [];

/** The `count` texts of a field, in a list of just that length: one that grows has room for 17 entries at least. */
function namesOf(tape: Tape, message: number, field: number, count: number): readonly string[] {
  if (count === 0) return NO_NAMES;
  const names = new Array<string>(count);
  for (let at = message + 1, index = 0; index < count; at = tape.next(at)) {
    if (tape.field(at) === field) names[index++] = tape.text(at);
  }
  return names;
}

/** The standard's operators go by two names. */
function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** `AttributeProto.AttributeType`: what is read of each type, and the field that holds it. */
const TYPES = [
  { type: '', field: 0 },
  { type: 'float', field: 2 },
  { type: 'int', field: 3 },
  { type: 'string', field: 4 },
  { type: 'tensor', field: 5 },
  { type: 'graph', field: 6 },
  { type: 'floats', field: 7 },
  { type: 'ints', field: 8 },
  { type: 'strings', field: 9 },
  { type: 'tensors', field: 10 },
  { type: 'graphs', field: 11 },
  { type: 'sparseTensor', field: 22 },
] as const;

type Attributes = ReadonlyMap<string, Attribute>;

/** Most nodes have none; nobody writes into it. */
const NO_ATTRIBUTES: Attributes = new Map();

/** Nodes that have the same ones share them; but tensors are each node's own, since equal constants may be different weights. */
function attributesOf(tape: Tape, node: number, shared: Shared<Attributes>): Attributes {
  if (shared === tape.shared) return NO_ATTRIBUTES;
  if (shared.value) return shared.value;
  const attributes = new Map(listOf(tape, node, 5, (at) => readAttribute(tape, at)));
  if ([...attributes.values()].every(({ type }) => PLAIN.has(type))) shared.value = attributes;
  return attributes;
}

const PLAIN: ReadonlySet<Attribute['type']> = new Set(['float', 'int', 'string', 'floats', 'ints', 'strings', 'other']);

/** The declared type decides; proto3 leaves a 0, an empty string and an empty list out of the file. */
function readAttribute(tape: Tape, entry: number): [name: string, attribute: Attribute] {
  const message = tape.fields(entry);
  let name = '';
  let kind = 0;
  let reference = '';
  let last = message;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    const field = tape.field(at);
    if (field === 1) name = tape.text(at);
    else if (field === 20) kind = tape.value(at);
    else if (field === 21) reference = tape.text(at);
    else last = at;
  }
  // Files of IR version 1 do not declare the type.
  if (kind === 0 && last !== message) kind = TYPES.findIndex(({ field }) => field === tape.field(last));
  return [name, reference ? { type: 'other', kind, reference } : valueOfKind(tape, message, kind, last)];
}

function valueOfKind(tape: Tape, message: number, kind: number, last: number): Attribute {
  const { type, field } = TYPES[kind] ?? TYPES[0];
  const isThere = last !== message && tape.field(last) === field;
  switch (type) {
    case 'float':
    case 'int':
      return { type, value: isThere ? tape.value(last) : 0 };
    case 'string':
      return { type, value: isThere ? tape.text(last) : '' };
    case 'tensor':
      return isThere ? { type, value: readTensor(tape, last) } : { type: 'other', kind };
    case 'graph':
      return isThere ? { type, value: readGraph(tape, last) } : { type: 'other', kind };
    case 'sparseTensor':
      return isThere ? { type, value: readSparseTensor(tape, last) } : { type: 'other', kind };
    case 'floats':
    case 'ints':
      return { type, value: listOf(tape, message, field, (at) => tape.value(at)) };
    case 'strings':
      return { type, value: listOf(tape, message, field, (at) => tape.text(at)) };
    case 'tensors':
      return { type, value: listOf(tape, message, field, (at) => readTensor(tape, at)) };
    case 'graphs':
      return { type, value: listOf(tape, message, field, (at) => readGraph(tape, at)) };
    default:
      return { type: 'other', kind };
  }
}

/** Of all entries of a field, in a list of just that length: one that grows is copied, and copied again by the garbage collector. */
function listOf<T>(tape: Tape, message: number, field: number, read: (entry: number) => T): T[] {
  let count = 0;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) if (tape.field(at) === field) count++;
  const list = new Array<T>(count);
  for (let at = message + 1, index = 0; index < count; at = tape.next(at)) {
    if (tape.field(at) === field) list[index++] = read(at);
  }
  return list;
}

/** Its name is that of its values. */
function readSparseTensor(tape: Tape, message: number): OnnxSparseTensor {
  const values = listOf(tape, message, 1, (at) => readTensor(tape, at)).at(-1) ?? NO_TENSOR;
  const indices = listOf(tape, message, 2, (at) => readTensor(tape, at)).at(-1) ?? NO_TENSOR;
  return { name: values.name, dims: listOf(tape, message, 3, (at) => tape.value(at)), values, indices };
}

const NO_TENSOR: OnnxTensor = { name: '', dataType: 0, dims: [0], data: { kind: 'bytes', bytes: new Uint8Array(0) } };

function readValueInfo(tape: Tape, message: number): ValueInfo {
  let name = '';
  let type: ValueType = { dataType: 0 };
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    if (tape.field(at) === 1) name = tape.text(at);
    else type = readType(tape, at);
  }
  return { name, ...type };
}

type ValueType = Omit<ValueInfo, 'name'>;

/** Fields of `TypeProto` that say what a value is when it is no plain tensor. */
const HOLDERS: Readonly<Record<number, 'sequence' | 'map' | 'optional'>> = { 4: 'sequence', 5: 'map', 9: 'optional' };
const SPARSE = 8;

function readType(tape: Tape, message: number): ValueType {
  const at = message + 1;
  if (at >= tape.next(message)) return { dataType: 0 };
  const kind = HOLDERS[tape.field(at)];
  if (kind) return { dataType: 0, form: readHolder(tape, at, kind) };
  const type = readTensorType(tape, at);
  return tape.field(at) === SPARSE ? { ...type, form: { kind: 'sparse' } } : type;
}

/** A sequence's or optional value's elements are field 1; of a map that is the type of its keys. */
function readHolder(tape: Tape, message: number, kind: 'sequence' | 'map' | 'optional'): ValueForm {
  let key: number | undefined;
  let element: ValueType | undefined;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    if (kind === 'map' && tape.field(at) === 1) key = tape.value(at);
    else element = readType(tape, at);
  }
  return { kind, ...(key !== undefined && { key }), ...(element && { element }) };
}

function readTensorType(tape: Tape, message: number): ValueType {
  let dataType = 0;
  let shape: (number | string)[] | undefined;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    if (tape.field(at) === 1) dataType = tape.value(at);
    else shape = listOf(tape, at, 1, (dimension) => readDimension(tape, dimension));
  }
  return shape ? { dataType, shape } : { dataType };
}

function readDimension(tape: Tape, message: number): number | string {
  let dimension: number | string = '';
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    dimension = tape.field(at) === 1 ? tape.value(at) : tape.text(at);
  }
  return dimension;
}

function readOperatorSet(tape: Tape, message: number, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    if (tape.field(at) === 1) domain = tape.text(at);
    else version = tape.value(at);
  }
  into.set(standardDomain(domain), version);
}

function readFunction(tape: Tape, message: number): OnnxFunction {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const nodes: OnnxNode[] = [];
  const opsetImports = new Map<string, number>();
  const defaults = new Map<string, Attribute>();
  let name = '';
  let domain = '';
  let overload = '';
  const end = tape.next(message);
  for (let at = message + 1; at < end; at = tape.next(at)) {
    const field = tape.field(at);
    if (field === 1) name = tape.text(at);
    else if (field === 4) inputs.push(tape.text(at));
    else if (field === 5) outputs.push(tape.text(at));
    else if (field === 6) attributes.push(tape.text(at));
    else if (field === 7) nodes.push(readNode(tape, at));
    else if (field === 9) readOperatorSet(tape, at, opsetImports);
    else if (field === 10) domain = tape.text(at);
    else if (field === 11) defaults.set(...readAttribute(tape, at));
    else overload = tape.text(at);
  }
  const result = { name, domain, inputs, outputs, attributes, nodes, opsetImports };
  return { ...result, ...(defaults.size > 0 && { defaults }), ...(overload && { overload }) };
}
