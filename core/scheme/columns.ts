/** Some elements of a list have been replaced by others: `removed` of them at `at` by as many as `inserted`. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: number;
}

/** Nothing has been replaced. */
export const unchanged: Splice = { at: 0, removed: 0, inserted: 0 };

/** A copy of a list with others in place of some of its elements; it takes nanoseconds for each. */
export function splicedList<T>(list: readonly T[], { at, removed }: Splice, put: readonly T[]): T[] {
  if (removed === 0 && put.length === 0) return list.slice();
  if (removed === 1 && put.length === 1) return list.with(at, put[0]!);
  return [...list.slice(0, at), ...put, ...list.slice(at + removed)];
}

type Column = Uint8Array | Float64Array;

/** A column of figures with room for others in place of some of them: what is put there is 0. */
export function splicedColumn<C extends Column>(column: C, { at, removed, inserted }: Splice): C {
  if (removed === inserted) return column.slice() as C;
  const length = column.length - removed + inserted;
  const result = (column instanceof Uint8Array ? new Uint8Array(length) : new Float64Array(length)) as C;
  result.set(column.subarray(0, at));
  result.set(column.subarray(at + removed), at + inserted);
  return result;
}

/** The places in a column of marks that are marked, in ascending order. */
export function marked(column: Uint8Array): number[] {
  const places: number[] = [];
  for (let index = column.indexOf(1); index >= 0; index = column.indexOf(1, index + 1)) places.push(index);
  return places;
}

export function marks<T>(list: readonly T[], isMarked: (item: T) => boolean): Uint8Array {
  return Uint8Array.from(list, (item) => (isMarked(item) ? 1 : 0));
}

/** Where an element of the list stood before; -1 for one that is new. */
export function placeBefore(index: number, { at, removed, inserted }: Splice): number {
  if (index < at) return index;
  return index < at + inserted ? -1 : index - inserted + removed;
}
