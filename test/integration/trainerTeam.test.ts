import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { trainerPackage } from '../../engine/entryPoint';
import { readEvaluation } from '../../engine/training/evaluationFile';
import { describeWithPython } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import {
  assertClose,
  assertSameWeights,
  type EndedProcess,
  plain,
  RunFolder,
  resultOf,
  runTrainerProgram,
} from './trainerFixture';
import { forever, TrainingFolder } from './trainingFixture';

describeWithPython('the PyTorch trainer in several processes', (python) => {
  it('trains in two processes what it trains in one', async () => {
    // 97 samples to train: the last batch of an epoch has a single one, and nothing is left for the second process.
    const changes = { ...plain, 'data.validation_split': 0.19, 'model.iteration': 3 };
    const runs = [1, 2].map(() => new RunFolder(python, new TrainingFolder(changes)));
    const [alone, together] = await Promise.all(
      runs.map((run, i) => run.train({ MATCHDOWN_PROCESSES: String(i + 1) })),
    );
    assert.equal(alone!.code, 0, alone!.output);
    assert.equal(together!.code, 0, together!.output);
    assert.match(
      together!.output,
      /2 processes share each batch of 16\.\nBatch normalization takes its statistics from the whole batch/,
    );
    assertSameWeights(runs[0]!.folder, runs[1]!.folder, 'last');
    for (const tag of ['loss/train', 'loss/validation', 'accuracy/validation'])
      assertClose(
        resultOf(runs[1]!.folder).metrics?.final?.[tag],
        resultOf(runs[0]!.folder).metrics?.final?.[tag],
        tag,
      );
    const [one, other] = await Promise.all(
      runs.map(({ folder }) => readEvaluation(path.join(folder, 'evaluation.npz'), 'classification')),
    );
    assert.deepEqual(other?.samples, one?.samples);
  });

  it('where one of two processes fails in the middle of a step, both end, with one sentence', async () => {
    const short = new RunFolder(python, new TrainingFolder(forever));
    const killed = new RunFolder(python, new TrainingFolder(forever));
    const two = { MATCHDOWN_PROCESSES: '2' };
    const ended = short.train({ ...two, PYTHONPATH: `${outOfMemoryLater()}${path.delimiter}${trainerPackage()}` });
    const process = killed.start(two);
    await killed.trained(10);
    killProcess(process.child.pid!, 'RANK=1');
    const outOfMemory = await ended;
    assert.equal(outOfMemory.code, 1, outOfMemory.output);
    const sentence =
      'scheme.json, data.batch_size: The memory is no longer enough for a step of 16 samples in 2 processes. Resume the run from its last checkpoint, or lower data.batch_size in a new one.';
    assert.deepEqual(failuresOf(outOfMemory), [`Process 2 failed: ${sentence}`]);
    assert.equal(resultOf(short.folder).error, sentence);
    assert.ok(resultOf(short.folder).metrics?.final?.['loss/train'], 'the one that leads tells all that it knows');
    assert.equal((await process.ended).code, 1, process.output);
    const { state, error } = resultOf(killed.folder);
    assert.equal(state, 'failed');
    assert.match(error ?? '', /^Process 2 was killed: .* Resume the run from its last checkpoint/);
    assert.ok(!process.output.includes('Traceback'), process.output);
  });

  it('torchrun, as over several nodes, tells of a preemption and of a failure in one sentence', async () => {
    const [preempted, failed] = [0, 1].map(() => new RunFolder(python, new TrainingFolder(forever)));
    const torchrun = [
      '-m',
      'matchdown_trainer.torchrun',
      '--standalone',
      '--nproc_per_node=2',
      '-m',
      'matchdown_trainer',
    ];
    const loopback = { GLOO_SOCKET_IFNAME: 'lo' };
    const process = preempted!.start(loopback, torchrun);
    const forgetful = { ...loopback, PYTHONPATH: `${outOfMemoryLater()}${path.delimiter}${trainerPackage()}` };
    const failing = failed!.start(forgetful, torchrun).ended;
    await preempted!.trained(10);
    writeFileSync(path.join(preempted!.folder, 'preempt'), '');
    const { code, output } = await process.ended;
    assert.equal(code, 0, output);
    assert.equal(resultOf(preempted!.folder).state, 'preempted');
    assert.match(output, /\nPreempted\.\n$/);
    assert.ok(!/Traceback|Error/.test(output), output);
    const failure = await failing;
    assert.equal(failure.code, 1, failure.output);
    assert.ok(failure.output.endsWith(`\nProcess 2 failed: ${resultOf(failed!.folder).error}\n`), failure.output);
    assert.equal(failuresOf(failure).length, 1, failure.output);
  });

  it('agrees between processes that share a batch, and none waits for ever', async function () {
    this.timeout(900_000);
    await runTrainerProgram(python, 'trainer_team.py');
  });
});

/** A folder for `PYTHONPATH`: the second process has no memory left after a few steps. */
function outOfMemoryLater(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'sitecustomize.py'), outOfMemoryProgram);
  return folder;
}

const outOfMemoryProgram = `
import os
if os.environ.get("RANK") == "1":
    from matchdown_trainer.objective import Objective
    mean_loss, calls = Objective.mean_loss, []
    def forgetful(self, *args):
        calls.append(1)
        if len(calls) > 20:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return mean_loss(self, *args)
    Objective.mean_loss = forgetful
`;

/** Kills, with -9, the child of a process whose environment has an entry. */
function killProcess(parent: number, entry: string): void {
  const [found] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry));
  process.kill(Number(found), 'SIGKILL');
}

const failuresOf = ({ output }: EndedProcess): string[] =>
  output.split('\n').filter((line) => /failed|Error|Traceback/i.test(line));
