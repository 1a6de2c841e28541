import { differencesText, layersText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { LayerVerdict, MatchReport, Reason } from '../../core/match/report';
import type { Direction, FixTitle, MatchEvents, MatchRequests, SideName } from '../../core/protocol/match';
import { countText } from '../../core/quantities';
import { GraphView, type GraphViewState, initialGraphState } from '../graph/view';
import { type Button, button, checkbox, onFind, progressRing, textField } from '../shared/controls';
import { element } from '../shared/dom';
import { Host } from '../shared/host';
import { icon } from '../shared/icons';
import { messageOf } from '../shared/page';
import { splitter } from '../shared/splitter';
import { Comparison, type ComparisonState, stepOf } from './comparison';
import { LayerDetails } from './details';
import { isDifference, type Line, makeLines } from './lines';
import { layerKey, readKey, sideGraph } from './sideGraph';
import { Sides } from './sides';
import { renderSideHead, renderVerdict } from './verdict';

type View = 'rows' | SideName;

interface PanelState {
  readonly comparison: ComparisonState;
  readonly watches: boolean;
  readonly view: View;
  readonly graph: GraphViewState;
  readonly showsDetails: boolean;
  /** Of the height, what rows or graph have above the details. */
  readonly share: number;
}

const initialState: PanelState = {
  comparison: { expanded: [], unfolded: [], foldsAlike: true, search: '', active: '', scrollTop: 0 },
  watches: false,
  view: 'rows',
  graph: initialGraphState,
  showsDetails: false,
  share: 0.6,
};

/** The details follow the keyboard when it rests. */
const REST = 120;

/** The Match panel: verdict, proof and notes above, both sides below, as rows or as graphs; or what there is instead of a report. */
export class MatchPanel {
  private readonly host = new Host<MatchRequests, MatchEvents>();
  private state = this.host.state(initialState);
  private readonly sides = new Sides(this.host);
  private readonly comparison: Comparison;
  private readonly graph: GraphView;
  private readonly details: LayerDetails;
  private readonly progress = element('div', {
    class: 'progress',
    role: 'progressbar',
    'aria-label': t('Matching'),
    hidden: true,
  });
  private readonly problem = element('div', { class: 'banner', role: 'alert', hidden: true });
  private readonly taken = element('div', { class: 'taken', role: 'status', hidden: true });
  private readonly verdict = element('div');
  private readonly heads = element('div', { class: 'side-heads' });
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly search = textField(
    t('Search layers'),
    this.state.comparison.search,
    (search) => {
      this.showView('rows');
      this.comparison.search(search);
      this.showCount();
    },
    () => this.comparison.element.focus(),
  );
  private readonly views: Readonly<Record<View, Button>> = {
    rows: button(t('Layers'), () => this.showView('rows'), { icon: 'compare', look: 'icon' }),
    intended: button(t('Graph of the Intended Side'), () => this.showView('intended'), { icon: 'graph', look: 'icon' }),
    exported: button(t('Graph of the Exported Side'), () => this.showView('exported'), { icon: 'model', look: 'icon' }),
  };
  private readonly detailsButton = button(t('Details of Nodes'), () => this.showDetails(!this.state.showsDetails), {
    icon: 'info',
    look: 'icon',
  });
  private readonly watch = button(
    t('Match again whenever a file is written'),
    () => void this.watchFiles(!this.state.watches),
    { icon: 'eye', look: 'icon' },
  );
  private readonly body = element('div', { class: 'match-body' });
  private readonly bar: HTMLElement;
  private readonly main: HTMLElement;
  private readonly instead = element('div', { class: 'instead' });
  private report: MatchReport | undefined;
  /** Why there is no newer report. */
  private failure: string | undefined;
  private fixes: readonly FixTitle[] = [];
  private resting: number | undefined;

  constructor(app: HTMLElement) {
    this.comparison = new Comparison(this.state.comparison, {
      onState: (comparison) => this.keep({ comparison }),
      onActive: (line) => this.follow(line),
      onReveal: (path) => void this.act(this.host.ask('scheme/reveal', { path })),
      onDetails: (line) => this.openDetails(line),
      fixOf: (layer, reason) => this.fixOf(layer, reason)?.title,
      onFix: (layer, reason) => void this.applyFix(layer, reason),
    });
    this.graph = new GraphView(this.state.graph, {
      onState: (graph) => this.keep({ graph }),
      onSelect: (key) => this.onVertex(key),
      onOpen: (key) => this.openVertex(key),
    });
    this.details = new LayerDetails(this.host, this.sides, {
      onLayer: (name) => this.comparison.goTo(name),
      onProblem: (action) => void this.act(action),
    });
    this.bar = this.detailsBar();
    this.body.append(this.comparison.element, this.graph.element, this.bar, this.details.element);
    this.main = element(
      'main',
      { class: 'match', hidden: true },
      this.progress,
      this.problem,
      this.verdict,
      this.taken,
      this.toolbar(),
      this.heads,
      this.body,
    );
    app.replaceChildren(this.main, this.instead);
    document.addEventListener('keydown', (event) => this.onKey(event));
    onFind(() => this.search.focus());
    this.listen();
    void this.read(false);
    if (this.state.watches) void this.watchFiles(true);
  }

  private listen(): void {
    this.host.on('report/started', () => {
      this.progress.hidden = false;
    });
    this.host.on('report/changed', (report) => this.show(report));
    this.host.on('report/failed', ({ message }) => this.fail(message));
    this.host.on('difference/go', ({ direction }) => this.goTo(direction));
  }

  private keep(state: Partial<PanelState>): void {
    this.state = { ...this.state, ...state };
    this.host.keep(this.state);
  }

  private async read(again: boolean): Promise<void> {
    this.progress.hidden = false;
    if (!this.report) this.showInstead(progressRing(t('Matching …')), element('p', {}, t('Matching …')));
    try {
      this.show(await this.host.ask('report/read', { again }));
    } catch (error) {
      this.fail(messageOf(error));
    }
  }

  private async act(action: Promise<unknown>): Promise<void> {
    try {
      await action;
      this.showProblem(undefined);
    } catch (error) {
      if (this.report) this.showProblem(messageOf(error));
      else this.fail(messageOf(error));
    }
  }

  private async watchFiles(on: boolean): Promise<void> {
    this.watch.press(on);
    this.keep({ watches: on });
    await this.act(this.host.ask('report/watch', { on }));
  }

  private show(report: MatchReport): void {
    this.report = report;
    this.sides.forget();
    this.details.forget();
    this.progress.hidden = true;
    this.failure = undefined;
    this.showProblem(undefined);
    this.main.hidden = false;
    this.instead.hidden = true;
    this.verdict.replaceChildren(renderVerdict(report));
    this.main.classList.toggle('is-match', report.verdict === 'match');
    this.heads.replaceChildren(
      ...(['intended', 'exported'] as const).map((side) =>
        renderSideHead(side, report[side], () => this.openSide(side)),
      ),
    );
    this.comparison.show(report.layers);
    this.showCount();
    this.showView(this.state.view);
    this.showDetails(this.state.showsDetails);
    void this.readFixes(report);
  }

  /** Of a scheme only: what can be done about a difference stands beside it. */
  private async readFixes(report: MatchReport): Promise<void> {
    this.fixes = [];
    if (report.intended.kind !== 'scheme' || !report.layers.some(isDifference)) return;
    const fixes = await this.host.ask('fixes/read', {}).catch(() => []);
    if (this.report !== report) return;
    this.fixes = fixes;
    this.comparison.update();
  }

  private fixOf(layer: LayerVerdict, reason: Reason): FixTitle | undefined {
    return this.fixes.find((fix) => fix.layer === layer.name && fix.message === reason.message);
  }

  private async applyFix(layer: LayerVerdict, reason: Reason): Promise<void> {
    const fix = this.fixOf(layer, reason);
    if (!fix) return;
    await this.act(this.host.ask('fix/apply', { layer: fix.layer, message: fix.message }));
    if (!this.problem.hidden) return;
    this.taken.hidden = false;
    this.taken.replaceChildren(
      icon('check'),
      element('span', {}, t('Changed in layer {0}: {1}', layer.name, fix.title)),
      button(t('Undo'), () => void this.undoFix(), { icon: 'undo' }).element,
    );
  }

  private async undoFix(): Promise<void> {
    this.taken.hidden = true;
    await this.act(this.host.ask('fix/undo', {}));
  }

  /** An earlier report stays, with the message above it. */
  private fail(message: string): void {
    this.progress.hidden = true;
    if (this.report) {
      this.failure = message;
      this.showProblem(message);
      return;
    }
    this.showInstead(
      icon('warning', 'big'),
      element('h2', {}, t('The files could not be matched')),
      element('p', {}, message),
      element(
        'div',
        { class: 'actions' },
        button(t('Try Again'), () => void this.read(true), { look: 'primary', icon: 'refresh' }).element,
        button(t('Open the Intended Side'), () => this.openSide('intended')).element,
        button(t('Open the Exported Side'), () => this.openSide('exported')).element,
      ),
    );
  }

  private openSide(side: SideName): void {
    void this.act(this.host.ask('file/open', { side }));
  }

  /** What went wrong with an action; without one, with the last match. */
  private showProblem(problem: string | undefined): void {
    const message = problem ?? this.failure;
    this.problem.hidden = message === undefined;
    this.problem.replaceChildren(icon('warning'), message ?? '');
  }

  private showInstead(...content: (Node | string)[]): void {
    this.main.hidden = true;
    this.instead.hidden = false;
    this.instead.replaceChildren(...content);
  }

  private showCount(): void {
    const layers = this.report?.layers ?? [];
    const differing = layers.filter(isDifference).length;
    const shown = this.comparison.shownCount;
    const differences = differencesText(differing);
    const searched = t('{0} of {1}', countText(shown), layersText(layers.length));
    this.count.textContent = shown < layers.length ? searched : differences;
  }

  private showView(view: View): void {
    this.keep({ view });
    for (const [name, control] of Object.entries(this.views)) control.press(name === view);
    this.comparison.element.hidden = view !== 'rows';
    this.graph.element.hidden = view === 'rows';
    this.heads.hidden = view !== 'rows';
    if (view !== 'rows') void this.act(this.drawGraph(view));
  }

  private async drawGraph(side: SideName): Promise<void> {
    const { report } = this;
    if (!report) return;
    this.progress.hidden = false;
    const { outline } = await this.sides.read(side).finally(() => {
      this.progress.hidden = true;
    });
    if (this.report !== report || this.state.view !== side) return;
    const { unfolded, foldsAlike } = this.state.comparison;
    const lines = makeLines(report.layers, {
      expanded: new Set(),
      unfolded: new Set(unfolded),
      foldsAlike,
      search: '',
    });
    this.graph.show(sideGraph(side, outline, lines));
    const { activeLine } = this.comparison;
    if (activeLine) this.graph.reveal(layerKey(activeLine.layer.name));
  }

  /** The row of a vertex becomes the active one. */
  private onVertex(key: string): void {
    const { kind, name } = readKey(key);
    const layer = kind === 'layer' ? this.report?.layers.find((other) => other.name === name) : undefined;
    if (!layer) return;
    this.comparison.goTo(name);
    if (this.state.showsDetails) this.details.show(layer);
  }

  private openVertex(key: string): void {
    const { kind, name } = readKey(key);
    if (kind === 'fold') {
      this.comparison.unfold(name);
      this.showView(this.state.view);
    } else if (kind === 'layer') {
      this.showDetails(true);
      this.details.element.focus();
    }
  }

  private goTo(direction: Direction): void {
    this.comparison.goToDifference(direction);
    const { activeLine } = this.comparison;
    if (this.state.view === 'rows') this.comparison.element.focus();
    else if (activeLine) this.graph.reveal(layerKey(activeLine.layer.name));
  }

  private follow(line: Line): void {
    if (!this.state.showsDetails) return;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.details.show(line.layer, chosenNodes(line)), REST);
  }

  private openDetails(line: Line): void {
    this.showDetails(true);
    this.details.show(line.layer, chosenNodes(line));
    this.details.element.focus();
  }

  private showDetails(shows: boolean): void {
    this.keep({ showsDetails: shows });
    this.detailsButton.press(shows);
    this.bar.hidden = !shows;
    this.details.element.hidden = !shows;
    if (!shows) return;
    const { activeLine } = this.comparison;
    if (activeLine && !('hidden' in activeLine)) this.details.show(activeLine.layer, chosenNodes(activeLine));
    else this.details.showNothing();
  }

  private detailsBar(): HTMLElement {
    this.body.style.setProperty('--share', String(this.state.share));
    return splitter(this.body, {
      label: t('Height of the layers'),
      orientation: 'horizontal',
      share: this.state.share,
      onMove: (share) => {
        this.body.style.setProperty('--share', String(share));
        this.keep({ share });
      },
    });
  }

  private onKey(event: KeyboardEvent): void {
    const step = event.target === this.comparison.element ? undefined : stepOf(event);
    const closes = event.key === 'Escape' && this.details.element.contains(document.activeElement);
    if (step) this.goTo(step);
    else if (closes) this.closeDetails();
    else return;
    event.preventDefault();
  }

  private closeDetails(): void {
    this.showDetails(false);
    if (this.state.view === 'rows') this.comparison.element.focus();
    else this.graph.focus();
  }

  private toolbar(): HTMLElement {
    this.watch.press(this.state.watches);
    const { rows, intended, exported } = this.views;
    return element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': t('Comparison') },
      this.search.element,
      this.count,
      element('span', { class: 'spacer' }),
      checkbox(t('Fold what is alike'), this.state.comparison.foldsAlike, (folds) => {
        this.comparison.foldAlike(folds);
        this.showView(this.state.view);
      }),
      element(
        'span',
        { class: 'views', role: 'group', 'aria-label': t('View') },
        rows.element,
        intended.element,
        exported.element,
      ),
      this.detailsButton.element,
      this.watch.element,
      button(t('Match Again'), () => void this.read(true), { icon: 'refresh', look: 'icon' }).element,
    );
  }
}

/** The nodes of the line itself. */
function chosenNodes(line: Line): Partial<Record<SideName, string>> {
  if (line.kind !== 'nodes') return {};
  const { intended, exported } = line;
  return { ...(intended ? { intended: intended.name } : {}), ...(exported ? { exported: exported.name } : {}) };
}
