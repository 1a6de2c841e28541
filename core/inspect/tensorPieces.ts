import { DataType, type OnnxTensor, type TensorData } from '../onnx/model';
import { elementCount, elementSize } from '../onnx/tensor';

/** Bytes of a tensor that are read at once. */
const PIECE_BYTES = 1 << 20;

/**
 * A tensor as smaller ones that follow each other, for who must not hold or wait for all of it. Values that are written in
 * no fixed size come in one piece.
 */
export function* tensorPieces(tensor: OnnxTensor): Generator<OnnxTensor> {
  const size = elementSize(tensor.dataType);
  const count = elementCount(tensor.dims);
  if (size === 0 || !isInPlace(tensor.data, count * size)) {
    yield tensor;
    return;
  }
  const step = Math.floor(PIECE_BYTES / size);
  for (let from = 0; from < count; from += step) {
    const length = Math.min(step, count - from);
    yield { ...tensor, dims: [length], data: partOf(tensor.data, from * size, length * size) };
  }
}

/** Whether a type's values are single numbers that statistics can be made of. */
export function hasNumbers(dataType: number): boolean {
  return elementSize(dataType) > 0 && dataType !== DataType.complex64 && dataType !== DataType.complex128;
}

/** Whether all of it stands one after the other in a file, as it is. */
function isInPlace(data: TensorData, expected: number): boolean {
  if (data.kind === 'bytes' || (data.kind === 'file' && data.encoding)) return false;
  return data.length === undefined || data.length >= expected;
}

function partOf(data: TensorData, from: number, length: number): TensorData {
  return data.kind === 'bytes' ? data : { ...data, offset: data.offset + from, length };
}
