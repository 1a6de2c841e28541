import type { TensorData, ValueInfo } from './model';
import { type Attribute, DataType, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from './model';
import { elementCount, encodeValues } from './tensor';

/**
 * Reads the textual form that `printModel` writes, without sub-graphs: fixtures for rules and comparisons. An initializer
 * without values gets values that look random but are always the same. Throws on a mistake: a fixture is our own text.
 */
export function parseModel(text: string): OnnxModel {
  const scanner = new Scanner(text);
  const header = parseHeader(scanner);
  const graph = parseGraph(scanner);
  return {
    irVersion: header.irVersion,
    opsetImports: header.opsetImports,
    producerName: header.producerName,
    producerVersion: '',
    metadata: new Map(),
    functions: [],
    graph,
  };
}

interface Header {
  irVersion: number;
  producerName: string;
  readonly opsetImports: Map<string, number>;
}

function parseHeader(scanner: Scanner): Header {
  const header: Header = { irVersion: 8, producerName: '', opsetImports: new Map() };
  if (scanner.take('<')) {
    do {
      const key = scanner.word();
      scanner.expect(':');
      if (key === 'ir_version') header.irVersion = Number(scanner.word());
      else if (key === 'producer_name') header.producerName = scanner.quoted();
      else if (key === 'opset_import') {
        scanner.list('[', ']', () => {
          const domain = scanner.quoted();
          scanner.expect(':');
          header.opsetImports.set(domain, Number(scanner.word()));
        });
      } else throw scanner.error(`unknown key ${key}`);
    } while (scanner.take(','));
    scanner.expect('>');
  }
  if (header.opsetImports.size === 0) header.opsetImports.set('', 17);
  return header;
}

function parseGraph(scanner: Scanner): OnnxGraph {
  const name = scanner.word();
  const inputs = scanner.list('(', ')', () => parseValueInfo(scanner));
  scanner.expect('=>');
  const outputs = scanner.list('(', ')', () => parseValueInfo(scanner));
  const initializers = scanner.peek('<') ? scanner.list('<', '>', () => parseTensor(scanner)) : [];
  const nodes: OnnxNode[] = [];
  scanner.expect('{');
  while (!scanner.take('}')) nodes.push(parseNode(scanner));
  return { name, inputs, outputs, initializers, nodes, valueInfo: [] };
}

function parseNode(scanner: Scanner): OnnxNode {
  const outputs = [scanner.word()];
  while (scanner.take(',')) outputs.push(scanner.word());
  scanner.expect('=');
  const operator = scanner.word();
  const at = operator.lastIndexOf('.');
  const attributes = new Map<string, Attribute>();
  if (scanner.peek('<')) {
    scanner.list('<', '>', () => {
      const name = scanner.word();
      scanner.expect('=');
      attributes.set(name, parseAttribute(scanner));
    });
  }
  const inputs = scanner.list('(', ')', () => scanner.optionalWord());
  return {
    name: `node_${outputs[0]}`,
    opType: operator.slice(at + 1),
    domain: at < 0 ? '' : operator.slice(0, at),
    inputs,
    outputs,
    attributes,
  };
}

function parseAttribute(scanner: Scanner): Attribute {
  if (scanner.peek('"')) return { type: 'string', value: scanner.quoted() };
  if (scanner.peek('[')) {
    if (scanner.peek('["')) return { type: 'strings', value: scanner.list('[', ']', () => scanner.quoted()) };
    const words = scanner.list('[', ']', () => scanner.word());
    const type = words.some((word) => word.includes('.')) ? 'floats' : 'ints';
    return { type, value: words.map(Number) };
  }
  if (/[a-z]/.test(scanner.next())) return { type: 'tensor', value: parseTensor(scanner) };
  const word = scanner.word();
  return { type: /[.e]/.test(word) ? 'float' : 'int', value: Number(word) };
}

function parseValueInfo(scanner: Scanner): ValueInfo {
  const { dataType, shape } = parseType(scanner);
  return { name: scanner.word(), dataType, ...(shape ? { shape } : {}) };
}

function parseTensor(scanner: Scanner): OnnxTensor {
  const { dataType, shape = [] } = parseType(scanner);
  const dims = shape.map(Number);
  const name = scanner.optionalWord();
  if (dataType === DataType.string) return { name, dataType, dims, data: parseTexts(scanner) };
  const values =
    scanner.take('=') || scanner.peek('{') ? scanner.list('{', '}', () => Number(scanner.word())) : undefined;
  const data = values ?? pseudoRandom(name, elementCount(dims));
  if (data.length !== elementCount(dims)) throw scanner.error(`${name} has ${data.length} values`);
  return { name, dataType, dims, data: { kind: 'bytes', bytes: encodeValues(data, dataType) } };
}

function parseTexts(scanner: Scanner): TensorData {
  scanner.take('=');
  return { kind: 'strings', values: scanner.list('{', '}', () => scanner.quoted()) };
}

function parseType(scanner: Scanner): { dataType: number; shape?: (number | string)[] } {
  const name = scanner.word();
  const dataType = DataType[name as keyof typeof DataType];
  if (dataType === undefined) throw scanner.error(`unknown type ${name}`);
  if (!scanner.peek('[')) return { dataType };
  const shape = scanner.list('[', ']', () => {
    const word = scanner.word();
    if (word === '?') return '';
    return /^\d+$/.test(word) ? Number(word) : word;
  });
  return { dataType, shape };
}

/** Between -1 and 1, from the name alone. */
function pseudoRandom(name: string, count: number): number[] {
  let state = 1;
  for (let i = 0; i < name.length; i++) state = (Math.imul(state, 31) + name.charCodeAt(i)) | 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

class Scanner {
  private position = 0;

  constructor(private readonly text: string) {}

  next(): string {
    this.skipSpace();
    return this.text[this.position] ?? '';
  }

  peek(token: string): boolean {
    this.skipSpace();
    return this.text.startsWith(token, this.position);
  }

  take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.position += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.error(`expected ${token}`);
  }

  word(): string {
    const word = this.optionalWord();
    if (word === '') throw this.error('expected a word');
    return word;
  }

  optionalWord(): string {
    this.skipSpace();
    const word = /^[^\s,()[\]{}<>=:"]*/.exec(this.text.slice(this.position, this.position + 200))?.[0] ?? '';
    this.position += word.length;
    return word;
  }

  quoted(): string {
    this.expect('"');
    const end = this.text.indexOf('"', this.position);
    if (end < 0) throw this.error('a string does not end');
    const result = this.text.slice(this.position, end);
    this.position = end + 1;
    return result;
  }

  list<T>(open: string, close: string, item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    if (this.take(close)) return items;
    do items.push(item());
    while (this.take(','));
    this.expect(close);
    return items;
  }

  error(message: string): Error {
    return new Error(`${message} at "${this.text.slice(this.position, this.position + 30)}"`);
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.position] ?? '')) this.position++;
  }
}
