import { t } from '../../core/l10n';
import type {
  GraphOutline,
  GraphTitle,
  ModelReading,
  ModelSummary,
  OnnxEvents,
  OnnxRequests,
} from '../../core/protocol/onnx';
import { onFind, progressRing } from '../shared/controls';
import { element } from '../shared/dom';
import { Host } from '../shared/host';
import { icon } from '../shared/icons';
import { messageOf } from '../shared/page';
import { type ContentState, initialContent, ModelContent } from './content';
import { renderDamage, renderSummary } from './summary';

/** What is kept while the page is not there. */
interface PanelState {
  /** Id of the graph that is shown. */
  readonly graph: string;
  /** Of that graph. */
  readonly content: ContentState;
}

const initialState: PanelState = { graph: '', content: initialContent };

/** The ONNX editor's page: the file above, one of its graphs below; or what there is instead of a model. */
export class OnnxPanel {
  private readonly host = new Host<OnnxRequests, OnnxEvents>();
  private state = this.host.state(initialState);
  private readonly main = element('main', { class: 'model', hidden: true });
  private readonly problem = element('div', { class: 'banner', role: 'alert', hidden: true });
  private readonly gone = element(
    'div',
    { class: 'banner', role: 'alert', hidden: true },
    icon('warning'),
    t('This file is not there any more. What is shown was read before.'),
  );
  private readonly instead = element('div', { class: 'instead' });
  private readonly head = element('div');
  private content: ModelContent | undefined;
  private version = '';
  private summary: ModelSummary | undefined;

  constructor(app: HTMLElement) {
    this.main.append(this.gone, this.problem, this.head);
    app.replaceChildren(this.main, this.instead);
    onFind(() => this.content?.focusSearch());
    this.host.on('model/changed', () => void this.read());
    this.host.on('model/gone', () => {
      this.gone.hidden = false;
    });
    this.showInstead(progressRing(t('Reading …')), element('p', {}, t('Reading …')));
    void this.read();
  }

  private keep(state: Partial<PanelState>): void {
    this.state = { ...this.state, ...state };
    this.host.keep(this.state);
  }

  private async read(): Promise<void> {
    try {
      const reading = await this.host.ask('model/read', {});
      if (reading.ok) await this.showModel(reading.summary, reading.version);
      else this.showDamage(reading);
    } catch (error) {
      this.showDamage({ ok: false, reason: messageOf(error), bytes: 0 });
    }
  }

  private async showModel(summary: ModelSummary, version: string): Promise<void> {
    this.version = version;
    this.summary = summary;
    const isKnown = summary.graphs.some(({ id }) => id === this.state.graph);
    await this.showGraph(isKnown ? this.state.graph : '');
    this.main.hidden = false;
    this.instead.hidden = true;
    this.gone.hidden = true;
    this.showHead(undefined);
    if (summary.run !== undefined) this.showHead((await this.host.ask('run/find', { run: summary.run }))?.name);
  }

  private showHead(runName: string | undefined): void {
    const { summary } = this;
    if (!summary) return;
    const openRun = () => void this.act(this.host.ask('run/open', { run: summary.run ?? '' }));
    const compare = () => void this.act(this.host.ask('match/open', {}));
    this.head.replaceChildren(renderSummary(summary, runName, { openRun, compare }));
  }

  private async showGraph(graph: string): Promise<void> {
    const { version } = this;
    const outline = await this.host.ask('graph/read', { version, graph });
    if (version !== this.version) return;
    this.show(graph, outline);
    void this.act(this.findShapes(graph, outline));
  }

  /** Shapes that the file does not say come when they have been found. */
  private async findShapes(graph: string, outline: GraphOutline): Promise<void> {
    const { version } = this;
    if (outline.nodes.every(({ shape }) => shape)) return;
    const shapes = await this.host.ask('graph/shapes', { version, graph });
    const isShown = version === this.version && graph === this.state.graph;
    if (isShown) this.content?.update(withShapes(outline, shapes));
  }

  private show(graph: string, outline: GraphOutline): void {
    const content =
      graph === this.state.graph ? this.state.content : { ...initialContent, view: this.state.content.view };
    this.keep({ graph, content });
    const { version } = this;
    const made = new ModelContent(outline, content, {
      graphs: this.titles(),
      graph,
      onState: (state) => this.keep({ content: state }),
      onGraph: (id) => void this.act(this.showGraph(id)),
      node: (node) => this.host.ask('node/read', { version, graph, node }),
      tensor: (node, tensor) => this.host.ask('tensor/read', { version, graph, node, tensor }),
      openSource: (line) => void this.act(this.host.ask('source/open', line)),
    });
    const hadFocus = this.content?.element.contains(document.activeElement);
    if (this.content) this.content.element.replaceWith(made.element);
    else this.main.append(made.element);
    this.content = made;
    made.start();
    if (hadFocus) made.focus();
  }

  private titles(): readonly GraphTitle[] {
    return this.summary?.graphs ?? [];
  }

  private async act(action: Promise<unknown>): Promise<void> {
    try {
      await action;
      this.problem.hidden = true;
    } catch (error) {
      this.problem.hidden = false;
      this.problem.replaceChildren(icon('warning'), messageOf(error));
    }
  }

  private showDamage(reading: Extract<ModelReading, { ok: false }>): void {
    const openAs = () => void this.act(this.host.ask('file/openAs', {}));
    this.showInstead(...renderDamage(reading, { readAgain: () => void this.read(), openAs }));
  }

  private showInstead(...content: Element[]): void {
    this.main.hidden = true;
    this.instead.hidden = false;
    this.instead.replaceChildren(...content);
  }
}

function withShapes(outline: GraphOutline, shapes: OnnxRequests['graph/shapes']['result']): GraphOutline {
  const nodes = outline.nodes.map((node, place) => {
    const shape = node.shape ?? shapes[place] ?? undefined;
    return shape ? { ...node, shape } : node;
  });
  return { ...outline, nodes };
}
