import assert from 'node:assert/strict';
import path from 'node:path';
import type { Target } from '../../../core/runs/target';
import { launchRun, resumeRun } from '../../../engine/runs/launch';
import { findRunOfModel } from '../../../engine/runs/model';
import { stopRun } from '../../../engine/runs/stop';
import { describeWithPython } from '../../support/python';
import { forever, TrainingFolder } from '../trainingFixture';
import { ended, patience, waitFor } from './fixture';

describeWithPython('the PyTorch trainer under a supervisor', (python) => {
  const local: Target = { name: 'local', kind: 'local', python, gpus: 'none' };

  async function launch({ schemeFile, runsFolder }: TrainingFolder): Promise<string> {
    const outcome = await launchRun({ schemeFile, runsFolder, target: 'local', targets: [local] });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.folder;
  }

  it('leaves a complete record, and a model that knows its run', async () => {
    const training = new TrainingFolder();
    const folder = await launch(training);
    const record = await ended(folder);
    assert.equal(record.state, 'finished', record.error);
    assert.equal(record.trainer, 'pytorch');
    assert.ok(record.metrics.final['loss/validation']! > 0 && record.metrics.best['accuracy/validation']! > 0);
    assert.equal(record.samples!.training + record.samples!.validation, 120);
    assert.match(record.data?.sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.ok(record.versions.torch, JSON.stringify(record.versions));
    assert.equal(await findRunOfModel(path.join(folder, 'model.onnx'), [training.runsFolder]), folder);
  });

  it('stopped it has its last values, and goes on from its checkpoint', async () => {
    const folder = await launch(new TrainingFolder(forever));
    await waitFor(folder, ({ progress }) => (progress?.epoch ?? 0) > 2);
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && outcome.record.state === 'stopped' && !outcome.killed, JSON.stringify(outcome));
    assert.ok(outcome.record.metrics.final['loss/train']! > 0);
    assert.ok((await resumeRun(folder)).ok);
    const resumed = await waitFor(
      folder,
      ({ state, progress }) => state === 'running' && (progress?.epoch ?? 0) > outcome.record.progress!.epoch,
    );
    assert.equal(resumed.attempts?.length, 2);
    assert.ok((await stopRun(folder)).ok);
  });
});
