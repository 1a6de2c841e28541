import { t } from '../../core/l10n';
import type { LayerVerdict, Reason } from '../../core/match/report';
import { TreeGrid } from '../shared/treeGrid';
import { type Line, makeLines, nextDifference } from './lines';
import { renderLine } from './rows';

/** What is kept while the page is not there. */
export interface ComparisonState {
  readonly expanded: readonly string[];
  readonly unfolded: readonly string[];
  readonly foldsAlike: boolean;
  readonly search: string;
  /** Key of the active line. */
  readonly active: string;
  readonly scrollTop: number;
}

export interface ComparisonListener {
  onState(state: ComparisonState): void;
  onActive(line: Line): void;
  onReveal(path: readonly (string | number)[]): void;
  onDetails(line: Line): void;
  fixOf(layer: LayerVerdict, reason: Reason): string | undefined;
  onFix(layer: LayerVerdict, reason: Reason): void;
}

/**
 * Both sides, aligned row by row. The arrow keys move and open, Enter does what the line is for: it goes to the scheme's line,
 * takes an exported value, shows a node's details. F7 and Shift+F7 (or n and p) go to the next and the previous difference, as
 * in the diff editor.
 */
export class Comparison {
  readonly element: HTMLElement;
  private readonly grid: TreeGrid<Line>;
  private layers: readonly LayerVerdict[] = [];
  private lines: readonly Line[] = [];

  constructor(
    private state: ComparisonState,
    private readonly listener: ComparisonListener,
  ) {
    this.grid = new TreeGrid<Line>({
      label: t('Intended and exported layers'),
      className: 'comparison',
      idPrefix: 'line',
      rowHeight: lineHeight,
      keyOf: ({ key }) => key,
      render: (line) => renderLine(line, listener.fixOf),
      levelOf: ({ kind }) => (kind === 'reason' || kind === 'nodes' ? 2 : 1),
      isOpen: isLineOpen,
      toggle: (line) => this.toggle(line),
      onActive: (line) => {
        this.keep({ active: line.key });
        listener.onActive(line);
      },
      onEnter: (line) => this.enter(line),
      onScroll: (scrollTop) => this.keep({ scrollTop }),
      onClick: (line, target) => this.onClick(line, target),
    });
    this.element = this.grid.element;
    this.element.addEventListener('keydown', (event) => this.onKey(event));
  }

  show(layers: readonly LayerVerdict[]): void {
    this.layers = layers;
    const { scrollTop } = this.state;
    this.arrange();
    this.element.scrollTop = scrollTop;
  }

  /** The lines are the same, but what can be done about them is not. */
  update(): void {
    this.grid.update();
  }

  /** Layers that the search leaves. */
  get shownCount(): number {
    return this.lines.reduce(
      (sum, line) => sum + (line.kind === 'layer' ? 1 : 'hidden' in line ? line.hidden.length : 0),
      0,
    );
  }

  get unfolded(): readonly string[] {
    return this.state.unfolded;
  }

  get activeLine(): Line | undefined {
    return this.grid.activeItem;
  }

  /** At its end, with an empty text, what was found last stays the active one. */
  search(search: string): void {
    const found = search === '' ? this.activeLine : undefined;
    this.keep({ search, active: '' });
    this.arrange();
    if (found) this.goTo(found.layer.name);
    else this.element.scrollTop = 0;
  }

  foldAlike(foldsAlike: boolean): void {
    this.keep({ foldsAlike, unfolded: [] });
    this.arrange();
  }

  goToDifference(direction: 1 | -1): void {
    const target = nextDifference(this.lines, this.grid.activeIndex, direction);
    if (target >= 0) this.grid.activate(target, 'middle');
  }

  /** Makes a layer the active one, also when it is folded or not among what was searched for. */
  goTo(layer: string): void {
    const lineOf = () => this.lines.findIndex((line) => line.kind === 'layer' && line.layer.name === layer);
    if (lineOf() < 0) {
      const fold = this.lines.find((line) => 'hidden' in line && line.hidden.some(({ name }) => name === layer));
      if (fold) this.keep({ unfolded: [...this.state.unfolded, fold.layer.name] });
      this.arrange();
    }
    if (lineOf() >= 0) this.grid.activate(lineOf(), 'middle');
  }

  unfold(first: string): void {
    if (!this.state.unfolded.includes(first)) this.keep({ unfolded: [...this.state.unfolded, first] });
    this.arrange();
  }

  private keep(state: Partial<ComparisonState>): void {
    this.state = { ...this.state, ...state };
    this.listener.onState(this.state);
  }

  private arrange(): void {
    const { expanded, unfolded, foldsAlike, search, active } = this.state;
    this.lines = makeLines(this.layers, {
      expanded: new Set(expanded),
      unfolded: new Set(unfolded),
      foldsAlike,
      search,
    });
    this.grid.show(this.lines, active);
  }

  private onClick(line: Line, target: Element): boolean {
    if ('hidden' in line) this.toggle(line);
    else if (target.closest('.go-to')) this.reveal(line);
    else if (target.closest('.fix')) this.enter(line);
    else return false;
    return true;
  }

  private toggle(line: Line): void {
    const { name } = line.layer;
    if ('hidden' in line) this.keep({ unfolded: [...this.state.unfolded, name], active: `layer 0 ${name}` });
    else this.keep({ expanded: toggled(this.state.expanded, name) });
    this.arrange();
    this.grid.activate(this.grid.activeIndex);
  }

  private enter(line: Line): void {
    if ('hidden' in line) this.toggle(line);
    else if (line.kind === 'nodes') this.listener.onDetails(line);
    else if (line.kind === 'reason' && this.listener.fixOf(line.layer, line.reason) !== undefined)
      this.listener.onFix(line.layer, line.reason);
    else this.reveal(line);
  }

  private reveal({ layer }: Line): void {
    const path = layer.intended?.path ?? layer.exported?.path;
    if (path) this.listener.onReveal(path);
  }

  private onKey(event: KeyboardEvent): void {
    const direction = stepOf(event) ?? letterOf(event);
    if (direction === undefined) return;
    this.goToDifference(direction);
    event.preventDefault();
  }
}

const lineHeight = 25;

function isLineOpen(line: Line): boolean | undefined {
  if ('hidden' in line) return false;
  return line.kind === 'layer' && line.isExpandable ? line.isExpanded : undefined;
}

/** The keys of the diff editor, which mean the same wherever in the page they are pressed: F7 and Alt+F5, back with Shift. */
export function stepOf({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): 1 | -1 | undefined {
  const isStep = key === 'F5' ? altKey : key === 'F7' && !altKey;
  return isStep && !ctrlKey && !metaKey ? (shiftKey ? -1 : 1) : undefined;
}

function letterOf({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): 1 | -1 | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  return key === 'n' ? 1 : key === 'p' ? -1 : undefined;
}

function toggled(names: readonly string[], name: string): string[] {
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
}
