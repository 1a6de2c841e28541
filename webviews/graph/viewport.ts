/** The part of a drawing that is shown: the point in the upper left corner, and how many pixels a unit is. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Box = readonly [left: number, top: number, right: number, bottom: number];

const SMALLEST = 0.002;
const LARGEST = 3;
/** Around the whole drawing, and the size at which text is as large as in lists. */
const MARGIN = 24;

/** All of the drawing in the middle, at most in its own size. */
export function fitting([left, top, right, bottom]: Box, { width, height }: Size): Viewport {
  const room = Math.min((width - 2 * MARGIN) / (right - left || 1), (height - 2 * MARGIN) / (bottom - top || 1));
  const scale = clamped(Math.min(1, room));
  return {
    left: (left + right) / 2 - width / 2 / scale,
    top: (top + bottom) / 2 - height / 2 / scale,
    scale,
  };
}

/** Its beginning in its own size: the upper edge, with this column in the middle. */
export function beginning([, top]: Box, column: number, { width }: Size): Viewport {
  return { left: column - width / 2, top: top - MARGIN, scale: 1 };
}

/** Larger or smaller, with what is under the pixel staying there. */
export function zoomed(viewport: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = clamped(viewport.scale * factor);
  return {
    left: viewport.left + x / viewport.scale - x / scale,
    top: viewport.top + y / viewport.scale - y / scale,
    scale,
  };
}

/** Moved by pixels. */
export function panned(viewport: Viewport, x: number, y: number): Viewport {
  return { ...viewport, left: viewport.left + x / viewport.scale, top: viewport.top + y / viewport.scale };
}

/** Moved as little as brings the box into view, and into its middle when it was far away. */
export function showing(viewport: Viewport, [left, top, right, bottom]: Box, size: Size): Viewport {
  const scale = Math.max(viewport.scale, 0.4);
  const [width, height] = [size.width / scale, size.height / scale];
  const isNear =
    scale === viewport.scale &&
    left > viewport.left - width / 2 &&
    right < viewport.left + width * 1.5 &&
    top > viewport.top - height / 2 &&
    bottom < viewport.top + height * 1.5;
  if (!isNear) return { left: (left + right - width) / 2, top: (top + bottom - height) / 2, scale };
  const margin = MARGIN / scale;
  return {
    left: within(viewport.left, right + margin - width, left - margin),
    top: within(viewport.top, bottom + margin - height, top - margin),
    scale,
  };
}

/** The drawing never leaves the view altogether. */
export function kept(viewport: Viewport, [left, top, right, bottom]: Box, { width, height }: Size): Viewport {
  const [w, h] = [width / viewport.scale, height / viewport.scale];
  return {
    ...viewport,
    left: within(viewport.left, left - w * 0.8, right - w * 0.2),
    top: within(viewport.top, top - h * 0.8, bottom - h * 0.2),
  };
}

function clamped(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}

function within(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}
