/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly dashed?: boolean;
  /** Drawn in grey, behind the others: the parent run. */
  readonly muted?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly lines: readonly ChartLine[];
}

const width = 640;
const height = 260;
const margin = { top: 34, right: 120, bottom: 40, left: 56 };
/** Okabe and Ito's palette: told apart by people with any kind of colour vision. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

/** A line chart as an SVG document that needs nothing but itself; readable on a light and on a dark page. */
export function renderChart(chart: Chart): string {
  const lines = chart.lines.map(finitePoints).filter((line) => line.x.length > 0);
  const x = linearScale(extent(lines.flatMap((line) => line.x)), margin.left, width - margin.right);
  const y = linearScale(niceExtent(lines.flatMap((line) => line.y)), height - margin.bottom, margin.top);
  const body = [
    ...y.ticks.map((tick) => gridLine(y.at(tick), formatTick(tick))),
    ...x.ticks.map((tick) => axisLabel(x.at(tick), formatTick(tick))),
    `<text x="${margin.left}" y="18" font-weight="600">${escapeXml(chart.title)}</text>`,
    `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">${escapeXml(chart.xLabel)}</text>`,
    ...lines.map((line, index) => drawLine(line, index, x.at, y.at)),
    ...lines.map((line, index) => drawLegend(line, index)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" role="img" aria-label="${escapeXml(chart.title)}">
<style>text { fill: #24292f } .grid { stroke: #8884; } @media (prefers-color-scheme: dark) { text { fill: #d0d7de } }</style>
${body.join('\n')}
</svg>
`;
}

/** The same series as one line of text: `▇▆▄▃▂▁`. */
export function sparkline(values: readonly number[], columns = 24): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '';
  const [low, high] = extent(finite);
  const span = high - low || 1;
  const shown = Math.min(columns, finite.length);
  return Array.from({ length: shown }, (_, i) => finite[Math.round((i * (finite.length - 1)) / Math.max(1, shown - 1))])
    .map((value) => '▁▂▃▄▅▆▇█'[Math.round(((value - low) / span) * 7)])
    .join('');
}

function finitePoints(line: ChartLine): ChartLine {
  const kept = line.y.flatMap((value, i) => (Number.isFinite(value) ? [i] : []));
  return { ...line, x: kept.map((i) => line.x[i]), y: kept.map((i) => line.y[i]) };
}

function drawLine(line: ChartLine, index: number, x: Scale['at'], y: Scale['at']): string {
  const points = line.x.map((value, i) => `${round(x(value))},${round(y(line.y[i]))}`).join(' ');
  if (line.x.length === 1)
    return `<circle cx="${points.split(',')[0]}" cy="${points.split(',')[1]}" r="3" fill="${colourOf(line, index)}"/>`;
  return `<polyline fill="none" ${strokeOf(line, index)} points="${points}"/>`;
}

function drawLegend(line: ChartLine, index: number): string {
  const [x, y] = [width - margin.right + 10, margin.top + 8 + index * 18];
  const stroke = `<line x1="${x}" x2="${x + 18}" y1="${y}" y2="${y}" ${strokeOf(line, index)}/>`;
  return `${stroke}<text x="${x + 24}" y="${y + 4}">${escapeXml(line.label)}</text>`;
}

function strokeOf(line: ChartLine, index: number): string {
  return `stroke="${colourOf(line, index)}" stroke-width="1.8"${line.dashed ? ' stroke-dasharray="5 3"' : ''}`;
}

function colourOf(line: ChartLine, index: number): string {
  return line.muted ? '#8a8a8a' : colours[index % colours.length];
}

function gridLine(y: number, label: string): string {
  const place = round(y);
  return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${place}" y2="${place}"/><text x="${margin.left - 6}" y="${place + 4}" text-anchor="end">${label}</text>`;
}

function axisLabel(x: number, label: string): string {
  return `<text x="${round(x)}" y="${height - margin.bottom + 16}" text-anchor="middle">${label}</text>`;
}

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function linearScale([low, high]: readonly [number, number], from: number, to: number): Scale {
  const span = high - low || 1;
  const at = (value: number) => from + ((value - low) / span) * (to - from);
  const step = tickStep(span / 5);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return { at, ticks: Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step) };
}

/** The smallest of 1, 2 or 5 times a power of ten that is at least `rough`. */
function tickStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999) ?? 10 * power;
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], v) => [Math.min(low, v), Math.max(high, v)],
    [Infinity, -Infinity],
  );
}

function niceExtent(values: readonly number[]): [number, number] {
  const [low, high] = extent(values);
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - pad, high + pad];
}

function formatTick(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
