/**
 * Writes the sample data: grey images of 30 x 30 pixels with a circle, a square or a triangle, in one folder per class.
 *
 *   node examples/shapes/make_shapes.mjs [FOLDER]      FOLDER: data, beside this script
 *
 * The same images at every run. Some are small, faint and noisy enough that nobody gets all of them right.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';

const size = 30;
const imagesPerClass = 500;
const classes = ['circle', 'square', 'triangle'];

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(here, 'data'));
const random = mulberry32(20261122);

function writeImages() {
  for (const name of classes) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (let number = 0; number < imagesPerClass; number++) {
      const file = path.join(folder, name, `${String(number).padStart(4, '0')}.png`);
      writeFileSync(file, encode({ width: size, height: size, channels: 1, depth: 8, data: drawImage(name) }));
    }
  }
}

function drawImage(name) {
  const shape = {
    distance: distances[name],
    radius: between(6, 11),
    x: size / 2 + between(-3, 3),
    y: size / 2 + between(-3, 3),
    angle: between(-0.35, 0.35),
    isFilled: random() < 0.5,
  };
  const background = between(20, 70);
  const contrast = between(50, 160);
  const noise = between(8, 36);
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const share = coverage(shape, (i % size) + 0.5, Math.floor(i / size) + 0.5);
    return Math.max(0, Math.min(255, Math.round(background + contrast * share + noise * normal())));
  });
}

/** How much of a pixel the shape covers, from its distance to the shape's edge. */
function coverage({ distance, radius, x, y, angle, isFilled }, column, row) {
  const u = (column - x) * Math.cos(angle) + (row - y) * Math.sin(angle);
  const v = (row - y) * Math.cos(angle) - (column - x) * Math.sin(angle);
  const fromEdge = distance(u, v, radius);
  return Math.max(0, Math.min(1, 0.5 - (isFilled ? fromEdge : Math.abs(fromEdge) - 0.8)));
}

/** Signed distances to the edges of shapes of about the same area, negative inside. */
const distances = {
  circle: (u, v, radius) => Math.hypot(u, v) - radius,
  square: (u, v, radius) => Math.max(Math.abs(u), Math.abs(v)) - radius * 0.89,
  triangle: (u, v, radius) =>
    Math.max(...[90, 210, 330].map((degrees) => directed(u, v, (degrees * Math.PI) / 180))) - radius * 0.78,
};

function directed(u, v, angle) {
  return u * Math.cos(angle) + v * Math.sin(angle);
}

function between(low, high) {
  return low + (high - low) * random();
}

/** Box and Muller 1958. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

writeImages();
