import { trialsText } from '../../core/counts';
import { t } from '../../core/l10n';
import { countText } from '../../core/quantities';
import type { SweepRecord } from '../../core/sweep/record';
import { element, oncePerFrame } from '../shared/dom';
import { themeColor } from '../shared/theme';
import { type ParallelAxis, type ParallelLine, type ParallelPlot, parallelPlot } from './parallel';
import type { RunRow } from './rows';

/**
 * What a sweep tried and what came of it: a line for each trial through the values of the swept keys to its result. The better
 * a trial, the stronger its line. The pointer or the arrow keys go from trial to trial, which is read out beside the heading;
 * a click or Enter makes it the active run of the table, where the same values stand as text.
 */
export class SweepPlot {
  private readonly canvas = element('canvas', { class: 'sweep-canvas' });
  private readonly readout = element('p', { class: 'sweep-readout', role: 'status' });
  readonly element = element(
    'section',
    {
      class: 'sweep-plot',
      tabindex: 0,
      role: 'group',
      hidden: true,
      keydown: (event: KeyboardEvent) => this.onKey(event),
      mousemove: (event: MouseEvent) => this.onPointer(event),
      mouseleave: () => this.point(undefined),
      click: () => this.choose(),
    },
    element('header', {}, element('h3', {}, t('Values and result of each trial')), this.readout),
    this.canvas,
  );
  private plot: ParallelPlot = { axes: [], lines: [] };
  private active = '';
  /** Place in the lines of what is pointed at. */
  private pointed: number | undefined;
  private readonly draw = oncePerFrame(() => this.paint());

  /** @param onActivate is told the run of the trial that was chosen */
  constructor(private readonly onActivate: (folder: string) => void) {
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** @param sweep undefined: there is none to show */
  show(rows: readonly RunRow[], sweep: SweepRecord | undefined, active: string): void {
    this.active = active;
    this.element.hidden = !sweep || rows.length < FEWEST;
    if (!sweep || rows.length < FEWEST) return;
    this.plot = parallelPlot(rows, sweep);
    this.pointed = undefined;
    this.element.setAttribute('aria-label', this.summary());
    this.read();
    this.draw();
  }

  activate(folder: string): void {
    this.active = folder;
    this.read();
    this.draw();
  }

  redraw(): void {
    this.draw();
  }

  private summary(): string {
    const { lines } = this.plot;
    const [best] = lines;
    const open = lines.filter(({ rank }) => rank === undefined).length;
    return [
      `${trialsText(lines.length)}.`,
      ...(best?.rank ? [t('The best: {0}.', this.text(best))] : []),
      ...(open > 0 ? [t('Without a result yet: {0}.', countText(open))] : []),
      t('The arrow keys go from trial to trial, the best first.'),
    ].join(' ');
  }

  /** `5f1c #3: learning rate 0.003, Loss, validation 0.1 (1 of 4)`. */
  private text({ row, texts, rank }: ParallelLine): string {
    const { axes, lines } = this.plot;
    const values = axes.flatMap(({ title }, at) => (texts[at] ? [`${title} ${texts[at]}`] : []));
    const place = rank === undefined ? t('no result') : t('{0} of {1}', countText(rank), countText(lines.length));
    return `${row.name}: ${values.join(' · ')} (${place})`;
  }

  private get shown(): ParallelLine | undefined {
    const { lines } = this.plot;
    return this.pointed === undefined ? lines.find(({ row }) => row.folder === this.active) : lines[this.pointed];
  }

  private read(): void {
    this.readout.textContent = this.shown ? this.text(this.shown) : '';
  }

  private point(at: number | undefined): void {
    if (at === this.pointed) return;
    this.pointed = at;
    this.read();
    this.draw();
  }

  private choose(): void {
    const line = this.pointed === undefined ? undefined : this.plot.lines[this.pointed];
    if (line) this.onActivate(line.row.folder);
  }

  private onKey(event: KeyboardEvent): void {
    const { lines } = this.plot;
    const at = this.pointed ?? lines.findIndex(({ row }) => row.folder === this.active);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: lines.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) this.point(Math.max(0, Math.min(lines.length - 1, target)));
    else if (event.key === 'Enter') this.choose();
    else if (event.key === 'Escape') this.point(undefined);
    else return;
    event.preventDefault();
  }

  private onPointer({ offsetX, offsetY, target }: MouseEvent): void {
    this.point(target === this.canvas ? nearestLine(this.plot, this.layout(), offsetX, offsetY) : undefined);
  }

  private layout(): Layout {
    const { clientWidth: width } = this.canvas;
    const step = (width - EDGE.left - EDGE.right) / Math.max(1, this.plot.axes.length - 1);
    return {
      x: (axis) => EDGE.left + axis * step,
      y: (place) => HEIGHT - EDGE.bottom - place * (HEIGHT - EDGE.top - EDGE.bottom),
      step,
    };
  }

  private paint(): void {
    const { clientWidth: width } = this.canvas;
    const context = this.canvas.getContext('2d');
    if (!context || width === 0) return;
    this.canvas.width = width * devicePixelRatio;
    this.canvas.height = HEIGHT * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    const layout = this.layout();
    const { lines, axes } = this.plot;
    const color = themeColor('--vscode-charts-blue', '#3794ff');
    // The best lie on top of the others.
    for (const line of [...lines].reverse()) {
      const strength = strengthOf(line, lines.length);
      paintLine(context, line, layout, { color, alpha: 0.05 + 0.85 * strength, width: 1 + strength });
    }
    for (const [at, axis] of axes.entries()) paintAxis(context, axis, at, axes.length, layout);
    const emphasis = { color: themeColor('--vscode-charts-orange', '#d18616'), alpha: 1, width: 3 };
    if (this.shown) paintLine(context, this.shown, layout, emphasis);
  }
}

/** Pixels of the canvas. */
interface Layout {
  readonly x: (axis: number) => number;
  readonly y: (place: number) => number;
  /** From axis to axis. */
  readonly step: number;
}

/** A sweep of one trial has nothing to compare. */
const FEWEST = 2;
const HEIGHT = 220;
const EDGE = { left: 68, right: 64, top: 34, bottom: 12 };
/** Pixels within which a line is pointed at. */
const REACH = 12;

/** 1 for the best; of many trials some stand out, and the others together show where they are. */
function strengthOf({ rank }: ParallelLine, count: number): number {
  if (rank === undefined) return 0.3;
  return Math.exp((1 - rank) / Math.max(STANDING_OUT, 0.03 * count));
}

/** Trials, at least. */
const STANDING_OUT = 6;

function paintLine(
  context: CanvasRenderingContext2D,
  { places, rank }: ParallelLine,
  { x, y }: Layout,
  { color, alpha, width }: { readonly color: string; readonly alpha: number; readonly width: number },
): void {
  context.globalAlpha = alpha;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(rank === undefined ? [3, 4] : []);
  context.beginPath();
  for (const [axis, place] of places.entries()) if (place !== undefined) context.lineTo(x(axis), y(place));
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function paintAxis(
  context: CanvasRenderingContext2D,
  { title, ticks }: ParallelAxis,
  at: number,
  count: number,
  { x, y, step }: Layout,
): void {
  const foreground = themeColor('--vscode-foreground', '#888888');
  const family = themeColor('--vscode-font-family', 'sans-serif');
  context.strokeStyle = foreground;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(at), y(0));
  context.lineTo(x(at), y(1));
  context.stroke();
  context.font = `600 11px ${family}`;
  context.textAlign = at === 0 ? 'left' : at === count - 1 ? 'right' : 'center';
  const ends = { left: -EDGE.left + 12, right: EDGE.right - 12, center: 0 };
  context.textBaseline = 'alphabetic';
  context.fillStyle = foreground;
  context.fillText(shortened(context, title, step + 20), x(at) + ends[context.textAlign], EDGE.top - 16);
  context.font = `11px ${family}`;
  context.textAlign = at === 0 ? 'right' : 'left';
  context.textBaseline = 'middle';
  for (const tick of ticks)
    paintTick(context, tick.text, x(at) + (at === 0 ? -5 : 5), y(tick.at), at === 0 ? EDGE.left - 16 : step);
}

/** On a ground of its own, so that the lines do not strike it through. */
function paintTick(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  const shown = shortened(context, text, Math.min(room, 90));
  const { width } = context.measureText(shown);
  const left = context.textAlign === 'right' ? x - width : x;
  const { fillStyle } = context;
  context.fillStyle = themeColor('--vscode-editor-background', '#ffffff');
  context.globalAlpha = 0.8;
  context.fillRect(left - 2, y - 7, width + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = fillStyle;
  context.fillText(shown, x, y);
}

function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end--;
  return `${text.slice(0, end)}…`;
}

/** Of those within reach, the nearest at this height, between the two axes around the pointer. */
function nearestLine(
  { lines, axes }: ParallelPlot,
  { x, y, step }: Layout,
  px: number,
  py: number,
): number | undefined {
  const axis = Math.max(0, Math.min(axes.length - 2, Math.floor((px - x(0)) / step)));
  const share = (px - x(axis)) / step;
  let nearest: number | undefined;
  let reach = REACH;
  for (const [at, { places }] of lines.entries()) {
    const [from, to] = [places[axis], places[axis + 1]];
    if (from === undefined || to === undefined) continue;
    const distance = Math.abs(y(from + (to - from) * share) - py);
    if (distance >= reach) continue;
    nearest = at;
    reach = distance;
  }
  return nearest;
}
