import { t } from '../../core/l10n';
import { button } from '../shared/controls';
import { element, oncePerFrame } from '../shared/dom';
import { onThemeChange } from '../shared/theme';
import type { Graph } from './graph';
import { type Layout, layOut } from './layout';
import { measureVertices, paint } from './paint';
import { readPalette } from './palette';
import { type Box, beginning, fitting, kept, panned, type Size, showing, type Viewport, zoomed } from './viewport';
import { vertexAt } from './visible';
import { keyStep } from './walk';

export interface GraphViewState {
  /** Key of the selected vertex; empty when there is none. */
  readonly selected: string;
  /** Where the view was; a scale of 0: nowhere yet. */
  readonly viewport: Viewport;
}

export const initialGraphState: GraphViewState = { selected: '', viewport: { left: 0, top: 0, scale: 0 } };

export interface GraphViewListener {
  onState(state: GraphViewState): void;
  onSelect(key: string): void;
  /** Enter, or a double click: what the vertex leads to. */
  onOpen(key: string): void;
}

/** Pixels that an arrow key moves the view with Shift. */
const STEP = 60;
const ZOOM = 1.25;
/** While the view moves nothing is kept. */
const REST = 150;

/**
 * A graph on a canvas, of which only what is seen is drawn. Dragging and the wheel move it, with Ctrl the wheel zooms; arrow keys go
 * along the edges, with Shift they move the view, plus, minus and 0 zoom. A list says the same to those who do not see it; what is
 * selected is read out.
 */
export class GraphView {
  private readonly canvas = element('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-label': t('Graph. The arrow keys go from node to node; the list shows the same.'),
  });
  private readonly spoken = element('div', { class: 'hidden-text', 'aria-live': 'polite' });
  readonly element = element(
    'div',
    { class: 'graph' },
    this.canvas,
    this.spoken,
    element(
      'div',
      { class: 'graph-buttons', role: 'toolbar', 'aria-label': t('Graph') },
      button(t('Zoom In (+)'), () => this.zoom(ZOOM), { icon: 'plus', look: 'icon' }).element,
      button(t('Zoom Out (-)'), () => this.zoom(1 / ZOOM), { icon: 'minus', look: 'icon' }).element,
      button(t('Show All (0)'), () => this.fit(), { icon: 'fit', look: 'icon' }).element,
    ),
  );
  private readonly context = this.canvas.getContext('2d')!;
  private readonly paintSoon = oncePerFrame(() => this.paint());
  private palette = readPalette();
  private graph: Graph = { vertices: [], edges: [] };
  private layout: Layout = layOut([], []);
  private places = new Map<string, number>();
  private size: Size = { width: 0, height: 0 };
  private toReveal = '';
  private resting: number | undefined;
  private drag: { x: number; y: number; moved: boolean } | undefined;

  constructor(
    private state: GraphViewState,
    private readonly listener: GraphViewListener,
  ) {
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.element);
    onThemeChange(() => {
      this.palette = readPalette();
      this.paintSoon();
    });
  }

  /** Shows another graph; what was selected stays where it was on the screen, if it is still there. */
  show(graph: Graph): void {
    const anchor = this.anchor();
    this.graph = graph;
    this.places = new Map(graph.vertices.map(({ key }, place) => [key, place]));
    this.layout = layOut(measureVertices(this.context, graph.vertices, this.palette), graph.edges);
    const place = anchor && this.places.get(anchor.key);
    if (anchor && place !== undefined) {
      const { scale } = this.state.viewport;
      const [x, y] = [this.layout.x[place]!, this.layout.y[place]!];
      this.move({ left: x - anchor.x / scale, top: y - anchor.y / scale, scale });
    }
    this.paintSoon();
  }

  focus(): void {
    this.canvas.focus();
  }

  /** Selects a vertex and brings it into view; of a graph that is not shown yet, once it is. */
  reveal(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    this.select(place);
    if (this.size.width === 0) this.toReveal = key;
    else this.move(showing(this.viewport(), this.boxOf(place), this.size));
  }

  get selected(): string {
    return this.state.selected;
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.onDown(event));
    canvas.addEventListener('pointermove', (event) => this.onMove(event));
    canvas.addEventListener('pointerup', (event) => this.onUp(event));
    canvas.addEventListener('dblclick', () => this.open());
    canvas.addEventListener('keydown', (event) => this.onKey(event));
  }

  private keep(state: Partial<GraphViewState>): void {
    this.state = { ...this.state, ...state };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.listener.onState(this.state), REST);
    this.paintSoon();
  }

  private move(viewport: Viewport): void {
    this.keep({ viewport: kept(viewport, this.layout.bounds, this.size) });
  }

  private zoom(factor: number): void {
    this.move(zoomed(this.viewport(), factor, this.size.width / 2, this.size.height / 2));
  }

  private fit(): void {
    this.move(fitting(this.layout.bounds, this.size));
  }

  private anchor(): { key: string; x: number; y: number } | undefined {
    const { selected: key, viewport } = this.state;
    const place = this.places.get(key);
    if (place === undefined || viewport.scale === 0) return undefined;
    const x = (this.layout.x[place]! - viewport.left) * viewport.scale;
    const y = (this.layout.y[place]! - viewport.top) * viewport.scale;
    const isSeen = x > 0 && y > 0 && x < this.size.width && y < this.size.height;
    return isSeen ? { key, x, y } : undefined;
  }

  private boxOf(place: number): Box {
    const { x, y, widths, heights } = this.layout;
    const [width, height] = [widths[place]! / 2, heights[place]! / 2];
    return [x[place]! - width, y[place]! - height, x[place]! + width, y[place]! + height];
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    this.size = { width, height };
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    if (this.toReveal !== '') this.reveal(this.toReveal);
    this.toReveal = '';
    this.paint();
  }

  private paint(): void {
    const { size, graph, layout, palette } = this;
    if (size.width === 0 || graph.vertices.length === 0) return;
    const viewport = this.viewport();
    const { selected } = this.state;
    const density = this.canvas.width / size.width;
    paint(this.context, { graph, layout, viewport, size, density, palette, selected: this.places.get(selected) });
  }

  private viewport(): Viewport {
    const { viewport } = this.state;
    return viewport.scale === 0 ? this.firstViewport() : viewport;
  }

  /** A small graph as a whole, a large one from its beginning. */
  private firstViewport(): Viewport {
    const whole = fitting(this.layout.bounds, this.size);
    const [first] = this.layout.rows[0] ?? [];
    return whole.scale > 0.6 || first === undefined
      ? whole
      : beginning(this.layout.bounds, this.layout.x[first]!, this.size);
  }

  private select(place: number): void {
    const { key, title, subtitle } = this.graph.vertices[place]!;
    this.keep({ selected: key });
    this.spoken.textContent = [title, subtitle].filter((text) => text !== '').join(', ');
  }

  private choose(place: number): void {
    this.select(place);
    this.listener.onSelect(this.state.selected);
  }

  private open(): void {
    if (this.places.has(this.state.selected)) this.listener.onOpen(this.state.selected);
  }

  private placeAt({ offsetX, offsetY }: MouseEvent): number | undefined {
    const { left, top, scale } = this.viewport();
    return vertexAt(this.layout, left + offsetX / scale, top + offsetY / scale);
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const viewport = this.viewport();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      this.move(zoomed(viewport, Math.exp(-event.deltaY * unit * 0.004), event.offsetX, event.offsetY));
      return;
    }
    const [x, y] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
    this.move(panned(viewport, x * unit, y * unit));
  }

  private onDown(event: PointerEvent): void {
    if (event.button > 1) return;
    this.drag = { x: event.offsetX, y: event.offsetY, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
  }

  private onMove(event: PointerEvent): void {
    const { drag } = this;
    const place = this.placeAt(event);
    this.canvas.classList.toggle('over-vertex', place !== undefined && !drag?.moved);
    if (!drag) {
      const { title, subtitle } = (place !== undefined && this.graph.vertices[place]) || { title: '', subtitle: '' };
      this.canvas.title = subtitle === '' ? title : `${title}\n${subtitle}`;
      return;
    }
    const [x, y] = [drag.x - event.offsetX, drag.y - event.offsetY];
    if (!drag.moved && Math.hypot(x, y) < 4) return;
    this.drag = { x: event.offsetX, y: event.offsetY, moved: true };
    this.canvas.classList.add('dragged');
    this.move(panned(this.viewport(), x, y));
  }

  private onUp(event: PointerEvent): void {
    const { drag } = this;
    this.drag = undefined;
    this.canvas.classList.remove('dragged');
    const place = this.placeAt(event);
    if (drag && !drag.moved && place !== undefined) this.choose(place);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') this.open();
    else if (event.key === '+' || event.key === '=') this.zoom(ZOOM);
    else if (event.key === '-') this.zoom(1 / ZOOM);
    else if (event.key === '0') this.fit();
    else if (!this.moveWith(event) && !this.walkWith(event)) return;
    event.preventDefault();
  }

  /** Shift and the arrow keys, and the page keys, move the view. */
  private moveWith({ key, shiftKey }: KeyboardEvent): boolean {
    const page = this.size.height * 0.8;
    const shifted: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const pages: typeof shifted = { PageUp: [0, -page], PageDown: [0, page] };
    const by = pages[key] ?? (shiftKey ? shifted[key] : undefined);
    if (by) this.move(panned(this.viewport(), ...by));
    return by !== undefined;
  }

  private walkWith({ key }: KeyboardEvent): boolean {
    const target = keyStep(key, this.layout, this.graph.edges, this.places.get(this.state.selected));
    if (target === undefined) return false;
    this.choose(target);
    this.move(showing(this.viewport(), this.boxOf(target), this.size));
    return true;
  }
}
