import assert from 'node:assert/strict';
import { DataType, type OnnxTensor } from '../../../core/onnx/model';
import { encodeValues, fromFloat16, tensorBytes, tensorValues, toFloat16 } from '../../../core/onnx/tensor';
import { MemorySource } from './source';

function tensor(dataType: DataType, dims: readonly number[], bytes: Uint8Array): OnnxTensor {
  return { name: 't', dataType, dims, data: { kind: 'bytes', bytes } };
}

describe('values of a tensor', () => {
  it('are read in the types of 8 bits and fewer', () => {
    const [none, most] = [Number.NaN, Number.POSITIVE_INFINITY];
    const cases: [DataType, number[], number[]][] = [
      [DataType.float8e4m3fn, [0x01, 0x38, 0x7e, 0x7f, 0xc0], [2 ** -9, 1, 448, none, -2]],
      [DataType.float8e4m3fnuz, [0x01, 0x40, 0x7f, 0x80], [2 ** -10, 1, 240, none]],
      [DataType.float8e5m2, [0x01, 0x3c, 0x7b, 0x7c, 0xfc, 0x7d], [2 ** -16, 1, 57344, most, -most, none]],
      [DataType.float8e5m2fnuz, [0x01, 0x40, 0x7f, 0x80], [2 ** -17, 1, 57344, none]],
      [DataType.float8e8m0, [127, 128, 0, 255], [1, 2, 2 ** -127, none]],
      [DataType.float4e2m1, [0x21, 0x43, 0x65, 0xf7], [0.5, 1, 1.5, 2, 3, 4, 6, -6]],
      [DataType.uint4, [0xf1, 0x0e], [1, 15, 14]],
      [DataType.int4, [0x8f, 0x07], [-1, -8, 7]],
      [DataType.uint2, [0b11100100], [0, 1, 2, 3]],
      [DataType.int2, [0b11100100, 0b10], [0, 1, -2, -1, -2]],
    ];
    for (const [dataType, bytes, expected] of cases) {
      const values = tensorValues(tensor(dataType, [expected.length], Uint8Array.from(bytes)));
      assert.deepEqual([...(values ?? [])], expected, DataType[dataType]);
    }
    assert.equal(tensorValues(tensor(DataType.int4, [3], Uint8Array.of(1))), undefined);
  });

  it('are read in every numeric type', () => {
    const cases: [DataType, ArrayBufferLike, number[]][] = [
      [DataType.float, Float32Array.of(0.5, -3).buffer, [0.5, -3]],
      [DataType.double, Float64Array.of(0.1).buffer, [0.1]],
      [DataType.int64, BigInt64Array.of(-5n, 2n ** 40n).buffer, [-5, 2 ** 40]],
      [DataType.uint64, BigUint64Array.of(7n).buffer, [7]],
      [DataType.int32, Int32Array.of(-7).buffer, [-7]],
      [DataType.uint32, Uint32Array.of(2 ** 31).buffer, [2 ** 31]],
      [DataType.int16, Int16Array.of(-2).buffer, [-2]],
      [DataType.uint16, Uint16Array.of(65535).buffer, [65535]],
      [DataType.int8, Int8Array.of(-128).buffer, [-128]],
      [DataType.bool, Uint8Array.of(1, 0).buffer, [1, 0]],
      [DataType.bfloat16, Uint16Array.of(0x3f80, 0xc000).buffer, [1, -2]],
      [DataType.float16, Uint16Array.of(0x3555, 0x0001).buffer, [0.333251953125, 2 ** -24]],
    ];
    for (const [dataType, buffer, expected] of cases) {
      const values = tensorValues(tensor(dataType, [expected.length], new Uint8Array(buffer)));
      assert.deepEqual([...values!], expected, DataType[dataType]);
    }
  });

  it('are unknown when there are too few, or the type has no fixed size', () => {
    assert.equal(tensorBytes(tensor(DataType.float, [2], new Uint8Array(7))), undefined);
    assert.equal(tensorValues(tensor(DataType.string, [1], new Uint8Array(4))), undefined);
    const outside = {
      ...tensor(DataType.float, [2], new Uint8Array(0)),
      data: { kind: 'file', offset: 4, length: 8 },
    } as const;
    assert.equal(tensorValues(outside, { file: new MemorySource(new Uint8Array(11)) }), undefined);
  });

  it('come from external data only through the source that is given', () => {
    const external = {
      ...tensor(DataType.float, [1], new Uint8Array(0)),
      data: { kind: 'external', location: 'w', offset: 4 },
    } as const;
    assert.equal(tensorValues(external), undefined);
    const file = new MemorySource(new Uint8Array(Float32Array.of(1, 2).buffer));
    assert.deepEqual([...tensorValues(external, { external: () => file })!], [2]);
  });

  it('are encoded as they are decoded', () => {
    for (const dataType of [
      DataType.float,
      DataType.double,
      DataType.int64,
      DataType.int32,
      DataType.float16,
      DataType.bfloat16,
    ]) {
      const bytes = encodeValues([-2, 0, 5], dataType);
      assert.deepEqual([...tensorValues(tensor(dataType, [3], bytes))!], [-2, 0, 5]);
    }
  });
});

describe('float16', () => {
  it('keeps every number that it can hold', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromFloat16(bits);
      if (!Number.isNaN(value)) assert.equal(toFloat16(value), bits === 0x8000 ? 0x8000 : bits);
    }
  });

  it('rounds to the nearest, ties to even, and overflows to infinity', () => {
    assert.equal(fromFloat16(toFloat16(1 + 2 ** -11)), 1);
    assert.equal(fromFloat16(toFloat16(1 + 3 * 2 ** -11)), 1 + 2 ** -9);
    assert.equal(fromFloat16(toFloat16(65520)), Number.POSITIVE_INFINITY);
    assert.equal(fromFloat16(toFloat16(2 ** -26)), 0);
  });
});
