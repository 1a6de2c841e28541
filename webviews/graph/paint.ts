import { type IconName, iconPath } from '../shared/icons';
import type { Graph, GraphVertex } from './graph';
import type { Layout, VertexSize } from './layout';
import type { Palette } from './palette';
import type { Box, Size, Viewport } from './viewport';
import { segmentsOf, visibleSegments, visibleVertices } from './visible';

export interface Picture {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly viewport: Viewport;
  readonly size: Size;
  /** Pixels of the screen for each of the page. */
  readonly density: number;
  readonly selected: number | undefined;
  readonly palette: Palette;
}

const PADDING = 10;
const PICTURE = 22;
const WIDEST = 300;
/** Below these scales nobody could read it: text, then the curves of lines. */
const READABLE = 0.35;
const CURVED = 0.12;

const titleFont = ({ font }: Palette) => `600 13px ${font}`;
const subtitleFont = ({ font }: Palette) => `11.5px ${font}`;

/** Sizes of vertices from their texts; widths of texts are asked for once each. */
export function measureVertices(
  context: CanvasRenderingContext2D,
  vertices: readonly GraphVertex[],
  palette: Palette,
): VertexSize[] {
  const widths = {
    title: textWidths(context, titleFont(palette)),
    subtitle: textWidths(context, subtitleFont(palette)),
  };
  return vertices.map(({ title, subtitle, picture, kind }) => {
    const text = Math.max(
      widths.title(title) + (picture ? PICTURE : 0),
      subtitle === '' ? 0 : widths.subtitle(subtitle),
    );
    return {
      width: Math.min(WIDEST, Math.max(48, Math.ceil(text) + 2 * PADDING)),
      height: subtitle === '' ? 30 : 44,
      isFixed: kind === 'input',
    };
  });
}

function textWidths(context: CanvasRenderingContext2D, font: string): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      context.font = font;
      width = context.measureText(text).width;
      known.set(text, width);
    }
    return width;
  };
}

/** Draws what the viewport shows, and nothing else. */
export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  const { viewport, size, density, palette } = picture;
  const { left, top, scale } = viewport;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, size.width, size.height);
  context.setTransform(density * scale, 0, 0, density * scale, -left * scale * density, -top * scale * density);
  const shown: Box = [left, top, left + size.width / scale, top + size.height / scale];
  paintLines(context, picture, shown);
  for (const vertex of visibleVertices(picture.layout, shown)) paintVertex(context, picture, vertex);
}

function paintLines(context: CanvasRenderingContext2D, picture: Picture, shown: Box): void {
  const { layout, palette, selected, viewport } = picture;
  const isCurved = viewport.scale >= CURVED;
  context.lineWidth = Math.max(1.2, 0.7 / viewport.scale);
  context.strokeStyle = palette.line;
  context.beginPath();
  for (const [from, to] of visibleSegments(layout, shown)) addSegment(context, layout, from, to, isCurved);
  context.stroke();
  context.setLineDash([6, 4]);
  context.beginPath();
  for (const [from, to] of layout.distant) addSegment(context, layout, from, to, true);
  context.stroke();
  context.setLineDash([]);
  if (selected === undefined) return;
  context.strokeStyle = palette.selection;
  context.lineWidth = Math.max(2, 1.2 / viewport.scale);
  context.beginPath();
  for (const [from, to] of segmentsOf(layout, selected)) addSegment(context, layout, from, to, isCurved);
  context.stroke();
}

function addSegment(
  context: CanvasRenderingContext2D,
  layout: Layout,
  from: number,
  to: number,
  curved: boolean,
): void {
  const { x, y, heights } = layout;
  const start = y[from]! + heights[from]! / 2;
  const end = y[to]! - heights[to]! / 2;
  context.moveTo(x[from]!, start);
  if (!curved || x[from] === x[to]) context.lineTo(x[to]!, end);
  else context.bezierCurveTo(x[from]!, (start + end) / 2, x[to]!, (start + end) / 2, x[to]!, end);
}

function paintVertex(context: CanvasRenderingContext2D, picture: Picture, vertex: number): void {
  const { graph, layout, palette, selected, viewport } = picture;
  const { kind, tone, isFaint } = graph.vertices[vertex]!;
  const [width, height] = [layout.widths[vertex]!, layout.heights[vertex]!];
  const [left, top] = [layout.x[vertex]! - width / 2, layout.y[vertex]! - height / 2];
  const isSelected = vertex === selected;
  if (viewport.scale < CURVED) {
    context.fillStyle = isSelected ? palette.selection : tone ? palette.tones[tone] : palette.muted;
    context.fillRect(left, top, width, height);
    return;
  }
  const radius = kind === 'input' || kind === 'output' ? height / 2 : 4;
  context.globalAlpha = 1;
  context.fillStyle = palette.box;
  context.strokeStyle = isSelected ? palette.selection : tone ? palette.tones[tone] : palette.border;
  context.lineWidth = Math.max(isSelected ? 2.5 : tone ? 1.5 : 1, (isSelected ? 2 : 0.6) / viewport.scale);
  if (kind === 'block') box(context, left + 5, top - 5, width, height, radius, palette.background);
  box(context, left, top, width, height, radius, palette.background);
  if (viewport.scale < READABLE) return;
  context.globalAlpha = isFaint ? 0.75 : 1;
  paintText(context, picture, vertex, left, top);
  context.globalAlpha = 1;
}

/** Lines end below the boxes, also where the theme's boxes let something through. */
function box(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  radius: number,
  background: string,
): void {
  const fill = context.fillStyle;
  context.beginPath();
  context.roundRect(left, top, width, height, radius);
  context.fillStyle = background;
  context.fill();
  context.fillStyle = fill;
  context.fill();
  context.stroke();
}

function paintText(
  context: CanvasRenderingContext2D,
  picture: Picture,
  vertex: number,
  left: number,
  top: number,
): void {
  const { graph, layout, palette } = picture;
  const { title, subtitle, picture: icon, tone, isFaint } = graph.vertices[vertex]!;
  const room = layout.widths[vertex]! - 2 * PADDING;
  const titleLeft = left + PADDING + (icon ? PICTURE : 0);
  if (icon) paintIcon(context, icon, left + PADDING, top + 7, tone ? palette.tones[tone] : palette.muted);
  context.textBaseline = 'middle';
  context.fillStyle = isFaint ? palette.muted : palette.text;
  context.font = titleFont(palette);
  context.fillText(cut(context, title, room - (icon ? PICTURE : 0)), titleLeft, top + 15.5);
  if (subtitle === '') return;
  context.fillStyle = palette.muted;
  context.font = subtitleFont(palette);
  context.fillText(cut(context, subtitle, room), left + PADDING, top + 32.5);
}

/** Texts that fit, the others with an ellipsis at their end. */
function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room + 1) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

const iconPaths = new Map<IconName, Path2D>();

function paintIcon(context: CanvasRenderingContext2D, name: IconName, left: number, top: number, color: string): void {
  const path = iconPaths.get(name) ?? new Path2D(iconPath(name));
  iconPaths.set(name, path);
  context.save();
  context.translate(left, top);
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke(path);
  context.restore();
}
