import { element } from './dom';
import { VirtualList } from './virtualList';

export interface TreeGridOptions<T> {
  /** For screen readers. */
  readonly label: string;
  readonly className: string;
  /** Of the ids of rows: no other grid of the page has it. */
  readonly idPrefix: string;
  readonly rowHeight: number;
  /** A row of column headers that stays above the others. */
  readonly head?: HTMLElement;
  keyOf(item: T): string;
  /** The row of an item, without what depends on where the keyboard is. */
  render(item: T): HTMLElement;
  /** Counted from 1. */
  levelOf(item: T): number;
  /** Undefined for what cannot be opened. */
  isOpen(item: T): boolean | undefined;
  toggle(item: T): void;
  onActive(item: T): void;
  /** Enter, or a double click. */
  onEnter(item: T): void;
  /** Told where scrolling came to rest. */
  onScroll(scrollTop: number): void;
  /** True when a click was meant for something in the row, which has been done. */
  onClick?(item: T, target: Element): boolean;
}

/** What is kept of a page goes through the editor's window, which draws the page. */
const SCROLL_REST = 150;

/** Rows of a table or a tree of any length, with one focus: the arrow keys move, open and close. */
export class TreeGrid<T> {
  readonly element: HTMLElement;
  private readonly list: VirtualList<T>;
  private items: readonly T[] = [];
  private activeKey = '';
  private active = 0;
  private resting: number | undefined;

  constructor(private readonly options: TreeGridOptions<T>) {
    this.element = element('div', {
      class: options.className,
      role: 'treegrid',
      tabindex: 0,
      'aria-label': options.label,
      keydown: (event: KeyboardEvent) => this.onKey(event),
      scroll: () => this.onScroll(),
    });
    this.list = new VirtualList(this.element, options.rowHeight, options.keyOf, (item, at) => this.renderRow(item, at));
    this.list.body.setAttribute('role', 'rowgroup');
    this.element.append(...(options.head ? [options.head] : []), this.list.element);
  }

  /** What was active stays it, by its key; else what now stands in its place. */
  show(items: readonly T[], activeKey = this.activeKey): void {
    this.items = items;
    const found = items.findIndex((item) => this.options.keyOf(item) === activeKey);
    this.active = found < 0 ? Math.max(0, Math.min(this.active, items.length - 1)) : found;
    const item = items[this.active];
    this.activeKey = item === undefined ? '' : this.options.keyOf(item);
    this.element.setAttribute('aria-rowcount', String(items.length + this.rowsAbove));
    this.list.setItems(items);
    this.tellActive();
  }

  /** The rows are the same, but say something else now. */
  update(): void {
    this.list.update();
  }

  private get rowsAbove(): number {
    return this.options.head ? 1 : 0;
  }

  get activeIndex(): number {
    return this.active;
  }

  get activeItem(): T | undefined {
    return this.items[this.active];
  }

  activate(index: number, where: 'nearest' | 'middle' = 'nearest'): void {
    if (this.items.length === 0) return;
    this.setActive(index);
    this.list.reveal(this.active, where);
  }

  private setActive(index: number): void {
    this.list.rowAt(this.active)?.classList.remove('active');
    this.active = Math.max(0, Math.min(this.items.length - 1, index));
    const item = this.items[this.active]!;
    this.activeKey = this.options.keyOf(item);
    this.list.rowAt(this.active)?.classList.add('active');
    this.tellActive();
    this.options.onActive(item);
  }

  private tellActive(): void {
    if (this.items.length > 0) this.element.setAttribute('aria-activedescendant', this.idOf(this.active));
    else this.element.removeAttribute('aria-activedescendant');
  }

  private idOf(index: number): string {
    return `${this.options.idPrefix}-${index}`;
  }

  private renderRow(item: T, index: number): HTMLElement {
    const row = this.options.render(item);
    const isOpen = this.options.isOpen(item);
    row.id = this.idOf(index);
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', String(index + 1 + this.rowsAbove));
    row.setAttribute('aria-level', String(this.options.levelOf(item)));
    if (isOpen !== undefined) row.setAttribute('aria-expanded', String(isOpen));
    row.classList.toggle('active', index === this.active);
    row.addEventListener('click', (event) => this.onClick(event, index));
    row.addEventListener('dblclick', () => this.options.onEnter(item));
    return row;
  }

  private onClick(event: MouseEvent, index: number): void {
    const item = this.items[index]!;
    const target = event.target instanceof Element ? event.target : undefined;
    this.setActive(index);
    if (target && this.options.onClick?.(item, target)) return;
    if (target?.closest('.twisty') && this.options.isOpen(item) !== undefined) this.options.toggle(item);
  }

  private onKey(event: KeyboardEvent): void {
    const target = this.keyTarget(event.key);
    const item = this.activeItem;
    if (event.ctrlKey || event.metaKey || event.altKey || item === undefined) return;
    if (target !== undefined) this.activate(target);
    else if (!this.actOn(item, event.key)) return;
    event.preventDefault();
  }

  private onScroll(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.options.onScroll(this.element.scrollTop), SCROLL_REST);
  }

  private keyTarget(key: string): number | undefined {
    const page = this.list.pageLength;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.items.length - 1,
    };
    return targets[key];
  }

  /** True when the key means something for this item. */
  private actOn(item: T, key: string): boolean {
    const isOpen = this.options.isOpen(item);
    if (key === 'Enter') this.options.onEnter(item);
    else if (isOpen === false && (key === 'ArrowRight' || key === ' ')) this.options.toggle(item);
    else if (isOpen === true && (key === 'ArrowLeft' || key === ' ')) this.options.toggle(item);
    else if (key === 'ArrowLeft') this.activate(this.parentOf(this.active));
    else return false;
    return true;
  }

  private parentOf(index: number): number {
    const level = this.options.levelOf(this.items[index]!);
    const parent = this.items.findLastIndex((item, at) => at < index && this.options.levelOf(item) < level);
    return parent < 0 ? index : parent;
  }
}
