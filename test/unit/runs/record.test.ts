import assert from 'node:assert/strict';
import { makeRunId, runIdPattern } from '../../../core/runs/id';
import { parseRunRecord } from '../../../core/runs/parse';
import { provenanceMetadata, readProvenance } from '../../../core/runs/provenance';
import { record } from './records';

describe('run records', () => {
  const reasonFor = (value: unknown): string => {
    const parsed = parseRunRecord(typeof value === 'string' ? value : JSON.stringify(value));
    return parsed.ok ? 'accepted' : parsed.reason;
  };

  it('are read, with keys of later versions too', () => {
    assert.deepEqual(parseRunRecord(JSON.stringify(record())), { ok: true, record: record() });
    assert.equal(reasonFor({ ...record(), colour: 'red', progress: { ...progress, colour: 'red' } }), 'accepted');
  });

  it('are refused with the reason', () => {
    assert.match(reasonFor('{"version": 1,'), /no JSON/);
    assert.match(reasonFor([]), /must be object/);
    assert.match(reasonFor({ ...record(), state: 'runing' }), /\/state/);
    assert.match(reasonFor({ ...record(), version: 2 }), /\/version/);
    assert.match(
      reasonFor({ ...record(), metrics: { final: { loss: 'low' }, best: {} } }),
      /\/metrics\/final\/loss must be number/,
    );
    assert.match(reasonFor({ ...record(), process: { pid: 0 } }), /\/process\/pid/);
    const { id: _, ...nameless } = record();
    assert.match(reasonFor(nameless), /'id'/);
  });

  it('have an id of local time and four digits', () => {
    const id = makeRunId(new Date(2026, 0, 2, 3, 4, 5), 0x12345);
    assert.equal(id, '20260102-030405-2345');
    assert.match(id, runIdPattern);
    assert.doesNotMatch('20260102-030405-23456', runIdPattern);
  });

  it('go into the model as its provenance, and come back', () => {
    const data = { path: 'data', sha256: 'd'.repeat(64), files: 1, bytes: 1 };
    const metadata = provenanceMetadata(record({ data, git: { commit: 'c0ffee', dirty: true } }));
    const expected = {
      run: '20261122-141502-3f9a',
      scheme: 'a'.repeat(64),
      data: 'd'.repeat(64),
      commit: 'c0ffee+',
      version: '0.1.0',
    };
    assert.deepEqual(readProvenance(metadata), expected);
    assert.equal(readProvenance(new Map([['other', 'x']])), undefined);
    assert.deepEqual(readProvenance(new Map([['matchdown.run', 'x']])), { run: 'x' });
  });
});

const progress = { epoch: 1, epochs: 2, step: 3, samplesPerSecond: 4, last: {}, updated: '2026-11-22T15:00:00.000Z' };
