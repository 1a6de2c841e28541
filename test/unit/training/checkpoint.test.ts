import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../engine/errors';
import {
  type Checkpoint,
  CheckpointFolder,
  decodeSafetensors,
  encodeSafetensors,
} from '../../../engine/training/checkpoint';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

const checkpoint = (epoch = 3): Checkpoint => ({
  position: { epoch, batch: 2, step: 17, sums: { loss: 0.1 + 0.2, samples: 8 }, best: { value: 1 / 3, epoch: 2 } },
  tensors: new Map([
    ['conv_1/conv.weight', { dims: [2, 1, 3], values: Float32Array.of(1, -2, 3.5, Number.MIN_VALUE, 1e38, -0) }],
    ['scalar', { dims: [], values: Float32Array.of(7) }],
    ['empty', { dims: [0], values: new Float32Array(0) }],
  ]),
});

describe('checkpoints', () => {
  it('come back as they were, to the last bit', () => {
    assert.deepEqual(decodeSafetensors('file', Buffer.from(encodeSafetensors(checkpoint()))), checkpoint());
  });

  it('damaged anywhere, they are refused', () => {
    const bytes = Buffer.from(encodeSafetensors(checkpoint()));
    for (let length = 0; length < bytes.length; length += 9) {
      assert.throws(() => decodeSafetensors('file', bytes.subarray(0, length)), InputError, `${length}`);
    }
    const huge = Buffer.from(bytes);
    huge.writeBigUInt64LE(2n ** 60n);
    assert.throws(() => decodeSafetensors('file', huge), InputError);
    const foreign = Buffer.from(
      bytes.toString('latin1').replace('matchdown.checkpoint.1', 'matchdown.checkpoint.9'),
      'latin1',
    );
    assert.throws(() => decodeSafetensors('file', foreign), InputError);
  });

  it('have several names for one file, and replace what was there', async () => {
    const run = temporaryFolder();
    const folder = new CheckpointFolder(run);
    await folder.write(checkpoint(1), ['epoch-0001', 'last', 'best']);
    await folder.write(checkpoint(2), ['epoch-0002', 'last']);
    assert.deepEqual(
      readdirSync(folder.folder).sort(),
      ['best', 'epoch-0001', 'epoch-0002', 'last'].map((name) => `${name}.safetensors`),
    );
    const epochs = await Promise.all(['best', 'last'].map(async (name) => (await folder.read(name))?.position.epoch));
    assert.deepEqual(epochs, [1, 2]);
    assert.equal(await folder.read('epoch-0003'), undefined);
    writeFileSync(path.join(folder.folder, 'last.safetensors'), 'x');
    await assert.rejects(folder.read('last'), InputError);
  });
});
