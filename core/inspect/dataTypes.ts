import type { ValueInfo } from '../onnx/model';

/** Names of `TensorProto.DataType` by number (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), those of later versions too. */
const NAMES = [
  ...['', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64'],
  ...['uint32', 'uint64', 'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2'],
  ...['float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1', 'float8e8m0', 'uint2', 'int2'],
];

/** `float32`; empty when a file does not say, the number itself for a type that is not known here. */
export function dataTypeName(dataType: number): string {
  return NAMES[dataType] ?? `type ${dataType}`;
}

/** `float32`, `sparse float32`, `sequence(map(int64, float32))`: what a value is, in the words of ONNX. */
export function typeName({ dataType, form }: Omit<ValueInfo, 'name'>): string {
  if (!form) return dataTypeName(dataType);
  if (form.kind === 'sparse') return `sparse ${dataTypeName(dataType)}`;
  const parts = [
    ...(form.key === undefined ? [] : [dataTypeName(form.key)]),
    form.element ? typeName(form.element) : '?',
  ];
  return `${form.kind}(${parts.join(', ')})`;
}
