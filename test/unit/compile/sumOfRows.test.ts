import assert from 'node:assert/strict';
import { stateArrays, sumOfRows } from '../../../core/compile/optimizers/momentsProgram';
import { randomNumbers } from '../../../core/compile/weights';

const random = randomNumbers('rows');

function randomRows(count: number, width: number, places: number) {
  const rows = Float32Array.from({ length: count * width }, () => random() - 0.5);
  return { rows, places: BigInt64Array.from({ length: count }, () => BigInt(Math.floor(random() * places))) };
}

function expectedSum(length: number, rows: Float32Array, places: BigInt64Array): Float32Array {
  const sum = new Float32Array(length);
  const width = rows.length / places.length;
  for (const [index, value] of rows.entries())
    sum[Number(places[Math.floor(index / width)]) * width + (index % width)] += value;
  return sum;
}

describe('The sum of rows', () => {
  for (const [count, width] of [
    [7, 1],
    [9, 3],
    [300, 128],
    [5, 20000],
  ]) {
    it(`has ${count} rows of ${width} at their places, whether or not a state lies in its own memory`, () => {
      const length = 6 * width;
      const { rows, places } = randomRows(count, width, 6);
      const expected = expectedSum(length, rows, places);
      assert.deepEqual(sumOfRows(new Float32Array(length), rows, places), expected);
      assert.deepEqual(sumOfRows(stateArrays([length])[0], rows, places), expected);
    });
  }

  it('leaves the state as it is, and nothing of an earlier sum', () => {
    const [before, array, after] = stateArrays([5, 12, 5]);
    for (const each of [before, array, after]) each.fill(1);
    const one = { rows: Float32Array.of(1, 2, 3), places: BigInt64Array.of(3n) };
    sumOfRows(array, Float32Array.of(4, 5, 6), BigInt64Array.of(0n));
    assert.deepEqual([...sumOfRows(array, one.rows, one.places)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    for (const each of [before, array, after]) assert.ok(each.every((value) => value === 1));
  });
});
