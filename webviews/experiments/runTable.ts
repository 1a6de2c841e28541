import { t } from '../../core/l10n';
import { element } from '../shared/dom';
import { type IconName, icon } from '../shared/icons';
import { VirtualList } from '../shared/virtualList';
import { type Column, columnsFor, type Sorting, sortRows } from './columns';
import { matchesFilter, type RunRow, stateName } from './rows';
import { runSwatch } from './runStyle';

export interface TableState {
  readonly sorting: Sorting;
  readonly filter: string;
  /** Id of the sweep whose trials alone are listed; empty: all runs. */
  readonly sweep: string;
  /** Folder of the row that the keyboard is at. */
  readonly active: string;
}

export interface TableListener {
  onState(state: TableState): void;
  /** Puts runs into the charts, or takes them out. */
  onChoose(folders: readonly string[], chosen: boolean): void;
  onActivate(row: RunRow): void;
  onOpen(row: RunRow): void;
}

/**
 * The table of runs. Among the rows arrow keys, Home, End and the page keys move the active one, Space draws its curves, Enter
 * opens its folder, Control+A chooses all that the filter leaves (no more than can be told apart). In the head the arrow keys
 * move from column to column, Enter or Space sorts by one.
 */
export class RunTable {
  private readonly head = element('div', {
    class: 'grid-head',
    role: 'row',
    keydown: (event: KeyboardEvent) => this.onHeadKey(event),
  });
  private shownHead = '';
  /** Place of the column whose head the keyboard reaches. */
  private headAt = 0;
  private readonly rowGroup: VirtualList<RunRow>;
  readonly element = element('div', {
    class: 'grid',
    role: 'grid',
    tabindex: 0,
    'aria-label': t('Runs'),
    'aria-multiselectable': 'true',
    keydown: (event: KeyboardEvent) => this.onKey(event),
  });
  private columns: readonly Column[] = [];
  private rows: readonly RunRow[] = [];
  private visible: readonly RunRow[] = [];
  private styles: ReadonlyMap<string, number> = new Map();

  constructor(
    private state: TableState,
    private readonly listener: TableListener,
  ) {
    this.rowGroup = new VirtualList(
      this.element,
      rowHeight,
      ({ folder }) => folder,
      (row, index) => this.renderRow(row, index),
    );
    this.rowGroup.body.setAttribute('role', 'rowgroup');
    this.element.append(
      element('div', { role: 'rowgroup', class: 'grid-head-group' }, this.head),
      this.rowGroup.element,
    );
  }

  /** @param styles of the runs that are drawn: which colour and marker */
  show(rows: readonly RunRow[], styles: ReadonlyMap<string, number>): void {
    this.rows = rows;
    this.styles = styles;
    this.columns = columnsFor(this.ofSweep);
    this.setWidths();
    this.showHead();
    this.arrange();
  }

  filter(filter: string): void {
    this.change({ filter });
    this.arrange();
    this.element.scrollTop = 0;
  }

  /** Lists the trials of one sweep, the best first, or all runs again. */
  showSweep(sweep: string, sorting: Sorting): void {
    this.change({ sweep, sorting });
    this.show(this.rows, this.styles);
    this.element.scrollTop = 0;
  }

  /** How many rows the filter leaves. */
  get visibleCount(): number {
    return this.visible.length;
  }

  get activeRow(): RunRow | undefined {
    return this.visible.find(({ folder }) => folder === this.state.active);
  }

  private arrange(): void {
    const { filter, sorting } = this.state;
    const left = this.ofSweep.filter((row) => matchesFilter(row, filter));
    this.visible = sortRows(left, this.columns, sorting);
    this.element.setAttribute('aria-rowcount', String(this.visible.length + 1));
    this.rowGroup.setItems(this.visible);
    this.tellActive();
  }

  private get ofSweep(): readonly RunRow[] {
    const { sweep } = this.state;
    const trials = sweep === '' ? this.rows : this.rows.filter((row) => row.sweep === sweep);
    // A sweep that is gone leaves all of them.
    return trials.length > 0 ? trials : this.rows;
  }

  private setWidths(): void {
    const tracks = this.columns.map(({ width, grow }) => (grow > 0 ? `minmax(${width}px, ${grow}fr)` : `${width}px`));
    const total = this.columns.reduce((sum, { width }) => sum + width, checkWidth);
    this.element.style.setProperty('--columns', [`${checkWidth}px`, ...tracks].join(' '));
    this.element.style.setProperty('--columns-width', `${total}px`);
  }

  private change(state: Partial<TableState>): void {
    this.state = { ...this.state, ...state };
    this.listener.onState(this.state);
  }

  /** Made anew only when there is something new to show: a head keeps its focus while runs go on. */
  private showHead(): void {
    const shown = JSON.stringify([this.state.sorting, this.columns.map(({ id, title }) => [id, title])]);
    if (shown === this.shownHead) return;
    this.shownHead = shown;
    const hadFocus = this.head.contains(document.activeElement);
    this.headAt = Math.min(this.headAt, this.columns.length - 1);
    this.head.replaceChildren(
      element('div', { role: 'columnheader', class: 'cell check-cell', 'aria-label': t('In the charts') }),
      ...this.columns.map((column, at) => this.headCell(column, at)),
    );
    if (hadFocus) this.focusHead(this.headAt);
  }

  private focusHead(at: number): void {
    const cells = [...this.head.querySelectorAll<HTMLElement>('.head-cell')];
    this.headAt = Math.max(0, Math.min(cells.length - 1, at));
    for (const [place, cell] of cells.entries()) cell.tabIndex = place === this.headAt ? 0 : -1;
    cells[this.headAt]?.focus();
  }

  private onHeadKey(event: KeyboardEvent): void {
    const { key } = event;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: this.headAt - 1,
      ArrowRight: this.headAt + 1,
      Home: 0,
      End: this.columns.length - 1,
    };
    if (key in targets) this.focusHead(targets[key]!);
    else if (key === 'Enter' || key === ' ') this.sortBy(this.columns[this.headAt]!);
    else if (key === 'ArrowDown') this.element.focus();
    else return;
    event.preventDefault();
  }

  private headCell(column: Column, at: number): HTMLElement {
    const { sorting } = this.state;
    const isSorted = sorting.column === column.id;
    const direction = sorting.descending ? 'descending' : 'ascending';
    return element(
      'div',
      {
        role: 'columnheader',
        class: `cell head-cell cell-${column.id.split(' ')[0]} ${column.isNumeric ? 'numeric' : ''}`,
        'aria-sort': isSorted ? direction : 'none',
        tabindex: at === this.headAt ? 0 : -1,
        title: t('Sort by {0}', column.title),
        click: () => {
          this.headAt = at;
          this.sortBy(column);
        },
      },
      element('span', { class: 'head-title' }, column.title),
      isSorted && icon(sorting.descending ? 'arrowDown' : 'arrowUp', 'sort-icon'),
    );
  }

  /** Numbers start with the largest, texts with the first in the alphabet; again turns the order round. */
  private sortBy({ id, isNumeric }: Column): void {
    const { sorting } = this.state;
    const descending = sorting.column === id ? !sorting.descending : isNumeric;
    this.change({ sorting: { column: id, descending } });
    this.showHead();
    this.arrange();
  }

  private renderRow(row: RunRow, index: number): HTMLElement {
    const style = this.styles.get(row.folder);
    const isActive = row.folder === this.state.active;
    return element(
      'div',
      {
        role: 'row',
        id: `run-${index}`,
        class: `row ${index % 2 ? 'odd' : ''} ${isActive ? 'active' : ''}`,
        'aria-rowindex': index + 2,
        'aria-selected': String(style !== undefined),
        click: (event: MouseEvent) => this.onClick(event, row, style !== undefined),
        dblclick: () => this.listener.onOpen(row),
      },
      checkCell(row, style),
      ...this.columns.map((column) => renderCell(column, row)),
    );
  }

  private onClick(event: MouseEvent, row: RunRow, isChosen: boolean): void {
    const isOnBox = event.target instanceof Element && event.target.closest('.check-cell') !== null;
    this.activate(row);
    if (isOnBox || event.ctrlKey || event.metaKey) this.listener.onChoose([row.folder], !isChosen);
  }

  private activate(row: RunRow | undefined): void {
    if (!row) return;
    this.change({ active: row.folder });
    this.rowGroup.update();
    this.tellActive();
    this.listener.onActivate(row);
  }

  activateFolder(folder: string): void {
    this.change({ active: folder });
    this.arrange();
    const index = this.visible.findIndex((row) => row.folder === folder);
    if (index >= 0) this.rowGroup.reveal(index);
  }

  private tellActive(): void {
    const index = this.visible.findIndex(({ folder }) => folder === this.state.active);
    if (index < 0) this.element.removeAttribute('aria-activedescendant');
    else this.element.setAttribute('aria-activedescendant', `run-${index}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.element) return;
    const at = this.visible.findIndex(({ folder }) => folder === this.state.active);
    const target = this.keyTarget(event.key, at);
    if (target !== undefined) this.moveTo(target);
    else if (event.key === ' ' && at >= 0) this.toggle(this.visible[at]!);
    else if (event.key === 'Enter' && at >= 0) this.listener.onOpen(this.visible[at]!);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) this.chooseAll();
    else return;
    event.preventDefault();
  }

  private keyTarget(key: string, at: number): number | undefined {
    const page = this.rowGroup.pageLength;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.visible.length - 1,
    };
    return targets[key];
  }

  private moveTo(index: number): void {
    const within = Math.max(0, Math.min(this.visible.length - 1, index));
    this.activate(this.visible[within]);
    this.rowGroup.reveal(within);
  }

  private toggle({ folder }: RunRow): void {
    this.listener.onChoose([folder], !this.styles.has(folder));
  }

  private chooseAll(): void {
    this.listener.onChoose(
      this.visible.map(({ folder }) => folder),
      true,
    );
  }
}

const rowHeight = 24;
const checkWidth = 60;

/** The box says whether the run is drawn; beside it, how. */
function checkCell({ name }: RunRow, style: number | undefined): HTMLElement {
  const isChosen = style !== undefined;
  return element(
    'div',
    {
      role: 'gridcell',
      class: 'cell check-cell',
      title: isChosen ? t('Take {0} out of the charts', name) : t('Draw the curves of {0}', name),
    },
    element('span', { class: `box ${isChosen ? 'checked' : ''}` }, isChosen && icon('check')),
    isChosen && runSwatch(style),
  );
}

const stateIcons: Readonly<Record<RunRow['state'], IconName>> = {
  queued: 'dots',
  starting: 'ring',
  running: 'ring',
  finished: 'check',
  failed: 'cross',
  stopped: 'square',
  lost: 'question',
  log: 'note',
};

/** Symbol, word, and how far it is. */
export function stateBadge({ state, progress }: RunRow): HTMLElement {
  const share = progress === undefined ? '' : ` ${Math.floor(progress * 100)} %`;
  return element('span', { class: `state state-${state}` }, icon(stateIcons[state]), `${stateName(state)}${share}`);
}

function renderCell(column: Column, row: RunRow): HTMLElement {
  const text = column.text(row);
  const content = column.id === 'state' ? stateBadge(row) : text;
  return element(
    'div',
    {
      role: 'gridcell',
      class: `cell ${column.isNumeric ? 'numeric' : ''} cell-${column.id.split(' ')[0]}`,
      title: text || undefined,
    },
    content,
  );
}
