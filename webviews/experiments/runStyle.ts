import { svgElement } from '../shared/dom';
import { themeColor } from '../shared/theme';

/** Runs differ in colour and in marker, so that nobody needs to tell colours apart. */
const colors = [
  ['--vscode-charts-blue', '#3794ff'],
  ['--vscode-charts-orange', '#d18616'],
  ['--vscode-charts-green', '#89d185'],
  ['--vscode-charts-red', '#f14c4c'],
  ['--vscode-charts-purple', '#b180d7'],
  ['--vscode-charts-yellow', '#cca700'],
  ['--vscode-charts-foreground', '#cccccc'],
] as const;

/** Outlines around the origin, within 4 units. */
const markers = [
  'M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z',
  'M-2.9-2.9h5.8v5.8h-5.8z',
  'M0-3.6 3.6 2.8h-7.2z',
  'M0-4 3.6 0 0 4-3.6 0z',
  'M0 3.6-3.6-2.8h7.2z',
  'M-1.2-3.6h2.4v2.4h2.4v2.4h-2.4v2.4h-2.4v-2.4h-2.4v-2.4h2.4z',
];

/** Lengths of dashes and gaps for the parts of a group: training, validation, others. */
export const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [8, 3, 2, 3]];

export function styleColor(style: number): string {
  const [variable, fallback] = colors[style % colors.length]!;
  return themeColor(variable, fallback);
}

export function markerPath(style: number): string {
  return markers[(style + Math.floor(style / colors.length)) % markers.length]!;
}

/** The run's marker in its colour, as in the charts. */
export function runSwatch(style: number): SVGElement {
  const swatch = svgElement(
    'svg',
    { class: 'swatch', viewBox: '-12 -6 24 12', width: 24, height: 12, 'aria-hidden': 'true' },
    svgElement('path', { class: 'swatch-line', d: 'M-11 0h22' }),
    svgElement('path', { class: 'swatch-marker', d: markerPath(style) }),
  );
  swatch.style.color = styleColor(style);
  return swatch;
}

/** A stretch of line in the pattern of a group's part. */
export function dashSwatch(part: number): SVGElement {
  const line = svgElement('path', { d: 'M0 6h26', 'stroke-dasharray': (dashes[part % dashes.length] ?? []).join(' ') });
  return svgElement('svg', { class: 'dash', viewBox: '0 0 26 12', width: 26, height: 12, 'aria-hidden': 'true' }, line);
}
