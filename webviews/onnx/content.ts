import { nodesText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { GraphOutline, GraphTitle, NodeDetails, SourceLine, TensorStatistics } from '../../core/protocol/onnx';
import { countText } from '../../core/quantities';
import { GraphView, type GraphViewState, initialGraphState } from '../graph/view';
import { renderDetails } from '../model/details';
import { type Button, button, checkbox, choice, textField } from '../shared/controls';
import { element } from '../shared/dom';
import { messageOf } from '../shared/page';
import { splitter } from '../shared/splitter';
import { TreeGrid } from '../shared/treeGrid';
import { contractGraph } from './contract';
import { renderHeads, renderRow } from './list';
import { blocksOf, keysAround, makeRows, nodeKey, placeOfKey, type Row } from './rows';

export interface ContentState {
  readonly view: 'list' | 'graph';
  readonly search: string;
  readonly folds: boolean;
  readonly showsConstants: boolean;
  /** Keys of what was opened. */
  readonly open: readonly string[];
  /** Key of the active row, in list and graph. */
  readonly active: string;
  readonly scrollTop: number;
  readonly graph: GraphViewState;
  /** Of the width, what list or graph have. */
  readonly share: number;
}

export const initialContent: ContentState = {
  view: 'list',
  search: '',
  folds: true,
  showsConstants: false,
  open: [],
  active: '',
  scrollTop: 0,
  graph: initialGraphState,
  share: 0.66,
};

export interface ContentHost {
  readonly graphs: readonly GraphTitle[];
  readonly graph: string;
  onState(state: ContentState): void;
  onGraph(id: string): void;
  node(place: number): Promise<NodeDetails>;
  tensor(place: number, tensor: string): Promise<TensorStatistics>;
  openSource(line: SourceLine): void;
}

const ROW_HEIGHT = 24;
/** The details follow the keyboard when it rests. */
const REST = 120;

/** One graph of a model: its list or its picture, and the details of what is selected there. */
export class ModelContent {
  readonly element = element('div', { class: 'content' });
  private readonly body = element('div', { class: 'split' });
  private readonly list: TreeGrid<Row>;
  private readonly graphView: GraphView;
  private readonly listPart = element('div', { class: 'list-part' });
  private readonly details = element('aside', { class: 'details-pane', 'aria-label': t('Details'), tabindex: -1 });
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly search: ReturnType<typeof textField>;
  private readonly views: Readonly<Record<ContentState['view'], Button>>;
  private rows: readonly Row[] = [];
  private shownDetails: string | undefined;
  /** What the graph view shows is not what is open. */
  private graphIsStale = true;
  private resting: number | undefined;

  constructor(
    private outline: GraphOutline,
    private state: ContentState,
    private readonly host: ContentHost,
  ) {
    this.search = textField(
      t('Search nodes'),
      state.search,
      (search) => (search === '' ? this.endSearch() : this.change({ search, scrollTop: 0 })),
      () => this.list.element.focus(),
    );
    this.views = {
      list: button(t('List'), () => this.showView('list'), { icon: 'list' }),
      graph: button(t('Graph'), () => this.showView('graph'), { icon: 'graph' }),
    };
    this.list = this.makeList();
    this.graphView = new GraphView(state.graph, {
      onState: (graph) => this.keep({ graph }),
      onSelect: (key) => this.select(key),
      onOpen: (key) => this.open(key),
    });
    this.listPart.append(this.list.element);
    this.body.append(this.listPart, this.graphView.element, this.bar(), this.details);
    this.element.append(this.toolbar(), this.body);
    this.setShare(state.share);
  }

  /** To be called once it is in the document: rows are as high as they turn out to be. */
  start(): void {
    const { scrollTop } = this.state;
    this.arrange();
    this.list.element.scrollTop = scrollTop;
    this.showView(this.state.view);
    // Of another version of the file, what was active may be something else now.
    const isKnown = this.rows.some(({ key }) => key === this.state.active);
    if (!isKnown) this.keep({ active: this.list.activeItem?.key ?? '' });
    void this.showDetails(this.state.active);
  }

  /** The same graph, of which more is known. */
  update(outline: GraphOutline): void {
    this.outline = outline;
    this.graphIsStale = true;
    this.arrange();
  }

  /** Leads the keyboard to the list, or to the graph where that is shown. */
  focus(): void {
    if (this.state.view === 'list') this.list.element.focus();
    else this.graphView.focus();
  }

  focusSearch(): void {
    this.search.focus();
  }

  /** What was found last stays the active one. */
  private endSearch(): void {
    const place = placeOfKey(this.list.activeItem?.key ?? '');
    if (place === undefined) this.change({ search: '', scrollTop: 0 });
    else this.goTo(place);
  }

  private keep(state: Partial<ContentState>): void {
    this.state = { ...this.state, ...state };
    this.host.onState(this.state);
  }

  private change(state: Partial<ContentState>): void {
    this.keep(state);
    if (state.open || state.folds !== undefined) this.graphIsStale = true;
    if (state.search) this.showView('list');
    this.arrange();
  }

  private arrange(): void {
    const { open, folds, showsConstants, search, active } = this.state;
    this.rows = makeRows(this.outline, { open: new Set(open), folds, showsConstants, search });
    this.list.show(this.rows, active);
    this.drawGraph();
    this.showCount();
  }

  /** A graph that nobody sees is not laid out. */
  private drawGraph(): void {
    const { view, open, folds } = this.state;
    if (view !== 'graph' || !this.graphIsStale) return;
    this.graphIsStale = false;
    this.graphView.show(contractGraph(this.outline, new Set(open), folds));
  }

  private showCount(): void {
    const { nodes } = this.outline;
    const found = this.rows.filter(({ kind }) => kind === 'node').length;
    this.count.textContent =
      this.state.search.trim() === ''
        ? nodesText(nodes.length)
        : t('{0} of {1}', countText(found), nodesText(nodes.length));
  }

  private showView(view: ContentState['view']): void {
    this.keep({ view });
    for (const name of ['list', 'graph'] as const) this.views[name].press(name === view);
    this.listPart.hidden = view !== 'list';
    this.graphView.element.hidden = view !== 'graph';
    this.drawGraph();
    // Its size is known once it has been shown.
    if (view === 'graph') requestAnimationFrame(() => this.graphView.reveal(this.state.active));
  }

  private makeList(): TreeGrid<Row> {
    return new TreeGrid<Row>({
      label: t('Nodes'),
      className: 'node-list',
      idPrefix: 'row',
      rowHeight: ROW_HEIGHT,
      head: renderHeads(),
      keyOf: ({ key }) => key,
      render: (row) => renderRow(row, this.outline),
      levelOf: ({ level }) => level,
      isOpen: (row) => (row.kind === 'block' || row.kind === 'repetition' ? row.isOpen : undefined),
      toggle: ({ key }) => this.toggle(key),
      onActive: ({ key }) => this.select(key),
      onEnter: ({ key }) => this.open(key),
      onScroll: (scrollTop) => this.keep({ scrollTop }),
      onClick: ({ key, kind }, target) => {
        if (target.closest('.opens-graph')) this.openInner(key);
        else if (kind !== 'block' && kind !== 'repetition') return false;
        else this.toggle(key);
        return true;
      },
    });
  }

  private toggle(key: string): void {
    const { open } = this.state;
    this.change({ open: open.includes(key) ? open.filter((other) => other !== key) : [...open, key] });
  }

  private select(key: string): void {
    this.keep({ active: key });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.showDetails(key), REST);
  }

  /** Enter: what is folded opens, a node's details take the focus. */
  private open(key: string): void {
    if (placeOfKey(key) === undefined) {
      if (key.startsWith('b')) this.toggle(key);
      return;
    }
    clearTimeout(this.resting);
    void this.showDetails(key).then(() => this.details.focus());
  }

  private openInner(key: string): void {
    const place = placeOfKey(key);
    const [inner] = (place !== undefined && this.outline.nodes[place]?.graphs) || [];
    if (inner !== undefined) this.host.onGraph(inner);
  }

  private async showDetails(key: string): Promise<void> {
    if (key === this.shownDetails) return;
    this.shownDetails = key;
    const place = placeOfKey(key);
    if (place === undefined || place >= this.outline.nodes.length) {
      this.details.replaceChildren(element('p', { class: 'hint nothing' }, t('Select a node to see its details.')));
      return;
    }
    try {
      const details = await this.host.node(place);
      if (this.shownDetails === key) this.details.replaceChildren(this.renderDetails(details, place));
    } catch (error) {
      this.details.replaceChildren(element('p', { class: 'hint nothing' }, messageOf(error)));
    }
    this.details.scrollTop = 0;
  }

  private renderDetails(details: NodeDetails, place: number): HTMLElement {
    const graphs = this.outline.nodes[place]!.graphs ?? [];
    const made = renderDetails(details, place, {
      node: this.host.node,
      tensor: this.host.tensor,
      titleOf: (other) => this.titleOf(other),
      goTo: (other) => this.goTo(other),
      openGraph: this.host.onGraph,
      openSource: this.host.openSource,
    });
    const called = graphs.find((id) => details.attributes.every(({ graph }) => graph !== id));
    if (called === undefined) return made;
    const link = element('button', { class: 'link', click: () => this.host.onGraph(called) }, t('Show the function'));
    made.querySelector('h2')?.after(element('p', {}, link));
    return made;
  }

  private titleOf(place: number): string | undefined {
    const node = this.outline.nodes[place];
    return node && (node.name || node.operator);
  }

  /** Opens what the node is folded into, and selects it. */
  private goTo(place: number): void {
    const { open, folds, showsConstants } = this.state;
    const around = folds ? keysAround(blocksOf(this.outline), place) : [];
    const isHidden = this.outline.nodes[place]?.isConstant === true && !showsConstants;
    this.change({
      search: '',
      active: nodeKey(place),
      open: [...new Set([...open, ...around])],
      showsConstants: showsConstants || isHidden,
    });
    this.search.set('');
    if (isHidden) this.showView('list');
    this.list.activate(this.list.activeIndex, 'middle');
    this.graphView.reveal(nodeKey(place));
  }

  private bar(): HTMLElement {
    return splitter(this.body, {
      label: t('Width of the list'),
      orientation: 'vertical',
      share: this.state.share,
      onMove: (share) => {
        this.setShare(share);
        this.keep({ share });
      },
    });
  }

  private setShare(share: number): void {
    this.body.style.setProperty('--share', `${share * 100}%`);
  }

  private toolbar(): HTMLElement {
    const { graphs, graph } = this.host;
    const { folds, showsConstants } = this.state;
    const hasBlocks = this.outline.blocks.length > 0;
    const hasConstants = this.outline.nodes.some(({ isConstant }) => isConstant);
    return element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': t('Model') },
      this.search.element,
      this.count,
      element('span', { class: 'spacer' }),
      graphs.length > 1 && choice(t('Graph'), graphs.map(titled), graph, (id) => this.host.onGraph(id)),
      hasBlocks && checkbox(t('Fold repeated blocks'), folds, (on) => this.change({ folds: on })),
      hasConstants && checkbox(t('Show constants'), showsConstants, (on) => this.change({ showsConstants: on })),
      element('span', { class: 'views', role: 'group' }, this.views.list.element, this.views.graph.element),
    );
  }
}

function titled({ id, kind, name, nodes }: GraphTitle): readonly [string, string] {
  const depth = kind === 'branch' ? id.split('/').length - 1 : 0;
  const title =
    kind === 'main' ? name || t('main graph') : kind === 'function' ? t('function {0}', name) : name || t('graph');
  return [id, `${'  '.repeat(depth)}${title} (${countText(nodes)})`];
}
