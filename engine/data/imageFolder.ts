import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import { product, type RawData } from './dataSet';
import { compareNames, filesBelow } from './folder';
import { copyImage, decodeImage, imageSize } from './image';

interface ImageFile {
  /** Below the data folder, with `/`. */
  readonly id: string;
  readonly className: string;
}

const imageName = /\.(png|jpe?g)$/i;
const otherImageName = /\.(bmp|gif|tiff?|webp|avif|heic|ppm|pgm)$/i;

/** Reads a folder with one sub-folder of PNG or JPEG images per class. Throws `InputError`. */
export async function readImageFolder(folder: string, section: DataSection): Promise<RawData> {
  if (section.sampleShape.length !== 3 || section.vocabulary !== undefined) throw notImages(folder);
  const files = await findImages(folder);
  const [height, width, channels] = section.sampleShape as [number, number, number];
  const size = product(section.sampleShape);
  const pixels = new PixelStore(files.length, size);
  for (const [index, { id }] of files.entries()) {
    const file = path.join(folder, ...id.split('/'));
    const bytes = await readFile(file);
    checkSize(file, imageSize(file, bytes), height, width);
    const image = decodeImage(file, bytes);
    copyImage(image, channels, pixels.arrayFor(image.pixels), index * size);
  }
  return {
    count: files.length,
    values: pixels.values,
    labels: { kind: 'text', values: files.map(({ className }) => className) },
    ids: files.map(({ id }) => id),
    place: (sample) => files[sample]!.id,
  };
}

/** Bytes as long as every image has 8 bits per channel. */
class PixelStore {
  values: Uint8Array | Float32Array;

  constructor(count: number, size: number) {
    this.values = new Uint8Array(count * size);
  }

  arrayFor(pixels: Uint8Array | Float32Array): Uint8Array | Float32Array {
    if (pixels instanceof Float32Array && this.values instanceof Uint8Array)
      this.values = Float32Array.from(this.values);
    return this.values;
  }
}

async function findImages(folder: string): Promise<ImageFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isFile()).map((entry) => entry.name);
  if (names.length === 0) throw noClasses(folder);
  const images: ImageFile[] = [];
  for (const className of names.sort(compareNames)) images.push(...(await imagesOfClass(folder, className)));
  return images;
}

async function imagesOfClass(folder: string, className: string): Promise<ImageFile[]> {
  const files = await filesBelow(path.join(folder, className));
  const other = files.find((file) => otherImageName.test(file));
  if (other) {
    const file = path.join(folder, className, other);
    throw new InputError({
      file,
      problem: t('Images of this kind are not read.'),
      nextStep: t('Convert it to PNG or JPEG, or remove it.'),
    });
  }
  const images = files.filter((file) => imageName.test(file));
  if (images.length === 0) {
    throw new InputError({
      file: path.join(folder, className),
      problem: t('The folder of this class holds no PNG or JPEG image.'),
      nextStep: t('Add images, or remove the folder.'),
    });
  }
  return images.map((file) => ({ id: `${className}/${file}`, className }));
}

function checkSize(file: string, size: { width: number; height: number }, height: number, width: number): void {
  if (size.width === width && size.height === height) return;
  throw new InputError({
    file,
    problem: t(
      'The image is {0} pixels high and {1} wide; data.image_size says {2} and {3}.',
      size.height,
      size.width,
      height,
      width,
    ),
    nextStep: t('Resize the images to one size, or change data.image_size.'),
  });
}

const notImages = (folder: string): InputError =>
  new InputError({
    file: folder,
    problem: t('This is a folder, which is read as images, but the scheme describes no images.'),
    nextStep: t('Use data.image_size instead of data.input_size, or point data.data_path to a file.'),
  });

const noClasses = (folder: string): InputError =>
  new InputError({
    file: folder,
    problem: t('The folder has no sub-folders.'),
    nextStep: t('Put the images of each class into a sub-folder with the name of the class.'),
  });
