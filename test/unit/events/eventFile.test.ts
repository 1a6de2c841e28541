import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventFileReader } from '../../../core/events/eventFile';
import { RunLog } from '../../../core/events/run';
import { encodeEvent, frame } from '../../../core/events/write';
import { point, readLog, shown, startRecord, valueRecord } from './fixtures';

describe('event file reader', () => {
  it('reads scalars with their steps', () => {
    assert.deepEqual(readLog([startRecord, point(0, 2.5), point(5_000_000_000, -1), point(-3, 0.5)]), {
      loss: ['scalars', [0, 2.5], [5_000_000_000, -1], [-3, 0.5]],
    });
  });

  it('keeps what is not finite', () => {
    const [, ...points] = readLog([point(1, Number.NaN), point(2, Number.NEGATIVE_INFINITY)]).loss!;
    assert.deepEqual(points, [
      [1, Number.NaN],
      [2, Number.NEGATIVE_INFINITY],
    ]);
  });

  it('tells tags apart whatever order they come in', () => {
    const tags = ['a', 'b', 'a', 'a', 'ab', '손실', 'b', '손실', 'a'];
    const log = readLog(tags.map((tag, step) => point(step, step, tag)));
    assert.deepEqual(Object.keys(log), ['a', 'b', 'ab', '손실']);
    assert.deepEqual(
      log.a!.slice(1).map(([step]) => step),
      [0, 2, 3, 8],
    );
    assert.deepEqual(
      log.손실!.slice(1).map(([step]) => step),
      [5, 7],
    );
  });

  it('takes fields in any order', () => {
    const record = valueRecord(7, (value) => value.float(2, 0.5).text(1, 'late tag'));
    assert.deepEqual(readLog([record]), { 'late tag': ['scalars', [7, 0.5]] });
  });

  it('goes on where it stopped, wherever the file had been cut', () => {
    const file = Buffer.concat([startRecord, point(1, 1), point(2, 2, 'other'), point(3, 3)]);
    const whole = readLog([file]);
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 6 }), (cuts) => {
        const log = new RunLog();
        const reader = new EventFileReader(log);
        for (const cut of [...cuts.sort((a, b) => a - b), file.length]) reader.read(file.subarray(reader.offset, cut));
        assert.deepEqual(shown(log), whole);
        assert.equal(reader.offset, file.length);
        assert.equal(reader.damagedRecords, 0);
      }),
    );
  });

  it('says how many bytes it needs to go on', () => {
    const record = point(1, 1);
    const reader = new EventFileReader(new RunLog());
    reader.read(record.subarray(0, 5));
    assert.equal(reader.needed, 12);
    reader.read(record.subarray(0, 12));
    assert.equal(reader.needed, record.length);
  });

  it('counts and leaves out a record whose data is damaged', () => {
    const file = Buffer.concat([startRecord, point(1, 1), point(2, 2), point(3, 3)]);
    const second = startRecord.length + point(1, 1).length;
    file[second + 20]! ^= 1;
    const { log, reader } = readDamaged(file);
    assert.deepEqual(log, { loss: ['scalars', [1, 1], [3, 3]] });
    assert.deepEqual([reader.damagedRecords, reader.firstDamage, reader.stoppedAt], [1, second, undefined]);
  });

  it('stops at a damaged length and says where', () => {
    const file = Buffer.concat([startRecord, point(1, 1), point(2, 2)]);
    const second = startRecord.length + point(1, 1).length;
    file[second]! ^= 1;
    const { log, reader } = readDamaged(file);
    assert.deepEqual(log, { loss: ['scalars', [1, 1]] });
    assert.equal(reader.stoppedAt, second);
  });

  it('goes on when a length that came late is whole', () => {
    const file = Buffer.concat([startRecord, point(1, 1)]);
    const late = Buffer.from(file);
    late.fill(0, startRecord.length);
    const log = new RunLog();
    const reader = new EventFileReader(log);
    reader.read(late);
    assert.equal(reader.stoppedAt, startRecord.length);
    reader.read(file.subarray(reader.offset));
    assert.equal(reader.stoppedAt, undefined);
    assert.deepEqual(shown(log), { loss: ['scalars', [1, 1]] });
  });

  it('counts whole records that are no events', () => {
    const { log, reader } = readDamaged(Buffer.concat([frame(Uint8Array.of(0x2a, 0x7f)), point(1, 1)]));
    assert.deepEqual(log, { loss: ['scalars', [1, 1]] });
    assert.equal(reader.damagedRecords, 1);
  });

  it('survives any bytes with a right checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { log } = readDamaged(
          Buffer.concat([frame(bytes), encodeEvent(0, 0, () => {}), point(1, 1, 'after it')]),
        );
        assert.deepEqual(log['after it'], ['scalars', [1, 1]]);
      }),
    );
  });
});

function readDamaged(file: Uint8Array) {
  const log = new RunLog();
  const reader = new EventFileReader(log);
  reader.read(file);
  return { log: shown(log), reader };
}
