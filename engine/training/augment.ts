import type { Random } from '../../core/random';
import type { Augmentation } from '../../core/scheme/types';
import type { SampleValues } from '../data/dataSet';

export const augments = ({ flipHorizontal, flipVertical, shift, rotate }: Augmentation): boolean =>
  flipHorizontal || flipVertical || shift > 0 || rotate > 0;

/**
 * Copies one image, `[channels, height, width]`, flipped by chance, shifted and rotated by random amounts up to the given ones:
 * bilinear between pixels, the border's pixels repeated outwards.
 */
export function augmentImage(
  source: SampleValues,
  from: number,
  [channels, height, width]: readonly [number, number, number],
  target: Float32Array,
  to: number,
  augmentation: Augmentation,
  random: Random,
): void {
  const map = drawMap(augmentation, height, width, random);
  const size = height * width;
  for (let y = 0, out = to; y < height; y++) {
    for (let x = 0; x < width; x++, out++) {
      const u = clamp(map.ux * x + map.uy * y + map.u, width - 1);
      const v = clamp(map.vx * x + map.vy * y + map.v, height - 1);
      const left = Math.floor(u);
      const top = Math.floor(v);
      const corner = from + top * width + left;
      const right = left < width - 1 ? 1 : 0;
      const below = top < height - 1 ? width : 0;
      for (let c = 0; c < channels; c++) {
        const at = corner + c * size;
        const upper = source[at]! + (u - left) * (source[at + right]! - source[at]!);
        const lower = source[at + below]! + (u - left) * (source[at + below + right]! - source[at + below]!);
        target[out + c * size] = upper + (v - top) * (lower - upper);
      }
    }
  }
}

/** From a pixel of the result to the place in the source that it comes from: `u = ux x + uy y + u0`, `v = vx x + vy y + v0`. */
interface AffineMap {
  readonly ux: number;
  readonly uy: number;
  readonly u: number;
  readonly vx: number;
  readonly vy: number;
  readonly v: number;
}

/** Always draws the same number of random numbers, so that switching one kind on leaves the others as they were. */
function drawMap(
  { flipHorizontal, flipVertical, shift, rotate }: Augmentation,
  height: number,
  width: number,
  random: Random,
): AffineMap {
  const flipX = random.uniform() < 0.5 && flipHorizontal ? -1 : 1;
  const flipY = random.uniform() < 0.5 && flipVertical ? -1 : 1;
  const shiftX = (2 * random.uniform() - 1) * shift * width;
  const shiftY = (2 * random.uniform() - 1) * shift * height;
  const angle = ((2 * random.uniform() - 1) * rotate * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const centerX = (width - 1) / 2;
  const centerY = (height - 1) / 2;
  const [ux, uy, vx, vy] = [flipX * cos, flipX * sin, -flipY * sin, flipY * cos];
  return {
    ux,
    uy,
    u: centerX - ux * (centerX + shiftX) - uy * (centerY + shiftY),
    vx,
    vy,
    v: centerY - vx * (centerX + shiftX) - vy * (centerY + shiftY),
  };
}

const clamp = (value: number, highest: number): number => Math.min(Math.max(value, 0), highest);
