import type { ByteSource, OnnxModel } from '../../../core/onnx/model';
import { readModel } from '../../../core/onnx/read';

/** Bytes as a file, counting what is read of them. */
export class MemorySource implements ByteSource {
  bytesRead = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, into: Uint8Array): number {
    const part = this.bytes.subarray(offset, offset + into.length);
    into.set(part);
    this.bytesRead += part.length;
    return part.length;
  }
}

/** Reads a model that must be readable. */
export function readBytes(bytes: Uint8Array): OnnxModel {
  const result = readModel(new MemorySource(bytes));
  if (!result.ok) throw new Error(`byte ${result.offset}: ${result.reason}`);
  return result.model;
}

/** A protobuf field: a varint for a number, else length and bytes. */
export function field(number: number, value: number | bigint | string | readonly number[] | Uint8Array): number[] {
  if (typeof value === 'number' || typeof value === 'bigint') return [...varint(number * 8), ...varint(value)];
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

export function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}
