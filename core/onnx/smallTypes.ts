import { DataType } from './model';

/** Bits of the types of 8 bits and fewer that are no plain bytes; those of 4 and 2 bits share a byte, the first in its low end. */
const BITS: Readonly<Record<number, number>> = {
  [DataType.float8e4m3fn]: 8,
  [DataType.float8e4m3fnuz]: 8,
  [DataType.float8e5m2]: 8,
  [DataType.float8e5m2fnuz]: 8,
  [DataType.float8e8m0]: 8,
  [DataType.uint4]: 4,
  [DataType.int4]: 4,
  [DataType.float4e2m1]: 4,
  [DataType.uint2]: 2,
  [DataType.int2]: 2,
};

export function smallBits(dataType: number): number | undefined {
  return BITS[dataType];
}

/** The numbers of `count` elements of such a type; https://onnx.ai/onnx/technical/float8.html has their formats. */
export function decodeSmall(bytes: Uint8Array, dataType: number, count: number): Float32Array {
  const bits = BITS[dataType]!;
  const perByte = 8 / bits;
  const table = Float32Array.from({ length: 2 ** bits }, (_, code) => numberOf(code, dataType));
  return Float32Array.from({ length: count }, (_, index) => {
    const shift = (index % perByte) * bits;
    return table[(bytes[Math.floor(index / perByte)]! >> shift) & (2 ** bits - 1)]!;
  });
}

function numberOf(code: number, dataType: number): number {
  switch (dataType) {
    case DataType.int4:
      return code < 8 ? code : code - 16;
    case DataType.int2:
      return code < 2 ? code : code - 4;
    case DataType.float4e2m1:
      return floating(code, 2, 1, 1);
    case DataType.float8e8m0:
      return code === 0xff ? Number.NaN : 2 ** (code - 127);
    case DataType.float8e4m3fn:
      return (code & 0x7f) === 0x7f ? Number.NaN : floating(code, 4, 3, 7);
    case DataType.float8e4m3fnuz:
      return code === 0x80 ? Number.NaN : floating(code, 4, 3, 8);
    case DataType.float8e5m2:
      return (code & 0x7f) < 0x7c ? floating(code, 5, 2, 15) : unlimited(code);
    case DataType.float8e5m2fnuz:
      return code === 0x80 ? Number.NaN : floating(code, 5, 2, 16);
    default:
      return code;
  }
}

/** Sign, exponent and fraction, in this order from the top; an exponent of zero has no leading one. */
function floating(code: number, exponentBits: number, fractionBits: number, bias: number): number {
  const sign = code >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (code >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (code & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/** As in IEEE 754: the largest exponent holds infinity, and with a fraction no number. */
function unlimited(code: number): number {
  if (code & 3) return Number.NaN;
  return code & 0x80 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
