import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { copyImage, decodeImage } from '../../../engine/data/image';
import { loadData } from '../../../engine/data/load';
import { describeWithPython, runPython } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { classesOf, refused, section } from './fixtures';

const grey = (...pixels: number[]): Uint8Array =>
  encode({ width: 2, height: pixels.length / 2, channels: 1, depth: 8, data: Uint8Array.from(pixels) });

/** Class folders with the given files. */
function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = path.join(temporaryFolder(), 'data');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

const twoClasses = section({ sampleShape: [2, 2, 1], labelDim: 2 });

describe('folders of class folders', () => {
  it('classes and images in the order of their names', async () => {
    const folder = folderWith({
      'dog/b.png': grey(5, 6, 7, 8),
      'cat/10.png': grey(1, 2, 3, 4),
      'cat/9.PNG': grey(9, 9, 9, 9),
      'cat/.DS_Store': 'x',
      'cat/notes.txt': 'x',
    });
    const data = await loadData(folder, twoClasses);
    assert.deepEqual(data.ids, ['cat/10.png', 'cat/9.PNG', 'dog/b.png']);
    assert.deepEqual([...data.values], [1, 2, 3, 4, 9, 9, 9, 9, 5, 6, 7, 8]);
    assert.deepEqual(classesOf(data), [0, 0, 1]);
    assert.deepEqual(data.labels.kind === 'classes' && data.labels.names, ['cat', 'dog']);
  });

  it('folders in class folders, links, names with spaces and of other scripts', async () => {
    const folder = folderWith({ 'a b/x/1.png': grey(1, 1, 1, 1), "고양이/'$(x)'.png": grey(2, 2, 2, 2) });
    symlinkSync(path.join(folder, 'a b'), path.join(folder, '고양이', 'link'));
    symlinkSync(folder, path.join(folder, '고양이', 'circle'));
    const data = await loadData(folder, twoClasses);
    assert.ok(data.ids.includes("고양이/'$(x)'.png") && data.ids.includes('고양이/link/x/1.png'));
  });

  it('refused: an image of another size, with its name', () => {
    const folder = folderWith({ 'a/1.png': grey(1, 2, 3, 4), 'b/2.png': grey(1, 2, 3, 4, 5, 6) });
    return refused(loadData(folder, twoClasses), {
      file: /b.2\.png$/,
      problem: /3 pixels high and 2 wide/,
      nextStep: /Resize/,
    });
  });

  it('refused: truncated, empty, of another kind, and an absurd size before any memory is taken', async () => {
    const whole = grey(1, 2, 3, 4);
    const wrong = (content: string | Uint8Array) =>
      loadData(folderWith({ 'a/1.png': grey(1, 2, 3, 4), 'b/2.png': content }), twoClasses);
    for (let length = 26; length < whole.length; length++) {
      await refused(wrong(whole.subarray(0, length)), { file: /2\.png/, problem: /damaged or truncated/ });
    }
    await refused(wrong(''), { file: /2\.png/, problem: /empty/ });
    await refused(wrong('hello'), { file: /2\.png/, problem: /neither a PNG nor a JPEG/ });
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(0x7fffffff, 16);
    await refused(wrong(huge), { problem: /2147483647 wide/ });
    const flipped = Buffer.from(whole);
    flipped[whole.length - 20]! ^= 1;
    await refused(wrong(flipped), { problem: /damaged/ });
  });

  it('refused: no sub-folders, an empty class, another number of classes, kinds that are not read, a missing folder', async () => {
    await refused(loadData(folderWith({ '1.png': grey(1, 2, 3, 4) }), twoClasses), { problem: /no sub-folders/ });
    await refused(loadData(folderWith({ 'a/1.png': grey(1, 2, 3, 4), 'b/notes.txt': '' }), twoClasses), {
      file: /b$/,
      problem: /no PNG or JPEG/,
    });
    await refused(loadData(folderWith({ 'a/1.png': grey(1, 2, 3, 4) }), twoClasses), {
      problem: /Classes in the data: 1 \(a\); data.label_dim is 2/,
    });
    await refused(loadData(folderWith({ 'a/1.webp': 'x', 'b/1.png': grey(1, 2, 3, 4) }), twoClasses), {
      file: /1\.webp/,
      problem: /not read/,
    });
    await refused(loadData('/nowhere/at all', twoClasses), { file: /nowhere/, problem: /no such file/ });
    await refused(loadData(folderWith({ 'a/1.png': grey(1, 2) }), section()), {
      problem: /no images/,
      nextStep: /image_size/,
    });
  });

  describeWithPython('as Pillow reads them', (python) => {
    const folder = temporaryFolder();
    before(() => runPython(python, writerProgram, [folder]));

    for (const name of ['L', 'RGB', 'RGBA', 'P', 'palette-alpha', 'bits-1', 'LA', 'I16', 'palette-4bit', 'grey-4bit']) {
      it(`${name}.png`, () => {
        for (const [mode, channels] of [
          ['L', 1],
          ['RGB', 3],
          ['RGBA', 4],
        ] as const) {
          if (name === 'I16' && channels > 1) continue;
          assert.deepEqual(read(`${name}.png`, channels), expected(`${name}-${mode}`), mode);
        }
      });
    }

    for (const name of ['grey', 'colour', 'progressive']) {
      it(`${name}.jpg, to what decoders may differ in`, () => {
        const difference = read(`${name}.jpg`, 3).map((value, i) => Math.abs(value - expected(`${name}-RGB`)[i]!));
        assert.ok(Math.max(...difference) <= 12, `${Math.max(...difference)}`);
        assert.ok(difference.reduce((sum, value) => sum + value, 0) / difference.length < 2);
      });
    }

    it('16 bits keep their fractions', () => assert.ok(read('I16.png', 1).some((value) => value % 1 !== 0)));

    function read(name: string, channels: number): number[] {
      const file = path.join(folder, name);
      const image = decodeImage(file, readFileSync(file));
      const target = new Float32Array(image.width * image.height * channels);
      copyImage(image, channels, target, 0);
      return [...target];
    }

    const expected = (name: string): number[] => [
      ...new Float32Array(new Uint8Array(readFileSync(path.join(folder, `${name}.f32`))).buffer),
    ];
  });
});

const writerProgram = `
import os, sys
import numpy as np
from PIL import Image
folder = sys.argv[1]
random = np.random.default_rng(1)
noise = lambda *shape: random.integers(0, 256, shape, dtype=np.uint8)
y, x = np.mgrid[0:19, 0:13]
smooth = np.stack([x * 12, y * 10, (x + y) * 6], -1).astype(np.uint8)
def save(name, image, **options):
    path = os.path.join(folder, name)
    image.save(path, **options)
    stem = name.split(".")[0]
    for mode in ("L", "RGB", "RGBA"):
        pixels = np.asarray(Image.open(path).convert(mode), dtype=np.float32).reshape(19, 13, -1)
        pixels.transpose(2, 0, 1).astype("<f4").tofile(os.path.join(folder, f"{stem}-{mode}.f32"))
save("L.png", Image.fromarray(noise(19, 13)))
save("RGB.png", Image.fromarray(noise(19, 13, 3)))
save("RGBA.png", Image.fromarray(noise(19, 13, 4)))
save("LA.png", Image.fromarray(noise(19, 13, 2), "LA"))
save("P.png", Image.fromarray(noise(19, 13, 3)).quantize(200))
save("palette-4bit.png", Image.fromarray(noise(19, 13, 3)).quantize(11), bits=4)
save("palette-alpha.png", Image.fromarray(noise(19, 13, 3)).quantize(40), transparency=bytes(range(0, 200, 5)))
save("bits-1.png", Image.fromarray(noise(19, 13)).convert("1"))
wide = random.integers(0, 65536, (19, 13), dtype=np.uint16)
Image.fromarray(wide).save(os.path.join(folder, "I16.png"))
(wide.astype(np.float64) / 257).astype("<f4").tofile(os.path.join(folder, "I16-L.f32"))
# Pillow writes no grey of four bits: the header of a palette image is turned into one.
import struct, zlib
rows = random.integers(0, 16, (19, 13), dtype=np.uint8)
packed = b"".join(b"\\0" + bytes((int(r[i]) << 4) | (int(r[i + 1]) if i + 1 < 13 else 0) for i in range(0, 13, 2)) for r in rows)
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 13, 19, 4, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(packed)) + chunk(b"IEND", b"")
open(os.path.join(folder, "grey-4bit.png"), "wb").write(png)
for mode in ("L", "RGB", "RGBA"):
    pixels = np.asarray(Image.fromarray(rows * 17).convert(mode), dtype=np.float32).reshape(19, 13, -1)
    pixels.transpose(2, 0, 1).astype("<f4").tofile(os.path.join(folder, f"grey-4bit-{mode}.f32"))
save("grey.jpg", Image.fromarray(smooth[:, :, 0]), quality=95)
save("colour.jpg", Image.fromarray(smooth), quality=95, subsampling=0)
save("progressive.jpg", Image.fromarray(smooth), quality=95, progressive=True, subsampling=0)
`;
