import { svgElement } from './dom';

/** Pictures of 16 by 16, drawn with strokes of 1.3 in the colour of the text around them. */
const paths = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  square: 'M4.5 4.5h7v7h-7z',
  question: 'M5.6 6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2.9-1.2 1.9M8 12.4v.2',
  dots: 'M3.5 8h.2M7.9 8h.2M12.3 8h.2',
  ring: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  almostEqual: 'M2.5 6.5c2-2 3.5-2 5.5-.6s3.5 1.4 5.5-.6M2.5 11c2-2 3.5-2 5.5-.6s3.5 1.4 5.5-.6',
  notEqual: 'M3 6h10M3 10h10M10.5 3 5.5 13',
  minus: 'M3 8h10',
  plus: 'M8 3v10M3 8h10',
  swap: 'M5 3v9M2.5 9.5 5 12l2.5-2.5M11 13V4M8.5 6.5 11 4l2.5 2.5',
  chevronRight: 'M6 3.5 10.5 8 6 12.5',
  chevronDown: 'M3.5 6 8 10.5 12.5 6',
  arrowUp: 'M8 13V3.5M4 7l4-4 4 4',
  arrowDown: 'M8 3v9.5M4 9l4 4 4-4',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 1.8v3h-3',
  eye: 'M1.5 8c2.8-5 10.2-5 13 0-2.8 5-10.2 5-13 0zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 1 1 0-3.6',
  folder: 'M1.5 4h4.5l1.5 1.5h7v7.5h-13z',
  note: 'M3.5 1.5h6l3 3v10h-9zM5.5 7h5M5.5 9.5h5M5.5 12h3',
  compare: 'M2 3h5v10H2zM9 3h5v10H9zM3.5 6h2M10.5 6h2M3.5 9h2M10.5 9h2',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  terminal: 'M1.5 2.5h13v11h-13zM4 5.5 6.5 8 4 10.5M8 10.5h4',
  play: 'M4.5 3l8 5-8 5z',
  goTo: 'M9.5 2h4.5v4.5M14 2 7.5 8.5M12 9.5V14H2V4h4.5',
  filter: 'M2 3h12l-4.7 5.5V13l-2.6-1.5v-3z',
  graph: 'M5.5 1.5h5v3.5h-5zM1.5 11h5v3.5h-5zM9.5 11h5v3.5h-5zM8 5v3M4 11V8h8v3',
  list: 'M2 4h.2M5 4h9M2 8h.2M5 8h9M2 12h.2M5 12h9',
  fit: 'M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5',
  layers: 'M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 1 1 8 2M8 7v4M8 4.8v.2',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6',
  take: 'M13 3v4.5H4M7 4.5l-3 3 3 3',
  code: 'M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4',
  model: 'M3 3h3v3H3zM3 10h3v3H3zM10 6.5h3v3h-3zM6 4.5 10 8M6 11.5 10 8',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3.5M8 11.8v.2',
} as const;

export type IconName = keyof typeof paths;

/** The strokes of a picture, for what is drawn on a canvas. */
export function iconPath(name: IconName): string {
  return paths[name];
}

/** A picture beside a text that says the same, hidden from screen readers. */
export function icon(name: IconName, className = ''): SVGElement {
  return svgElement(
    'svg',
    { class: `icon ${className}`.trim(), viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    svgElement('path', { d: paths[name] }),
  );
}
