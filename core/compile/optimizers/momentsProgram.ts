import bytes from './moments/moments.ts?wasm';

/** What `moments/moments.ts` exports. */
interface MomentsProgram {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly capacity: { readonly value: number };
  readonly room: { readonly value: number };
  allocate(bytes: number): number;
  moveByMoments(...values: number[]): void;
  addTo(target: number, source: number, count: number): void;
}

/** A program whose memory holds a state. */
interface StateProgram {
  readonly program: MomentsProgram;
  /** Address of as many bytes as the largest array has. */
  readonly spare: number;
}

/** By the memory that they work in. */
const programs = new WeakMap<ArrayBufferLike, StateProgram>();
let elsewhere: MomentsProgram | undefined;

/** Less than the 4 GiB that a program can address. */
const largestMemory = 0xf0000000;

/**
 * Arrays of zeros that lie in a program's memory, so that `runMoments` copies nothing but gradients, and none that `sumOfRows` made. What is too large for that
 * becomes ordinary arrays.
 */
export function stateArrays(lengths: readonly number[]): Float32Array[] {
  const sizes = lengths.map((length) => Math.ceil(length / 4) * 16);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const program = newProgram();
  // As a number without a sign.
  let address = total + largest < largestMemory ? program.allocate(total + largest) >>> 0 : 0;
  if (address === 0) return lengths.map((length) => new Float32Array(length));
  programs.set(program.memory.buffer, { program, spare: address + total });
  return lengths.map((length, index) => {
    const array = new Float32Array(program.memory.buffer, address, length);
    address += sizes[index];
    return array;
  });
}

/** Runs the program over arrays of one length; of those it changes all but the gradient. `settings` as it takes them. */
export function runMoments(
  arrays: { parameter: Float32Array; gradient: Float32Array; first: Float32Array; second: Float32Array },
  settings: readonly number[],
): void {
  elsewhere ??= newProgram();
  const { program } = programs.get(arrays.parameter.buffer) ?? { program: elsewhere };
  const { parameter, gradient, first, second } = arrays;
  for (let start = 0; start < parameter.length; start += program.capacity.value) {
    const parts = [parameter, gradient, first, second].map(
      (array, index) => new Part(program, array.subarray(start, start + program.capacity.value), index),
    );
    program.moveByMoments(...parts.map(({ address }) => address), parts[0].values.length, ...settings);
    for (const part of [parts[0], parts[2], parts[3]]) part.bringBack();
  }
}

/**
 * The sum of rows that belong to places of an array: zeros of the array's length, with each row added at its place, in their
 * order. Valid until it is called again for a state that lies in the same memory.
 */
export function sumOfRows(array: Float32Array, rows: Float32Array, places: BigInt64Array): Float32Array {
  const width = rows.length / places.length;
  const state = programs.get(array.buffer);
  if (!state || width > state.program.capacity.value) return sumInJavaScript(array.length, rows, places);
  const { program, spare } = state;
  const sum = new Float32Array(array.buffer, spare, array.length).fill(0);
  const rowsAtOnce = Math.floor(program.capacity.value / width);
  for (let start = 0; start < places.length; start += rowsAtOnce) {
    const part = new Part(program, rows.subarray(start * width, (start + rowsAtOnce) * width), 0);
    for (const [row, place] of places.subarray(start, start + rowsAtOnce).entries())
      program.addTo(spare + Number(place) * width * 4, part.address + row * width * 4, width);
  }
  return sum;
}

function sumInJavaScript(length: number, rows: Float32Array, places: BigInt64Array): Float32Array {
  const sum = new Float32Array(length);
  const width = rows.length / places.length;
  for (let row = 0; row < places.length; row++) {
    const start = Number(places[row]) * width;
    for (let column = 0; column < width; column++) sum[start + column] += rows[row * width + column];
  }
  return sum;
}

/** Some values where the program can reach them: where they lie, or copied to one of the four rooms. */
class Part {
  readonly address: number;
  private readonly copy?: Float32Array;

  constructor(
    { memory, room, capacity }: MomentsProgram,
    readonly values: Float32Array,
    index: number,
  ) {
    this.address = values.byteOffset;
    if (values.buffer === memory.buffer) return;
    this.address = room.value + 4 * capacity.value * index;
    this.copy = new Float32Array(memory.buffer, this.address, values.length);
    this.copy.set(values);
  }

  bringBack(): void {
    if (this.copy) this.values.set(this.copy);
  }
}

let compiled: WebAssembly.Module | undefined;

function newProgram(): MomentsProgram {
  compiled ??= new WebAssembly.Module(bytes);
  return new WebAssembly.Instance(compiled, {}).exports as MomentsProgram;
}
