import type { MessageCursor } from './wire';

/**
 * The value of a `TensorProto` of one element, as TensorFlow 2 writes scalars: in `tensor_content`, or in the list of its
 * type. Undefined when the type is not numeric.
 *
 * @param tensor stands at the start of the message
 */
export function scalarOfTensor(tensor: MessageCursor): number | undefined {
  let type = 0;
  let value: number | undefined;
  let content = -1;
  while (tensor.field()) {
    const position = tensor.position;
    if (tensor.key === dtypeField) type = tensor.varint();
    else if (tensor.key === contentField) content = position;
    else value ??= listed(tensor, type);
    if (tensor.key !== dtypeField) {
      tensor.position = position;
      tensor.skip();
    }
  }
  const read = contentReaders[type];
  if (content < 0 || !read) return value;
  return content + read.size > tensor.end ? undefined : read.read(tensor.view, content);
}

const dtypeField = 1 * 8;
const contentField = 4 * 8 + 2;

/** `DataType` of `types.proto`. */
const half = 19;
const bfloat16 = 14;

const contentReaders: Readonly<Record<number, { size: number; read: (view: DataView, at: number) => number }>> = {
  1: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { size: 8, read: (view, at) => view.getFloat64(at, true) },
  3: { size: 4, read: (view, at) => view.getInt32(at, true) },
  4: { size: 1, read: (view, at) => view.getUint8(at) },
  5: { size: 2, read: (view, at) => view.getInt16(at, true) },
  6: { size: 1, read: (view, at) => view.getInt8(at) },
  9: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  10: { size: 1, read: (view, at) => view.getUint8(at) },
  [bfloat16]: { size: 2, read: (view, at) => fromBfloat16(view.getUint16(at, true)) },
  17: { size: 2, read: (view, at) => view.getUint16(at, true) },
  [half]: { size: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  22: { size: 4, read: (view, at) => view.getUint32(at, true) },
  23: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

/** First value of the list that the cursor stands at; lists of fixed size and of varints, packed or not. */
function listed(tensor: MessageCursor, type: number): number | undefined {
  if ((tensor.key & 7) === 2 && tensor.position === tensor.fieldEnd) return undefined;
  switch (tensor.key >>> 3) {
    case 5:
      return tensor.float();
    case 6:
      return tensor.double();
    case 13:
      return type === bfloat16 ? fromBfloat16(tensor.varint()) : fromHalf(tensor.varint());
    case 7:
    case 10:
    case 11:
    case 16:
    case 17:
      return tensor.varint();
    default:
      return undefined;
  }
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function fromBfloat16(bits: number): number {
  conversion.setUint32(0, bits << 16);
  return conversion.getFloat32(0);
}

const conversion = new DataView(new ArrayBuffer(4));
