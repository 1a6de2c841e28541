import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventFileEncoder } from '../../../core/events/write';
import { EventFolder } from '../../../engine/events';
import { point, restartRecord, startRecord } from './fixtures';

describe('event folder', () => {
  let folder: string;
  let log: EventFolder;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-events-'));
    log = new EventFolder(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (count: number) => path.join(folder, `events.out.tfevents.170000000${count}.host`);
  const steps = () => log.read(['loss'], 1000)[0]?.steps;

  it('reads what was appended, and says whether there was something', async () => {
    writeFileSync(file(0), Buffer.concat([startRecord, point(1, 1)]));
    assert.equal(await log.refresh(), true);
    assert.equal(await log.refresh(), false);
    const next = point(2, 2);
    appendFileSync(file(0), next.subarray(0, 20));
    assert.equal(await log.refresh(), false);
    appendFileSync(file(0), next.subarray(20));
    assert.equal(await log.refresh(), true);
    assert.deepEqual(steps(), [1, 2]);
  });

  it('reads the files of a preempted run in the order of their names', async () => {
    writeFileSync(file(1), Buffer.concat([startRecord, restartRecord(2), point(2, 20)]));
    writeFileSync(file(0), Buffer.concat([startRecord, point(1, 1), point(2, 2), point(3, 3)]));
    writeFileSync(path.join(folder, 'notes.txt'), 'no log');
    writeFileSync(`${file(2)}.profile-empty`, 'no log');
    await log.refresh();
    assert.deepEqual(log.read(['loss', 'other'], 1000), [
      { tag: 'loss', steps: [1, 2], wallTimes: [1.7e9 + 1, 1.7e9 + 2], values: [1, 20], total: 2 },
    ]);
  });

  it('takes up a file that comes later, and starts anew for one that comes before', async () => {
    writeFileSync(file(1), Buffer.concat([startRecord, point(2, 2)]));
    await log.refresh();
    writeFileSync(file(2), Buffer.concat([startRecord, point(3, 3)]));
    await log.refresh();
    assert.deepEqual(steps(), [2, 3]);
    writeFileSync(file(0), Buffer.concat([startRecord, point(1, 1)]));
    assert.equal(await log.refresh(), true);
    assert.deepEqual(steps(), [1, 2, 3]);
  });

  it('starts anew when a file was cut, written again in place, replaced, or taken away', async () => {
    const content = Buffer.concat([startRecord, point(1, 1), point(2, 2)]);
    writeFileSync(file(0), content);
    await log.refresh();
    truncateSync(file(0), startRecord.length);
    assert.equal(await log.refresh(), true);
    assert.equal(steps(), undefined);
    const later = new EventFileEncoder().start(1.8e9);
    writeFileSync(file(0), Buffer.concat([later, point(7, 7), point(8, 8), point(9, 9)]));
    await log.refresh();
    assert.deepEqual(steps(), [7, 8, 9]);
    writeFileSync(`${file(0)}.new`, content);
    renameSync(`${file(0)}.new`, file(0));
    await log.refresh();
    assert.deepEqual(steps(), [1, 2]);
    unlinkSync(file(0));
    assert.equal(await log.refresh(), true);
    assert.equal(steps(), undefined);
  });

  it('reads records larger than its window', async () => {
    const picture = 'x'.repeat(3_000_000);
    writeFileSync(
      file(0),
      Buffer.concat([startRecord, new EventFileEncoder().text(1.7e9, 1, 'note', picture), point(1, 1)]),
    );
    await log.refresh();
    assert.deepEqual(steps(), [1]);
  });

  it('says what is damaged and where', async () => {
    const content = Buffer.concat([startRecord, point(1, 1), point(2, 2), point(3, 3), point(4, 4)]);
    const second = startRecord.length + point(1, 1).length;
    content[second + 20]! ^= 1;
    content[content.length - point(4, 4).length]! ^= 1;
    writeFileSync(file(0), content);
    await log.refresh();
    assert.deepEqual(steps(), [1, 3]);
    assert.deepEqual(log.problems(), [{ file: file(0), offset: second, damagedRecords: 1, stopped: true }]);
  });

  it('is empty where there is no folder', async () => {
    const nowhere = new EventFolder(path.join(folder, 'nowhere'));
    assert.equal(await nowhere.refresh(), false);
    assert.deepEqual(nowhere.tags(), []);
  });

  it('reads once for two who ask at the same time', async () => {
    writeFileSync(file(0), Buffer.concat([startRecord, point(1, 1)]));
    assert.deepEqual(await Promise.all([log.refresh(), log.refresh()]), [true, false]);
    assert.deepEqual(steps(), [1]);
  });
});
