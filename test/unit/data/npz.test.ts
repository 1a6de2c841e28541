import assert from 'node:assert/strict';
import path from 'node:path';
import { loadData } from '../../../engine/data/load';
import { parseNpy } from '../../../engine/data/npy';
import { describeWithPython, runPython } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { classesOf, load, npz, refused, section, written } from './fixtures';

const x = { dims: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
const y = { dims: [3], values: BigInt64Array.of(2n, 0n, 1n) };

describe('npz files', () => {
  it('x and y', async () => {
    const data = await load('data.npz', npz({ x, y }));
    assert.deepEqual([...data.values], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(classesOf(data), [2, 0, 1]);
    assert.deepEqual(data.ids, ['0', '1', '2']);
  });

  it('horizontal: the last axis counts the samples', async () => {
    const across = { dims: [2, 3], values: Float32Array.of(1, 3, 5, 2, 4, 6) };
    const data = await load('data.npz', npz({ x: across, y }), { dataOrientation: 'horizontal' });
    assert.deepEqual([...data.values], [1, 2, 3, 4, 5, 6]);
  });

  describe('images come channels first', () => {
    // One image of 2 rows, 2 columns, 3 channels; the digits say row, column, channel.
    const channelsFirst = [0, 10, 100, 110, 1, 11, 101, 111, 2, 12, 102, 112];
    const channelsLast = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
    const label = { dims: [1], values: BigInt64Array.of(0n) };
    const read = async (dims: number[], values: number[], changes = {}) => {
      const array = { dims, values: Float32Array.from(values) };
      return [...(await load('data.npz', npz({ x: array, y: label }), { sampleShape: [2, 2, 3], ...changes })).values];
    };

    it('from channels last', async () => assert.deepEqual(await read([1, 2, 2, 3], channelsLast), channelsFirst));
    it('from channels first', async () => assert.deepEqual(await read([1, 3, 2, 2], channelsFirst), channelsFirst));
    it('from flattened rows', async () => assert.deepEqual(await read([1, 12], channelsLast), channelsFirst));
    it('from the last axis', async () => {
      assert.deepEqual(await read([2, 2, 3, 1], channelsLast, { dataOrientation: 'horizontal' }), channelsFirst);
    });
    it('without an axis for one channel', async () => {
      assert.deepEqual(await read([1, 2, 2], [1, 2, 3, 4], { sampleShape: [2, 2, 1] }), [1, 2, 3, 4]);
    });
  });

  it('one-hot, multi-label and regression targets', async () => {
    const rows = { dims: [3, 3], values: Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0) };
    assert.deepEqual(classesOf(await load('data.npz', npz({ x, y: rows }))), [2, 0, 1]);
    const many = { dims: [3, 3], values: Float32Array.of(1, 1, 1, 0, 0, 0, 0, 1, 0) };
    const multi = await load('data.npz', npz({ x, y: many }), { labelType: 'multi_label' });
    assert.deepEqual(multi.labels, { kind: 'values', values: many.values, columns: 3 });
    const values = { dims: [3], values: Float32Array.of(0.25, -1, 3) };
    const regression = await load('data.npz', npz({ x, y: values }), { labelType: 'regression', labelDim: 1 });
    assert.deepEqual(regression.labels, { kind: 'values', values: values.values, columns: 1 });
  });

  describe('refused with place and next step', () => {
    const bad =
      (arrays: Parameters<typeof npz>[0], expected: Parameters<typeof refused>[1], changes = {}) =>
      () =>
        refused(load('data.npz', npz(arrays), changes), expected);

    it('no y', bad({ x, labels: y }, { problem: /no array "y", only: x, labels/, nextStep: /numpy.savez/ }));
    it(
      'a label too few',
      bad(
        { x, y: { dims: [2], values: BigInt64Array.of(0n, 1n) } },
        { place: 'y', problem: /labels \(2\) and samples \(3\) differ/ },
      ),
    );
    it(
      'another shape',
      bad(
        { x: { dims: [3, 1], values: Float32Array.of(1, 2, 3) }, y },
        { place: 'x', problem: /shape 1; the scheme says 2/, nextStep: /horizontal/ },
      ),
    );
    it(
      'a value that is no number',
      bad(
        { x: { dims: [3, 2], values: Float32Array.of(1, 2, 3, 4, Number.NaN, 6) }, y },
        { place: 'index 2', problem: /NaN/ },
      ),
    );
    it(
      'two classes at once',
      bad(
        { x, y: { dims: [3, 3], values: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 0, 1) } },
        { place: 'index 1', problem: /exactly one 1/, nextStep: /multi_label/ },
      ),
    );
    it(
      'two labels where three are asked for',
      bad(
        { x, y: { dims: [3, 2], values: new Float32Array(6) } },
        { problem: /Labels per sample: 2; data.label_dim is 3/ },
        { labelType: 'multi_label' },
      ),
    );
    it(
      'a label that is neither 0 nor 1',
      bad(
        { x, y: { dims: [3, 3], values: Float32Array.of(0, 0, 0, 0, 0.5, 0, 0, 0, 0) } },
        { place: 'index 1', problem: /0.5/ },
        { labelType: 'multi_label' },
      ),
    );

    it('cut off anywhere', async () => {
      const whole = npz({ x, y });
      for (let length = 1; length < whole.length; length += 7) {
        await refused(load('data.npz', whole.subarray(0, length)), { problem: /damaged|truncated/ });
      }
    });

    it('a changed byte', async () => {
      const bytes = npz({ x, y });
      bytes[150]! ^= 1;
      await refused(load('data.npz', bytes), { problem: /damaged/ });
    });

    it('another file with its name', () => refused(load('data.npz', 'hello'), { problem: /damaged/ }));

    it('a header that promises more than the memory holds', () => {
      const array = Buffer.from('\x93NUMPY\x01\0\x76\0', 'latin1');
      const header = Buffer.from(
        `${"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000), }".padEnd(117)}\n`,
      );
      assert.throws(() => parseNpy(Buffer.concat([array, header])), /ends after 0 of 8000000000000000 bytes/);
    });
  });

  describeWithPython('written by numpy', (python) => {
    const folder = temporaryFolder();
    before(() => runPython(python, writerProgram, [folder]));

    const types = [
      '<f2',
      '>f2',
      '<f4',
      '>f4',
      '<f8',
      '>f8',
      'i1',
      'u1',
      '<i2',
      '>i2',
      '<u2',
      '<i4',
      '>i4',
      '<u4',
      '<i8',
      '>i8',
      '<u8',
      'bool',
    ];
    for (const type of types) {
      it(type, async () => {
        const name = type.replace('<', 'little-').replace('>', 'big-');
        const expected = type === 'bool' ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5];
        for (const order of ['C', 'F']) {
          const data = await loadData(path.join(folder, `${name}-${order}.npz`), section());
          assert.deepEqual([...data.values], expected, order);
        }
      });
    }

    it('compressed, and in versions 2 and 3 of the format', async () => {
      for (const name of ['compressed', 'version-2', 'version-3']) {
        assert.deepEqual(
          [...(await loadData(path.join(folder, `${name}.npz`), section())).values],
          [0, 1, 2, 3, 4, 5],
          name,
        );
      }
    });

    it('text labels, also of other scripts', async () => {
      const { labels } = await loadData(path.join(folder, 'text.npz'), section());
      assert.deepEqual(labels, { kind: 'classes', names: ['a', 'é', '고양이'], classes: Int32Array.of(2, 0, 1) });
    });

    it('objects are refused, because loading them can run a program', () =>
      refused(loadData(path.join(folder, 'objects.npz'), section()), {
        place: 'y.npy, byte 10',
        problem: /can run a program/,
      }));

    it('complex numbers are refused', () =>
      refused(loadData(path.join(folder, 'complex.npz'), section()), { problem: /<c8/ }));

    it('what we write is read by numpy', () => {
      const file = written('ours.npz', npz({ x, y, names: { dims: [3], values: ['a', '고양이', '😀'] } }));
      const program =
        'import json, sys, numpy as np\nf = np.load(sys.argv[1])\nprint(json.dumps([f["x"].tolist(), f["y"].tolist(), f["names"].tolist(), f["y"].dtype.str]))';
      const expected = [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [2, 0, 1],
        ['a', '고양이', '😀'],
        '<i8',
      ];
      assert.deepEqual(JSON.parse(runPython(python, program, [file])), expected);
    });
  });
});

const writerProgram = `
import io, os, sys, zipfile
import numpy as np
folder = sys.argv[1]
y = np.array([0, 1, 2])
def save(name, compressed=False, **arrays):
    (np.savez_compressed if compressed else np.savez)(os.path.join(folder, name), **arrays)
for kind in "<f2 >f2 <f4 >f4 <f8 >f8 i1 u1 <i2 >i2 <u2 <i4 >i4 <u4 <i8 >i8 <u8 bool".split():
    x = np.arange(6).reshape(3, 2).astype(kind)
    name = kind.replace("<", "little-").replace(">", "big-")
    save(name + "-C.npz", x=np.ascontiguousarray(x), y=y)
    save(name + "-F.npz", x=np.asfortranarray(x), y=y)
x = np.arange(6.0).reshape(3, 2)
save("compressed.npz", True, x=x, y=y)
save("text.npz", x=x, y=np.array(["고양이", "a", "é"]))
save("objects.npz", x=x, y=np.array([0, "a", None], dtype=object))
save("complex.npz", x=x.astype("<c8"), y=y)
for version in (2, 3):
    with zipfile.ZipFile(os.path.join(folder, f"version-{version}.npz"), "w") as archive:
        for name, array in (("x", x), ("y", y)):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(version, 0))
            archive.writestr(name + ".npy", buffer.getvalue())
`;
