import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32c, maskedCrc32c } from '../../../core/events/crc32c';
import { EventFileEncoder, eventFileName } from '../../../core/events/write';
import { describeWithPython } from '../../support/python';
import { accumulatedHyperparameters, accumulatedScalars } from './tensorboard';

describe('checksums', () => {
  it('have the value of the standard for "123456789"', () => {
    assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  });

  it('have the values of RFC 3720 for 32 bytes', () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e);
  });

  it('are of the bytes between start and end alone', () => {
    const bytes = new TextEncoder().encode('??123456789??');
    assert.equal(crc32c(bytes, 2, 11), 0xe3069283);
    assert.equal(maskedCrc32c(bytes, 2, 11), ((0xe3069283 >>> 15) + ((0xe3069283 << 17) >>> 0) + 0xa282ead8) % 2 ** 32);
  });
});

describe('event file name', () => {
  it('keeps the order of time and takes no path from a host name', () => {
    assert.equal(eventFileName(12.9, '../host', 7), 'events.out.tfevents.0000000012..._host.7.0');
  });
});

describeWithPython("a written event file, read by TensorBoard's own reader", (python) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-events-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (...records: Uint8Array[]) =>
    writeFileSync(path.join(folder, eventFileName(1.7e9, 'host', 1)), Buffer.concat(records));

  it('has its scalars', () => {
    const encoder = new EventFileEncoder();
    write(
      encoder.start(1.7e9),
      encoder.scalars(1.7e9 + 0.25, 0, [
        ['loss/train', 2.5],
        ['loss/validation', Number.NaN],
      ]),
      encoder.scalars(1.7e9 + 1.5, 5_000_000_000, [
        ['loss/train', 0.1],
        ['학습률', 1e-30],
      ]),
      encoder.scalars(1.7e9 + 2, -3, [['loss/train', Number.NEGATIVE_INFINITY]]),
    );
    assert.deepEqual(accumulatedScalars(python, folder), {
      'loss/train': [
        [0, 1.7e9 + 0.25, '2.5'],
        [5_000_000_000, 1.7e9 + 1.5, '0.10000000149011612'],
        [-3, 1.7e9 + 2, '-inf'],
      ],
      'loss/validation': [[0, 1.7e9 + 0.25, 'nan']],
      학습률: [[5_000_000_000, 1.7e9 + 1.5, '1.0000000031710769e-30']],
    });
  });

  it('has its text and hyperparameters', () => {
    const encoder = new EventFileEncoder();
    write(
      encoder.start(1.7e9),
      encoder.text(1.7e9, 0, 'purpose', '**wider** filters'),
      encoder.hyperparameters(1.7e9, { learning_rate: 0.01, optimizer: 'adam', shuffle: true }, [
        'accuracy/validation',
      ]),
      encoder.sessionEnd(1.7e9 + 60, true),
    );
    assert.deepEqual(accumulatedHyperparameters(python, folder), {
      text: ['**wider** filters'],
      hyperparameters: { learning_rate: 0.01, optimizer: 'adam', shuffle: true },
      types: { learning_rate: 'DATA_TYPE_FLOAT64', optimizer: 'DATA_TYPE_STRING', shuffle: 'DATA_TYPE_BOOL' },
      metrics: ['accuracy/validation'],
      status: 'STATUS_SUCCESS',
    });
  });

  it('starts again at the step of a restart', () => {
    const encoder = new EventFileEncoder();
    const point = (step: number) => encoder.scalars(1.7e9 + step, step, [['loss', step]]);
    write(encoder.start(1.7e9), point(1), point(2), point(3), encoder.restart(1.7e9 + 4, 2), point(2));
    const series = accumulatedScalars(python, folder).loss!;
    assert.deepEqual(
      series.map(([step]) => step),
      [1, 2],
    );
  });
});
