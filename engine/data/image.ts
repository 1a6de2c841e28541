import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { t } from '../../core/l10n';
import { errorMessage, InputError } from '../errors';

/** Pixels from 0 to 255, row by row, the channels of a pixel together. 16-bit images keep their fractions. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** The size that an image's header tells, before anything is decoded. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const isPng = (bytes: Uint8Array): boolean => [0x89, 0x50, 0x4e, 0x47].every((byte, i) => bytes[i] === byte);
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** Reads width and height only, so that a wrong or absurd size is found before memory is taken. Throws `InputError`. */
export function imageSize(file: string, bytes: Buffer): ImageSize {
  if (isPng(bytes) && bytes.length >= 24) return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (isJpeg(bytes)) return jpegSize(file, bytes);
  throw new InputError({
    file,
    place: t('byte {0}', 0),
    problem: bytes.length === 0 ? t('The file is empty.') : t('This is neither a PNG nor a JPEG image.'),
    nextStep: t('Convert it to PNG, or remove it.'),
  });
}

/** Decodes a PNG or JPEG image. Throws `InputError`. */
export function decodeImage(file: string, bytes: Buffer): Image {
  try {
    if (!isPng(bytes)) return fromJpeg(bytes);
    if (bytes[24]! < 8 && bytes[28] === 1) throw new Error(t('interlaced with fewer than 8 bits per pixel'));
    return fromPng(decodePng(bytes, { checkCrc: true }));
  } catch (error) {
    throw new InputError({
      file,
      problem: t('The image cannot be read: it may be damaged or truncated ({0}).', errorMessage(error)),
      nextStep: t('Save it again, or remove it.'),
    });
  }
}

/** Walks the markers to the first start-of-frame (ITU-T T.81, B.2.2). */
function jpegSize(file: string, bytes: Buffer): ImageSize {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  throw new InputError({
    file,
    place: t('byte {0}', at),
    problem: t('The image cannot be read: it may be damaged or truncated ({0}).', t('it has no size')),
    nextStep: t('Save it again, or remove it.'),
  });
}

function fromPng(png: DecodedPng): Image {
  const { width, height } = png;
  if (png.data.length === 0) throw new Error('no image data');
  if (png.palette)
    return { width, height, channels: png.palette[0]?.length ?? 3, pixels: new Uint8Array(convertIndexedToRgb(png)) };
  const pixels =
    png.depth < 8
      ? unpack(png)
      : png.data instanceof Uint16Array
        ? Float32Array.from(png.data, (value) => value / 257)
        : new Uint8Array(png.data);
  return { width, height, channels: png.channels, pixels };
}

/** Grey of 1, 2 or 4 bits: rows are padded to whole bytes, values stretched to 0 to 255. */
function unpack({ width, height, depth, data }: DecodedPng): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const highest = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const value = (data[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & highest;
      pixels[y * width + x] = (value * 255) / highest;
    }
  }
  return pixels;
}

function fromJpeg(bytes: Buffer): Image {
  const { width, height, data } = decodeJpeg(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  return { width, height, channels: 3, pixels: data };
}

/**
 * Writes an image into `target` at `offset`, channels first, converted to the wanted number of channels: grey by the weights
 * of ITU-R BT.601, rounded as Pillow's `convert('L')` does; a grey value becomes red, green and blue; a missing alpha is
 * opaque; a superfluous one is left out.
 */
export function copyImage(image: Image, channels: number, target: Uint8Array | Float32Array, offset: number): void {
  const { channels: present, pixels } = image;
  const size = image.width * image.height;
  const colours = channels >= 3 ? 3 : 1;
  const convert = colours === 1 && present >= 3 ? greyOf(pixels) : undefined;
  for (let i = 0; i < size; i++) {
    const from = i * present;
    for (let c = 0; c < colours; c++) {
      target[offset + c * size + i] = convert ? convert(from) : pixels[from + (present >= 3 ? c : 0)]!;
    }
    if (channels > colours) target[offset + colours * size + i] = present % 2 === 0 ? pixels[from + present - 1]! : 255;
  }
}

function greyOf(pixels: Uint8Array | Float32Array): (at: number) => number {
  if (pixels instanceof Float32Array)
    return (at) => (pixels[at]! * 19595 + pixels[at + 1]! * 38470 + pixels[at + 2]! * 7471) / 65536;
  return (at) => (pixels[at]! * 19595 + pixels[at + 1]! * 38470 + pixels[at + 2]! * 7471 + 32768) >> 16;
}
