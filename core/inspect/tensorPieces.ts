import { DataType, type TensorData } from '../onnx/model';
import { elementBits, elementCount } from '../onnx/tensor';
import type { InspectedTensor } from './graphs';

/** Bytes of a tensor that are read at once. */
const PIECE_BYTES = 1 << 20;

/**
 * A tensor as smaller ones that follow each other, for who must not hold or wait for all of it. Values that are written in
 * no fixed size come in one piece.
 */
export function* tensorPieces(tensor: InspectedTensor): Generator<InspectedTensor> {
  const bits = elementBits(tensor.dataType);
  const count = elementCount(tensor.dims);
  if (tensor.sparse || bits === 0 || !isInPlace(tensor.data, Math.ceil((count * bits) / 8))) {
    yield tensor;
    return;
  }
  // A whole number of bytes, also where several elements share one.
  const step = Math.floor((PIECE_BYTES * 8) / bits);
  for (let from = 0; from < count; from += step) {
    const length = Math.min(step, count - from);
    const data = partOf(tensor.data, (from * bits) / 8, Math.ceil((length * bits) / 8));
    yield { ...tensor, dims: [length], data };
  }
}

/** Whether a type's values are single numbers that statistics can be made of. */
export function hasNumbers(dataType: number): boolean {
  return elementBits(dataType) > 0 && dataType !== DataType.complex64 && dataType !== DataType.complex128;
}

/** Whether all of it stands one after the other in a file, as it is. */
function isInPlace(data: TensorData, expected: number): boolean {
  if (!isStored(data) || (data.kind === 'file' && data.encoding)) return false;
  return data.length === undefined || data.length >= expected;
}

function partOf(data: TensorData, from: number, length: number): TensorData {
  return isStored(data) ? { ...data, offset: data.offset + from, length } : data;
}

function isStored(data: TensorData): data is TensorData & { readonly kind: 'file' | 'external' } {
  return data.kind === 'file' || data.kind === 'external';
}
