import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithPython, runPython } from '../support/python';
import { accumulatorProgram, assertSameWeights, conv, plain, RunFolder, resultOf, tensorsOf } from './trainerFixture';
import { TrainingFolder } from './trainingFixture';

const dropping = {
  'model.network': [
    { ...conv, dropout: 0.3 },
    { type: 'dense_set', unit: 3 },
  ],
};

describeWithPython('the PyTorch trainer, interrupted', (python) => {
  it('goes on where it was stopped, preempted, or killed, as if nothing had happened', async function () {
    this.timeout(900_000);
    const changes = { ...dropping, 'model.iteration': 80, 'model.save_interval': 5 };
    const whole = new RunFolder(python, new TrainingFolder(changes));
    const broken = new RunFolder(python, new TrainingFolder(changes));
    const uninterrupted = whole.train();
    const first = broken.start();
    await broken.trained(30);
    first.child.kill('SIGUSR1');
    const preempted = await first.ended;
    assert.equal(preempted.code, 75, preempted.output);
    assert.equal(resultOf(broken.folder).state, 'preempted');
    const second = broken.start();
    await broken.trained(80);
    writeFileSync(path.join(broken.folder, 'stop'), '');
    const stopped = await second.ended;
    assert.equal(stopped.code, 0, stopped.output);
    assert.equal(resultOf(broken.folder).state, 'stopped');
    assert.ok(!existsSync(path.join(broken.folder, 'stop')));
    for (const file of ['model.onnx', 'evaluation.npz']) assert.ok(existsSync(path.join(broken.folder, file)), file);
    const third = broken.start();
    await broken.trained(150);
    third.child.kill('SIGKILL');
    await third.ended;
    const last = await broken.train();
    assert.match(last.output, /Goes on after epoch \d+, step \d+\.[\s\S]*Finished\.\n$/);
    assert.equal((await uninterrupted).code, 0);
    const [one, other] = [whole, broken].map(({ folder }) => tensorsOf(folder, 'last'));
    assert.deepEqual(other, one);
    const [metrics, theirs] = [whole, broken].map(({ folder }) => resultOf(folder).metrics);
    for (const kind of ['final', 'best'] as const)
      assert.equal(theirs?.[kind]?.['loss/validation'], metrics?.[kind]?.['loss/validation'], kind);
    const { scalars } = JSON.parse(runPython(python, accumulatorProgram, [broken.folder])) as {
      scalars: Record<string, number[]>;
    };
    assert.deepEqual(
      scalars['loss/validation'],
      Array.from({ length: 80 }, (_, i) => 6 * (i + 1)),
    );
  });

  it("goes on with the embedded trainer's checkpoint", async () => {
    const goesOn = async (optimizer: unknown) => {
      const project = new TrainingFolder({ ...plain, 'model.optimizer': optimizer, 'model.seed': -3 });
      const { folder: embedded } = await project.train();
      const own = new RunFolder(python, project);
      mkdirSync(path.join(own.folder, 'checkpoints'));
      const [from, to] = ['epoch-0002', 'last'].map((name) => path.join('checkpoints', `${name}.safetensors`));
      cpSync(path.join(embedded, from!), path.join(own.folder, to!));
      const { code, output } = await own.train();
      assert.equal(code, 0, output);
      assert.match(output, /Goes on after epoch 2, step 12\.\nepoch 3\/4/);
      assertSameWeights(embedded, own.folder, 'last');
    };
    await Promise.all(['adam', { type: 'rmsprop', momentum: 0.5 }].map(goesOn));
  });
});
