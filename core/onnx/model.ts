/**
 * An ONNX model as data; names follow `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Reader and writer share it.
 */
export interface OnnxModel {
  readonly irVersion: number;
  /** Domain (`''` is the standard one) to version. */
  readonly opsetImports: ReadonlyMap<string, number>;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: OnnxGraph;
  readonly metadata: ReadonlyMap<string, string>;
  readonly functions: readonly OnnxFunction[];
  readonly docString?: string;
  /** True when the file carries `training_info`. */
  readonly hasTrainingInfo?: boolean;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfo: readonly ValueInfo[];
  readonly sparseInitializers?: readonly OnnxSparseTensor[];
}

export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsetImports: ReadonlyMap<string, number>;
  /** Values of attributes that a call leaves out. */
  readonly defaults?: ReadonlyMap<string, Attribute>;
  /** Tells functions of the same domain and name apart. */
  readonly overload?: string;
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** An empty name stands for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly docString?: string;
  /** Of the function that is called; see `OnnxFunction.overload`. */
  readonly overload?: string;
}

export type Attribute =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: OnnxTensor }
  | { readonly type: 'graph'; readonly value: OnnxGraph }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensors'; readonly value: readonly OnnxTensor[] }
  | { readonly type: 'sparseTensor'; readonly value: OnnxSparseTensor }
  | { readonly type: 'graphs'; readonly value: readonly OnnxGraph[] }
  /** A kind that is carried along unread, or a function's reference to an attribute of its caller (`reference`). */
  | { readonly type: 'other'; readonly kind: number; readonly reference?: string };

/** `TensorProto.DataType`. */
export enum DataType {
  undefined = 0,
  float = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  string = 8,
  bool = 9,
  float16 = 10,
  double = 11,
  uint32 = 12,
  uint64 = 13,
  complex64 = 14,
  complex128 = 15,
  bfloat16 = 16,
  float8e4m3fn = 17,
  float8e4m3fnuz = 18,
  float8e5m2 = 19,
  float8e5m2fnuz = 20,
  uint4 = 21,
  int4 = 22,
  float4e2m1 = 23,
  float8e8m0 = 24,
  uint2 = 25,
  int2 = 26,
}

export interface OnnxTensor {
  readonly name: string;
  readonly dataType: DataType | number;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Where a tensor's little-endian bytes are. A reader leaves weights where they stand. */
export type TensorData =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** At a place of the model's own file: `raw_data`, or a packed typed field; integers of the latter are `varints`. */
  | { readonly kind: 'file'; readonly offset: number; readonly length: number; readonly encoding?: 'varints' }
  /** Texts, as many as they are; they stand in no other way in a file. */
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  /** In another file, relative to the model's folder. */
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly length?: number };

/** A tensor of which only some elements are not 0. */
export interface OnnxSparseTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** The elements that are not 0. */
  readonly values: OnnxTensor;
  /** Where they stand, of int64: their places in the flattened tensor (`[count]`), or one index for each axis (`[count, rank]`). */
  readonly indices: OnnxTensor;
}

export interface ValueInfo {
  readonly name: string;
  /** 0 when the file does not say, or when the value is no tensor. */
  readonly dataType: DataType | number;
  /** Absent when unknown; a string is a named (dynamic) dimension, `''` an unknown one. */
  readonly shape?: readonly (number | string)[];
  /** Of a value that is no plain tensor. */
  readonly form?: ValueForm;
}

/** What a value is that is no plain tensor; a sparse one's type and shape stand beside it, the others' are their elements'. */
export interface ValueForm {
  readonly kind: 'sparse' | 'sequence' | 'optional' | 'map';
  /** The type of a map's keys. */
  readonly key?: DataType | number;
  readonly element?: Omit<ValueInfo, 'name'>;
}

/** Bytes that can be read at any place; a file in the engine, an array in tests. */
export interface ByteSource {
  readonly size: number;
  /** Fills `into` from `offset` on and says with how many bytes: fewer only at the end. */
  read(offset: number, into: Uint8Array): number;
}
