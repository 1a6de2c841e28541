/** The points of one tag, in log order, in columns that grow. */
export class Columns {
  count = 0;
  steps = new Float64Array(initialCapacity);
  /** Seconds since 1970. */
  wallTimes = new Float64Array(initialCapacity);
  values = new Float64Array(initialCapacity);
  /** Place of the point in the whole run's log. */
  order = new Float64Array(initialCapacity);

  push(step: number, wallTime: number, value: number, order: number): void {
    const at = this.count;
    if (at === this.steps.length) this.grow();
    this.steps[at] = step;
    this.wallTimes[at] = wallTime;
    this.values[at] = value;
    this.order[at] = order;
    this.count = at + 1;
  }

  /** Forgets all points of this step and later ones. */
  purge(step: number): void {
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      if (this.steps[at]! >= step) continue;
      for (const column of [this.steps, this.wallTimes, this.values, this.order]) column[kept] = column[at]!;
      kept++;
    }
    this.count = kept;
  }

  private grow(): void {
    this.steps = doubled(this.steps);
    this.wallTimes = doubled(this.wallTimes);
    this.values = doubled(this.values);
    this.order = doubled(this.order);
  }
}

const initialCapacity = 64;

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
