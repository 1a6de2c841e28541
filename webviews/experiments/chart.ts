import uPlot from 'uplot';
import { t } from '../../core/l10n';
import { shortCountText } from '../../core/quantities';
import { element } from '../shared/dom';
import { formatDuration, formatValue } from '../shared/format';
import { themeColor } from '../shared/theme';
import { type Axis, breaksOf, type Curve, type CurveGroup, nearest, smooth } from './curves';
import { dashes, dashSwatch, markerPath, runSwatch, styleColor } from './runStyle';
import { partTitle } from './tags';

export interface ChartSettings {
  readonly axis: Axis;
  /** Weight of what came before, 0 to below 1. */
  readonly smoothing: number;
  readonly isLogarithmic: boolean;
}

/**
 * The chart of one group of curves. Each curve is drawn in its run's colour with its run's marker and in its part's dash
 * pattern; when smoothed, the measured values stand faintly behind it. The pointer, or the arrow keys, read values.
 */
export class Chart {
  private readonly canvas = element('div', { class: 'chart-canvas' });
  private readonly heading = element('h3');
  private readonly parts = element('span', { class: 'chart-parts' });
  private readonly readout = element('div', { class: 'chart-readout', hidden: true });
  readonly element = element(
    'section',
    { class: 'chart', tabindex: 0, role: 'group', keydown: (event: KeyboardEvent) => this.onKey(event) },
    element('header', {}, this.heading, this.parts),
    this.canvas,
    this.readout,
  );
  private plot: uPlot | undefined;
  private lines: Line[] = [];
  private group: CurveGroup | undefined;
  private settings: ChartSettings = { axis: 'step', smoothing: 0, isLogarithmic: false };
  private shape = '';
  private height = 200;

  constructor() {
    new ResizeObserver(() => this.fit()).observe(this.canvas);
  }

  /** Shows other data; a zoomed stretch stays zoomed as long as the same curves are shown in the same way. */
  show(group: CurveGroup, settings: ChartSettings): void {
    this.group = group;
    this.settings = settings;
    this.heading.textContent = group.title;
    this.showParts(group);
    this.element.setAttribute('aria-label', describe(group));
    this.lines = linesOf(group, settings);
    const shape = JSON.stringify([
      settings,
      this.lines.map(({ curve, isFaint }) => [curve.run.folder, curve.part, isFaint]),
    ]);
    if (this.plot && shape === this.shape) this.renew(this.plot);
    else this.draw();
    this.shape = shape;
  }

  /** Draws anew, in the colours that the theme has now. */
  draw(): void {
    this.plot?.destroy();
    this.readout.hidden = true;
    this.plot = new uPlot(this.options(), this.data(), this.canvas);
  }

  /** Pixels of the plot with its axes. */
  setHeight(height: number): void {
    this.height = height;
    this.fit();
  }

  dispose(): void {
    this.plot?.destroy();
    this.element.remove();
  }

  private renew(plot: uPlot): void {
    const { min = -Infinity, max = Infinity } = plot.scales.x!;
    const known = plot.data[0];
    // A single point stands in the middle of a wider stretch.
    const isZoomed = min > known[0]! || max < known[known.length - 1]!;
    plot.setData(this.data(), !isZoomed);
    if (isZoomed) plot.redraw();
  }

  private fit(): void {
    const { clientWidth: width } = this.canvas;
    const { plot, height } = this;
    if (plot && width > 0 && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  }

  private showParts({ parts }: CurveGroup): void {
    const named = parts.filter((part) => part !== '');
    const entry = (part: string) =>
      element('span', { class: 'chart-part' }, dashSwatch(parts.indexOf(part)), partTitle(part));
    this.parts.replaceChildren(...named.map(entry));
  }

  /** Columns as the plot wants them: every x of any line, and where a line has none, `undefined`. */
  private data(): uPlot.AlignedData {
    if (this.lines.length === 0) return [[]];
    return uPlot.join(this.lines.map(({ x, y }) => [[...x], [...y]] as uPlot.AlignedData));
  }

  private options(): uPlot.Options {
    const color = themeColor('--vscode-foreground', '#888888');
    const grid = { stroke: themeColor('--matchdown-grid', '#80808033'), width: 1 };
    const font = `11px ${themeColor('--vscode-font-family', 'sans-serif')}`;
    const axis = { stroke: color, font, grid, ticks: { ...grid, size: 4 }, gap: 4 };
    return {
      width: Math.max(100, this.canvas.clientWidth),
      height: this.height,
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: {
        sync: { key: 'experiments', scales: ['x', null] },
        drag: { x: true, y: true, uni: 40 },
        points: { show: false },
        y: false,
      },
      scales: { x: { time: false }, y: { distr: this.settings.isLogarithmic ? 3 : 1 } },
      axes: [
        { ...axis, size: 26, values: (_, ticks) => ticks.map((tick) => formatX(tick, this.settings.axis)) },
        { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatValue(tick))) },
      ],
      series: [{}, ...this.lines.map((line) => seriesOptions(line))],
      hooks: {
        draw: [(plot) => this.drawMarkers(plot), (plot) => this.drawEvents(plot)],
        setCursor: [(plot) => this.read(plot)],
      },
    };
  }

  /** A marker about every hundred pixels, shifted from run to run so that they rarely cover each other. */
  private drawMarkers(plot: uPlot): void {
    const { ctx } = plot;
    const { left, width } = plot.bbox;
    ctx.save();
    for (const { curve, x, y, isFaint } of this.lines) {
      if (isFaint) continue;
      ctx.fillStyle = styleColor(curve.style);
      const shape = new Path2D(markerPath(curve.style));
      let next = left + ((curve.style * 37) % 100) * devicePixelRatio;
      for (let at = 0; at < x.length; at++) {
        const value = y[at];
        const pixel = plot.valToPos(x[at]!, 'x', true);
        const isLast = at === x.length - 1;
        if (value === null || value === undefined || pixel < left || pixel > left + width || (pixel < next && !isLast))
          continue;
        if (this.settings.isLogarithmic && value <= 0) continue;
        next = pixel + 100 * devicePixelRatio;
        drawShape(ctx, shape, pixel, plot.valToPos(value, 'y', true));
      }
    }
    ctx.restore();
  }

  /** A cross where values stop being finite, a bar where a run was gone on with. */
  private drawEvents(plot: uPlot): void {
    const { ctx } = plot;
    const { left, width } = plot.bbox;
    ctx.save();
    ctx.lineWidth = 1.6 * devicePixelRatio;
    ctx.setLineDash([]);
    for (const { curve, x, y, isFaint } of this.lines) {
      if (isFaint) continue;
      ctx.strokeStyle = styleColor(curve.style);
      const mark = (at: number, draw: typeof strokeCross) => {
        const pixel = plot.valToPos(x[at]!, 'x', true);
        if (pixel >= left && pixel <= left + width) draw(ctx, pixel, this.heightAt(plot, y, at));
      };
      for (const at of breaksOf(curve.y)) mark(at, strokeCross);
      for (const at of curve.joins) mark(at, strokeBar);
    }
    ctx.restore();
  }

  /** Of the last value before, or the upper edge where there is none. */
  private heightAt(plot: uPlot, y: readonly (number | null)[], at: number): number {
    const value = y.slice(0, at + 1).findLast((each) => each !== null && each !== undefined);
    const { top, height } = plot.bbox;
    if (value === null || value === undefined) return top + 6 * devicePixelRatio;
    return Math.min(top + height, Math.max(top, plot.valToPos(value, 'y', true)));
  }

  /** What every curve says at the pointer. */
  private read(plot: uPlot): void {
    const { left, idx } = plot.cursor;
    const isPointed = left !== undefined && left !== null && left >= 0 && typeof idx === 'number';
    const isOwn = isPointed && (this.element.matches(':hover') || document.activeElement === this.element);
    this.readout.hidden = !isOwn;
    if (!isOwn) return;
    const x = plot.data[0][idx]!;
    this.readout.replaceChildren(readoutTable(this.lines, this.group?.parts ?? [], x, this.settings.axis));
    this.placeReadout(plot, left);
  }

  /** Beside the pointer, on the side where there is room, within the window. */
  private placeReadout(plot: uPlot, left: number): void {
    const { left: chartLeft, top } = plot.over.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.readout;
    const pointer = chartLeft + left;
    const beside = pointer + 16 + width < window.innerWidth ? pointer + 16 : pointer - 16 - width;
    this.readout.style.left = `${Math.max(8, beside)}px`;
    this.readout.style.top = `${Math.max(8, Math.min(top + 8, window.innerHeight - height - 8))}px`;
  }

  private onKey(event: KeyboardEvent): void {
    const { plot } = this;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e9, End: 1e9 }[event.key];
    if (!plot || steps === undefined) {
      if (event.key === 'Escape') plot?.setCursor({ left: -10, top: -10 });
      return;
    }
    event.preventDefault();
    const xs = plot.data[0];
    const at = Math.min(xs.length - 1, Math.max(0, (plot.cursor.idx ?? 0) + steps));
    plot.setCursor({ left: plot.valToPos(xs[at]!, 'x'), top: 10 });
    this.readout.setAttribute('role', 'status');
  }
}

export function axisTitle(axis: Axis): string {
  if (axis === 'epoch') return t('Epoch');
  return axis === 'time' ? t('Time') : t('Step');
}

/** What uPlot draws: a curve, smoothed or as measured. */
interface Line {
  readonly curve: Curve;
  readonly part: number;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** The measured values behind a smoothed curve. */
  readonly isFaint: boolean;
}

const longestReadout = 16;

function linesOf({ curves, parts }: CurveGroup, { smoothing, isLogarithmic }: ChartSettings): Line[] {
  const drawable = (y: readonly (number | null)[]) =>
    isLogarithmic ? y.map((value) => (value !== null && value > 0 ? value : null)) : y;
  const line = (curve: Curve, y: readonly (number | null)[], isFaint: boolean): Line => ({
    curve,
    part: parts.indexOf(curve.part),
    x: curve.x,
    y: drawable(y),
    isFaint,
  });
  const measured = smoothing > 0 ? curves.map((curve) => line(curve, curve.y, true)) : [];
  return [...measured, ...curves.map((curve) => line(curve, smooth(curve.y, smoothing), false))];
}

function seriesOptions({ curve, part, isFaint }: Line): uPlot.Series {
  return {
    stroke: styleColor(curve.style),
    width: isFaint ? 1 : 1.6,
    alpha: isFaint ? 0.25 : 1,
    dash: [...(dashes[part % dashes.length] ?? [])],
    points: { show: false },
    spanGaps: false,
  };
}

function strokeCross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  const arm = 4 * devicePixelRatio;
  ctx.stroke(new Path2D(`M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`));
}

function strokeBar(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  const arm = 8 * devicePixelRatio;
  ctx.stroke(new Path2D(`M${x} ${y - arm}L${x} ${y + arm}`));
}

function drawShape(ctx: CanvasRenderingContext2D, shape: Path2D, x: number, y: number): void {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.fill(shape);
  ctx.restore();
}

/** One row for each run, one column for each part of the group. */
function readoutTable(lines: readonly Line[], parts: readonly string[], x: number, axis: Axis): HTMLElement {
  const shown = lines.filter((line) => !line.isFaint && x >= line.x[0]! && x <= line.x.at(-1)!);
  const folders = [...new Set(shown.map(({ curve }) => curve.run.folder))];
  const linesOfRun = (folder: string) => shown.filter(({ curve }) => curve.run.folder === folder);
  const rows = folders.slice(0, longestReadout).map((folder) => readoutRow(linesOfRun(folder), parts, x));
  const heads = parts.map((part, at) => element('th', {}, dashSwatch(at), partTitle(part)));
  const more = folders.length - rows.length;
  return element(
    'table',
    {},
    element('tr', {}, element('th', {}, `${axisTitle(axis)} ${formatX(x, axis)}`), ...(parts[0] === '' ? [] : heads)),
    ...rows,
    more > 0 && element('tr', {}, element('th', {}, t('and {0} more', more))),
  );
}

function readoutRow(lines: readonly Line[], parts: readonly string[], x: number): HTMLElement {
  const { curve } = lines[0]!;
  const shownValue = (part: string) => {
    const line = lines.find((candidate) => candidate.curve.part === part);
    const value = line?.y[nearest(line.x, x)];
    return line ? (value === null || value === undefined ? t('not finite') : formatValue(value)) : '';
  };
  const values = parts.map((part) => element('td', {}, shownValue(part)));
  return element('tr', {}, element('td', {}, runSwatch(curve.style), curve.run.name), ...values);
}

function formatX(x: number, axis: Axis): string {
  if (axis === 'time') return formatDuration(x);
  return axis === 'epoch' ? String(Number(x.toPrecision(4))) : shortCountText(x);
}

function describe({ title, curves }: CurveGroup): string {
  const lasts = curves.slice(0, 10).map(({ run, part, y, joins }) => {
    const last = y.findLast((value) => value !== null);
    const value = last === undefined || last === null || y.at(-1) === null ? t('not finite') : formatValue(last);
    const gone =
      joins.length === 0 ? '' : ` (${joins.length === 1 ? t('resumed once') : t('resumed {0} times', joins.length)})`;
    return `${run.name} ${partTitle(part)}: ${value}${gone}`;
  });
  return t('{0}, last values: {1}. The arrow keys read along the curves.', title, lasts.join('; '));
}
