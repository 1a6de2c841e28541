import {
  type Attribute,
  DataType,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from './model';

/** An attribute as it is most shortly said: a whole number is an `int`; a `float` is marked by `float(...)`. */
export type AttributeValue = number | string | readonly number[] | Attribute;

export function float(value: number): Attribute {
  return { type: 'float', value };
}

export interface NodeOptions {
  /** Unique in the graph; made from the first output when absent. */
  readonly name?: string;
  /** Names of the outputs; made up when absent. An empty name is an omitted output. */
  readonly outputs?: readonly string[];
  readonly domain?: string;
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Collects the nodes and constants of a graph and names what its user has no name for. Equal small constants are shared. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly inputs: ValueInfo[] = [];
  readonly outputs: ValueInfo[] = [];
  /** Goes before every name that is made up, so that a graph reads by its layers. */
  scope = '';
  private readonly constants = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private readonly domains = new Set<string>();

  constructor(
    readonly name: string,
    readonly opset: number,
  ) {}

  /** Adds a node with one output and returns that output's name. */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    options: NodeOptions = {},
  ): string {
    return this.addMany(opType, inputs, options.outputs ?? [this.fresh(opType)], attributes, options)[0];
  }

  /** Adds a node with the named outputs and returns them. */
  addMany(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    options: NodeOptions = {},
  ): readonly string[] {
    if (options.domain) this.domains.add(options.domain);
    const entries = Object.entries(attributes).map(([key, value]) => [key, toAttribute(value)] as const);
    this.nodes.push({
      name: options.name ?? outputs.find((output) => output !== '') ?? '',
      opType,
      domain: options.domain ?? '',
      inputs,
      outputs,
      attributes: new Map(entries),
      metadata: options.metadata,
    });
    return outputs;
  }

  /** A name that no value has yet. */
  fresh(hint: string): string {
    const base = this.scope ? `${this.scope}/${hint}` : hint;
    const count = this.counts.get(base) ?? 0;
    this.counts.set(base, count + 1);
    return `${base}:${count}`;
  }

  input(name: string, dataType: DataType, shape: readonly (number | string)[]): string {
    this.inputs.push({ name, dataType, shape });
    return name;
  }

  /** Declares a value as an output of the graph. */
  output(name: string, dataType: DataType, shape: readonly (number | string)[]): void {
    this.outputs.push({ name, dataType, shape });
  }

  /** Makes a value an output under a name of its own. */
  outputAs(name: string, value: string, dataType: DataType, shape: readonly (number | string)[]): void {
    this.add('Identity', [value], {}, { outputs: [name] });
    this.output(name, dataType, shape);
  }

  initializer(name: string, values: Float32Array | BigInt64Array | Uint8Array, dims: readonly number[]): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push({ name, dataType: typeOf(values), dims, data: { kind: 'bytes', bytes } });
    return name;
  }

  /** A float32 scalar. */
  scalar(value: number): string {
    return this.constant(`float ${value}`, Float32Array.of(value), []);
  }

  /** A float32 tensor; `dims` defaults to one dimension. */
  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.constant(`floats ${values} in ${dims}`, Float32Array.from(values), dims);
  }

  /** A one-dimensional int64 tensor: axes, shapes, starts, pads. */
  ints(values: readonly number[]): string {
    return this.constant(`ints ${values}`, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** An int64 scalar. */
  int(value: number): string {
    return this.constant(`int ${value}`, BigInt64Array.of(BigInt(value)), []);
  }

  graph(): OnnxGraph {
    const { name, nodes, initializers, inputs, outputs } = this;
    return { name, nodes, initializers, inputs, outputs, valueInfo: [] };
  }

  /** Domains other than the standard one are imported at version 1. */
  model(metadata: ReadonlyMap<string, string> = new Map()): OnnxModel {
    return {
      irVersion: irVersionOf(this.opset),
      opsetImports: new Map([['', this.opset], ...[...this.domains].map((domain) => [domain, 1] as const)]),
      producerName: 'matchdown',
      producerVersion: '',
      graph: this.graph(),
      metadata,
      functions: [],
    };
  }

  private constant(key: string, values: Float32Array | BigInt64Array, dims: readonly number[]): string {
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(`${this.name}/constant:${this.constants.size}`, values, dims);
    this.constants.set(key, name);
    return name;
  }
}

/** The IR version that came with an opset, so that a runtime that knows the opset accepts the file: https://onnx.ai/onnx/repo-docs/Versioning.html */
export function irVersionOf(opset: number): number {
  if (opset <= 14) return 7;
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  return opset <= 22 ? 10 : 11;
}

function typeOf(values: Float32Array | BigInt64Array | Uint8Array): DataType {
  if (values instanceof Float32Array) return DataType.float;
  return values instanceof BigInt64Array ? DataType.int64 : DataType.uint8;
}

function toAttribute(value: AttributeValue): Attribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  return isList(value) ? { type: 'ints', value } : value;
}

function isList(value: readonly number[] | Attribute): value is readonly number[] {
  return Array.isArray(value);
}
