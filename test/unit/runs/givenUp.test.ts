import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeReport } from '../../../engine/report';
import { createSweep } from '../../../engine/sweep/create';
import { projectRoot } from '../../support/projectRoot';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { range } from '../sweep/sweeps';
import { record } from './records';

const given = { name: 'AbortError' };

describe('What is given up leaves nothing behind', () => {
  it('a lab note', async () => {
    const folder = temporaryFolder();
    const run = path.join(folder, record().id);
    const note = path.join(folder, 'note.md');
    mkdirSync(run);
    writeFileSync(path.join(run, 'run.json'), JSON.stringify(record({ state: 'finished' })));
    writeFileSync(path.join(run, 'scheme.json'), '{}');
    await assert.rejects(writeReport([run], note, AbortSignal.abort()), given);
    assert.equal(existsSync(note), false);
    await writeReport([run], note, new AbortController().signal);
    assert.ok(existsSync(note));
  });

  it('a sweep', async () => {
    const runsFolder = path.join(temporaryFolder(), 'runs');
    const sweep = {
      schemeFile: path.join(projectRoot, 'examples/shapes/model_scheme.json'),
      runsFolder,
      ranges: { 'model.learning_rate': range('0.01,0.1') },
      launch: { target: { name: 'embedded', kind: 'embedded' } as const },
    };
    await assert.rejects(createSweep({ ...sweep, signal: AbortSignal.abort() }), given);
    assert.equal(existsSync(runsFolder), false);
    assert.equal((await createSweep(sweep)).ok, true);
    assert.ok(existsSync(runsFolder));
  });
});
