import { t } from '../../core/l10n';
import type { LayerVerdict } from '../../core/match/report';
import { element } from '../shared/dom';
import { VirtualList } from '../shared/virtualList';
import { type Line, makeLines, nextDifference } from './lines';
import { renderLine } from './rows';

/** What is kept while the page is not there. */
export interface ComparisonState {
  readonly expanded: readonly string[];
  readonly unfolded: readonly string[];
  readonly foldsAlike: boolean;
  readonly search: string;
  readonly active: number;
  readonly scrollTop: number;
}

export interface ComparisonListener {
  onState(state: ComparisonState): void;
  onReveal(path: readonly (string | number)[]): void;
}

/**
 * Both sides, aligned row by row: a tree grid with one focus. The arrow keys move and open, Enter goes to the scheme's line,
 * F7 and Shift+F7 (or n and p) go to the next and the previous difference, as in the diff editor.
 */
export class Comparison {
  readonly element = element('div', {
    class: 'comparison',
    role: 'treegrid',
    tabindex: 0,
    'aria-label': t('Intended and exported layers'),
    keydown: (event: KeyboardEvent) => this.onKey(event),
    scroll: () => this.keep({ scrollTop: this.element.scrollTop }),
  });
  private readonly list: VirtualList<Line>;
  private layers: readonly LayerVerdict[] = [];
  private lines: readonly Line[] = [];

  constructor(
    private state: ComparisonState,
    private readonly listener: ComparisonListener,
  ) {
    this.list = new VirtualList(
      this.element,
      lineHeight,
      ({ key }) => key,
      (line, index) => this.renderRow(line, index),
    );
    this.list.body.setAttribute('role', 'rowgroup');
    this.element.append(this.list.element);
  }

  show(layers: readonly LayerVerdict[]): void {
    this.layers = layers;
    const { scrollTop } = this.state;
    this.arrange();
    this.element.scrollTop = scrollTop;
  }

  /** Layers that the search leaves. */
  get shownCount(): number {
    return this.lines.reduce(
      (sum, line) => sum + (line.kind === 'layer' ? 1 : line.kind === 'fold' ? line.hidden.length : 0),
      0,
    );
  }

  search(search: string): void {
    this.keep({ search, active: 0 });
    this.arrange();
    this.element.scrollTop = 0;
  }

  foldAlike(foldsAlike: boolean): void {
    this.keep({ foldsAlike, unfolded: [] });
    this.arrange();
  }

  goToDifference(direction: 1 | -1): void {
    const target = nextDifference(this.lines, this.state.active, direction);
    if (target < 0) return;
    this.activate(target);
    this.list.reveal(target, 'middle');
  }

  private keep(state: Partial<ComparisonState>): void {
    this.state = { ...this.state, ...state };
    this.listener.onState(this.state);
  }

  private arrange(): void {
    const { expanded, unfolded, foldsAlike, search } = this.state;
    this.lines = makeLines(this.layers, {
      expanded: new Set(expanded),
      unfolded: new Set(unfolded),
      foldsAlike,
      search,
    });
    this.element.setAttribute('aria-rowcount', String(this.lines.length));
    this.list.setItems(this.lines);
    this.tellActive();
  }

  private renderRow(line: Line, index: number): HTMLElement {
    const row = renderLine(line);
    row.id = `line-${index}`;
    row.setAttribute('aria-rowindex', String(index + 1));
    row.classList.toggle('active', index === this.state.active);
    row.addEventListener('click', (event) => this.onClick(event, index));
    row.addEventListener('dblclick', () => this.reveal(line));
    return row;
  }

  private onClick(event: MouseEvent, index: number): void {
    const line = this.lines[index]!;
    const target = event.target instanceof Element ? event.target : undefined;
    this.activate(index);
    if (line.kind === 'fold' || target?.closest('.twisty')) this.toggle(line);
    else if (target?.closest('.go-to')) this.reveal(line);
  }

  private activate(index: number): void {
    this.keep({ active: Math.max(0, Math.min(this.lines.length - 1, index)) });
    this.list.update();
    this.tellActive();
  }

  private tellActive(): void {
    const { active } = this.state;
    if (active < this.lines.length) this.element.setAttribute('aria-activedescendant', `line-${active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  private toggle(line: Line): void {
    const { name } = line.layer;
    if (line.kind === 'fold') this.keep({ unfolded: [...this.state.unfolded, name] });
    else this.keep({ expanded: toggled(this.state.expanded, name) });
    this.arrange();
    this.list.reveal(this.state.active);
  }

  private reveal({ layer }: Line): void {
    const path = layer.intended?.path ?? layer.exported?.path;
    if (path) this.listener.onReveal(path);
  }

  private onKey(event: KeyboardEvent): void {
    const line = this.lines[this.state.active];
    const target = this.keyTarget(event.key);
    if (target !== undefined) this.moveTo(target);
    else if (isNext(event) || isPrevious(event)) this.goToDifference(isNext(event) ? 1 : -1);
    else if (!line || !this.actOn(line, event.key)) return;
    event.preventDefault();
  }

  private keyTarget(key: string): number | undefined {
    const { active } = this.state;
    const page = this.list.pageLength;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: this.lines.length - 1,
    };
    return targets[key];
  }

  private moveTo(index: number): void {
    this.activate(index);
    this.list.reveal(this.state.active);
  }

  /** True when the key means something for this line. */
  private actOn(line: Line, key: string): boolean {
    const isOpen = line.kind === 'layer' && line.isExpanded;
    const canOpen = line.kind === 'fold' || (line.kind === 'layer' && line.isExpandable && !isOpen);
    if (key === 'Enter' && line.kind !== 'fold') this.reveal(line);
    else if (canOpen && (key === 'ArrowRight' || key === ' ' || key === 'Enter')) this.toggle(line);
    else if (isOpen && (key === 'ArrowLeft' || key === ' ')) this.toggle(line);
    else if (key === 'ArrowLeft') this.moveTo(this.parentOf(this.state.active));
    else return false;
    return true;
  }

  private parentOf(index: number): number {
    return this.lines.findLastIndex((line, at) => at <= index && (line.kind === 'layer' || line.kind === 'fold'));
  }
}

const lineHeight = 25;

function isNext({ key, shiftKey }: KeyboardEvent): boolean {
  return (key === 'F7' && !shiftKey) || key === 'n';
}

function isPrevious({ key, shiftKey }: KeyboardEvent): boolean {
  return (key === 'F7' && shiftKey) || key === 'p';
}

function toggled(names: readonly string[], name: string): string[] {
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
}
