import { element, oncePerFrame } from './dom';

/**
 * A list of any length of which only the visible rows are in the document. Rows may differ in height: each counts as
 * `estimatedHeight` until it has been shown and measured. The list lives in a scrolling element of the caller's.
 *
 * Each row has a place of its own, so that the browser lays out and draws only those that come when the list is scrolled.
 */
export class VirtualList<T> {
  readonly body = element('div', { class: 'virtual-rows', role: 'presentation' });
  readonly element = element('div', { class: 'virtual', role: 'presentation' }, this.body);
  private items: readonly T[] = [];
  /** Heights of rows that have been shown, by their keys: they outlive a change of the items. */
  private readonly measured = new Map<string, number>();
  private keys: string[] = [];
  private heights: Float64Array = new Float64Array(0);
  /** `tops[i]` is where row `i` starts; the last entry is the height of all. */
  private tops: Float64Array = new Float64Array(1);
  private readonly shown = new Map<number, HTMLElement>();
  private readonly renderSoon = oncePerFrame(() => void this.render());

  /**
   * @param scroller the element that scrolls
   * @param keyOf tells an item from all others; an item that comes again with its key is expected to be as high as it was
   * @param renderRow makes the row of an item
   */
  constructor(
    private readonly scroller: HTMLElement,
    private estimatedHeight: number,
    private readonly keyOf: (item: T) => string,
    private readonly renderRow: (item: T, index: number) => HTMLElement,
  ) {
    scroller.addEventListener('scroll', this.renderSoon, { passive: true });
    new ResizeObserver(() => this.resized()).observe(scroller);
  }

  setItems(items: readonly T[]): void {
    this.items = items;
    this.keys = items.map(this.keyOf);
    this.shown.clear();
    this.estimate();
    this.placeRows();
    this.update();
  }

  /** The row of an item that is visible. */
  rowAt(index: number): HTMLElement | undefined {
    return this.shown.get(index);
  }

  /** Makes the visible rows anew. */
  update(): void {
    this.shown.clear();
    this.body.replaceChildren();
    this.render();
  }

  /** Rows that fit into the visible part. */
  get pageLength(): number {
    return Math.max(1, Math.floor((this.scroller.clientHeight - this.element.offsetTop) / this.estimatedHeight) - 1);
  }

  /** Brings a row into view: to the nearest edge, or into the middle. Rows on the way may turn out to be of other heights. */
  reveal(index: number, where: 'nearest' | 'middle' = 'nearest'): void {
    if (index < 0 || index >= this.items.length) return;
    for (let attempt = 0; attempt < 5; attempt++) {
      this.scrollTo(index, where);
      if (!this.render()) return;
    }
  }

  private scrollTo(index: number, where: 'nearest' | 'middle'): void {
    const visible = this.scroller.clientHeight - this.element.offsetTop;
    const top = this.tops[index]!;
    const bottom = this.tops[index + 1]!;
    const { scrollTop } = this.scroller;
    if (where === 'middle') this.scroller.scrollTop = top - Math.max(0, (visible - (bottom - top)) / 2);
    else if (top < scrollTop) this.scroller.scrollTop = top;
    else if (bottom > scrollTop + visible) this.scroller.scrollTop = bottom - visible;
  }

  private resized(): void {
    this.keepingPlace(() => {
      this.measured.clear();
      this.estimate();
    });
    this.update();
  }

  /** True when rows turned out to be of other heights than expected: then it renders once more, soon. */
  private render(): boolean {
    const first = Math.max(0, this.indexAt(this.scroller.scrollTop) - overscan);
    const end = Math.min(
      this.items.length,
      this.indexAt(this.scroller.scrollTop + this.scroller.clientHeight) + 1 + overscan,
    );
    const isOff = this.measure(this.showRows(first, end));
    if (isOff) this.renderSoon();
    return isOff;
  }

  /** Makes the rows that come and takes away those that go; the others stay, so that a frame costs what changes in it. */
  private showRows(first: number, end: number): [index: number, row: HTMLElement][] {
    for (const [index, row] of this.shown) {
      if (index >= first && index < end) continue;
      row.remove();
      this.shown.delete(index);
    }
    const made: [number, HTMLElement][] = [];
    let next: HTMLElement | null = null;
    for (let index = end - 1; index >= first; index--) {
      let row = this.shown.get(index);
      if (!row) {
        row = this.renderRow(this.items[index]!, index);
        row.style.top = `${this.tops[index]}px`;
        this.shown.set(index, row);
        this.body.insertBefore(row, next);
        made.push([index, row]);
      }
      next = row;
    }
    return made;
  }

  /** True when new rows turned out to be of other heights than they had been placed for. */
  private measure(rows: readonly (readonly [index: number, row: HTMLElement])[]): boolean {
    const isFirst = this.measured.size === 0;
    const heights = rows.map(([index, row]) => [index, row.offsetHeight] as const).filter(([, height]) => height > 0);
    for (const [index, height] of heights) this.measured.set(this.keys[index]!, height);
    if (heights.every(([index, height]) => Math.abs(height - this.heights[index]!) < 0.5)) return false;
    this.keepingPlace(() => {
      if (isFirst) this.estimate(median(heights.map(([, height]) => height)));
      else for (const [index, height] of heights) this.heights[index] = height;
    });
    return true;
  }

  /** What is at the upper edge stays there, whatever becomes of the rows above. */
  private keepingPlace(change: () => void): void {
    const first = this.indexAt(this.scroller.scrollTop);
    const top = this.tops[first]!;
    change();
    this.placeRows();
    if (this.tops[first] !== top) this.scroller.scrollTop += this.tops[first]! - top;
  }

  /** @param height of rows that have not been shown: what most of the first ones have in this theme and font */
  private estimate(height = this.estimatedHeight): void {
    this.estimatedHeight = height;
    this.heights = Float64Array.from(this.keys, (key) => this.measured.get(key) ?? height);
  }

  private placeRows(): void {
    const count = this.items.length;
    const tops = new Float64Array(count + 1);
    for (let at = 0; at < count; at++) tops[at + 1] = tops[at]! + this.heights[at]!;
    this.tops = tops;
    this.element.style.height = `${tops[count]}px`;
    for (const [index, row] of this.shown) row.style.top = `${tops[index]}px`;
  }

  /** The row at this height, by halving. */
  private indexAt(height: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle + 1]! <= height) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const overscan = 6;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
