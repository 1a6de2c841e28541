import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { InputError } from '../../../engine/errors';
import { eventsCsv, readRuns, summarizeRuns } from '../../../engine/eventsReport';
import { describeWithPython, runPython } from '../../support/python';
import { plugin, point, startRecord, valueRecord } from './fixtures';
import { accumulatedScalars } from './tensorboard';

const all = () => true;

describe('events report', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const writeRun = (name: string, ...records: Uint8Array[]) => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(
      path.join(folder, name, 'events.out.tfevents.1700000000.host'),
      Buffer.concat([startRecord, ...records]),
    );
  };

  it('says what each run has, by tag', async () => {
    writeRun('.', point(1, 2), point(2, Number.NaN), point(3, 1));
    writeRun(
      'deep/er',
      valueRecord(5, (value) => value.text(1, 'filters').message(9, plugin('images'))),
    );
    const report = summarizeRuns(await readRuns(folder), all);
    assert.deepEqual(report, {
      runs: [
        {
          name: '.',
          folder,
          tags: {
            loss: {
              kind: 'scalars',
              count: 3,
              firstStep: 1,
              lastStep: 3,
              firstWallTime: 1.7e9 + 1,
              lastWallTime: 1.7e9 + 3,
              last: 1,
              minimum: 1,
              maximum: 2,
            },
          },
          problems: [],
        },
        {
          name: 'deep/er',
          folder: path.join(folder, 'deep/er'),
          tags: {
            filters: {
              kind: 'images',
              count: 1,
              firstStep: 5,
              lastStep: 5,
              firstWallTime: 1.7e9 + 5,
              lastWallTime: 1.7e9 + 5,
            },
          },
          problems: [],
        },
      ],
    });
    assert.deepEqual(schemaErrors(report), []);
  });

  it('has a schema that refuses a tag without its count', () => {
    const tags = { loss: { kind: 'scalars', firstStep: 1, lastStep: 1, firstWallTime: 1, lastWallTime: 1 } };
    assert.notDeepEqual(schemaErrors({ runs: [{ name: '.', folder: '/logs', tags, problems: [] }] }), []);
  });

  it('writes scalars as CSV in log order', async () => {
    writeRun(
      'a "b"',
      point(1, 0.5),
      point(1, 0.25, 'x,y'),
      point(2, Number.NaN),
      point(2, Number.POSITIVE_INFINITY, 'x,y'),
    );
    assert.deepEqual([...eventsCsv(await readRuns(folder), all)].join('').split('\n'), [
      'run,tag,step,wall_time,value',
      '"a ""b""",loss,1,1700000001,0.5',
      '"a ""b""","x,y",1,1700000001,0.25',
      '"a ""b""",loss,2,1700000002,NaN',
      '"a ""b""","x,y",2,1700000002,Infinity',
      '',
    ]);
  });

  it('leaves out the tags that are not asked for', async () => {
    writeRun('run', point(1, 1), point(1, 2, 'accuracy'));
    const runs = await readRuns(folder);
    const asked = (tag: string) => tag === 'accuracy';
    assert.deepEqual(Object.keys(summarizeRuns(runs, asked).runs[0]!.tags), ['accuracy']);
    assert.equal([...eventsCsv(runs, asked)].length, 2);
  });

  it('follows links once, and ends in a circle of them', async () => {
    writeRun('real', point(1, 1));
    symlinkSync(folder, path.join(folder, 'real', 'circle'));
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'same'));
    assert.equal((await readRuns(folder)).length, 1);
  });

  it('refuses what is no log folder, and says what to do', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    for (const wrong of [path.join(folder, 'nowhere'), file, folder])
      await assert.rejects(readRuns(wrong), (error) => error instanceof InputError && error.nextStep !== undefined);
  });
});

describeWithPython('logs of real writers, read by us and by EventAccumulator', (python) => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-logs-'));
    runPython(python, writers, [folder]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of ['torch', 'preempted', 'tensors'])
    it(`agree: ${name}`, async () => {
      const runs = await readRuns(path.join(folder, name));
      const expected = accumulatedScalars(python, path.join(folder, name));
      const tags = runs
        .find((run) => run.name === '.')!
        .log.tags()
        .filter(({ kind }) => kind === 'scalars');
      assert.deepEqual(tags.map(({ tag }) => tag).sort(), Object.keys(expected).sort());
      for (const { tag, columns } of tags) {
        const points = Array.from({ length: columns.count }, (_, at) => [
          columns.steps[at],
          columns.wallTimes[at],
          columns.values[at],
        ]);
        assert.deepEqual(
          points,
          expected[tag]!.map(([step, wallTime, value]) => [step, wallTime, fromPython(value)]),
        );
      }
      assert.deepEqual(
        summarizeRuns(runs, all).runs.flatMap(({ problems }) => problems),
        [],
      );
    });

  it('lists the kinds that are not read', async () => {
    const [run] = summarizeRuns(await readRuns(path.join(folder, 'torch')), all).runs;
    const kinds = Object.entries(run!.tags).map(([tag, { kind, count }]) => [tag, kind, count]);
    assert.deepEqual(
      kinds.filter(([, kind]) => kind !== 'scalars'),
      [
        ['weights', 'histograms', 2],
        ['picture', 'images', 1],
        ['note/text_summary', 'text', 1],
        ['curve', 'pr_curves', 1],
      ],
    );
  });

  it('finds the runs that add_hparams makes, by the names that TensorBoard gives them', async () => {
    const { runs } = summarizeRuns(await readRuns(path.join(folder, 'torch')), all);
    assert.deepEqual(
      runs.map(({ name }) => name),
      ['.', 'trial'],
    );
    const trial = runs[1]!.tags;
    assert.deepEqual(Object.keys(trial), [
      '_hparams_/experiment',
      '_hparams_/session_start_info',
      '_hparams_/session_end_info',
      'accuracy',
    ]);
    assert.equal(trial['_hparams_/experiment']!.kind, 'hparams');
  });
});

function schemaErrors(report: unknown): unknown[] {
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile(JSON.parse(readFileSync('schemas/events.schema.json', 'utf8')));
  validate(report);
  return validate.errors ?? [];
}

function fromPython(value: string): number {
  return value === 'nan' ? Number.NaN : Number(value.replace('inf', 'Infinity'));
}

const writers = `
import os, sys
import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

def folder(name):
    return os.path.join(sys.argv[1], name)

writer = SummaryWriter(folder("torch"))
for step in range(300):
    writer.add_scalar("loss/train", 1 / (step + 1), step)
    if step % 50 == 0:
        writer.add_scalar("loss/validation", 2 / (step + 1), step)
    if step == 250:
        writer.add_scalar("loss/train", float("nan"), step)
        writer.add_scalar("loss/train", float("inf"), step, walltime=12.5)
    if step % 200 == 0:
        writer.add_histogram("weights", torch.arange(10.0), step)
writer.add_image("picture", torch.rand(3, 8, 8), 1)
writer.add_text("note", "hello", 2)
writer.add_pr_curve("curve", np.array([0, 1, 1]), np.array([0.1, 0.9, 0.4]), 3)
writer.add_scalar("wide", 0.1, 2**40, new_style=True)
writer.add_scalar("precise", 0.1, 1, double_precision=True)
writer.add_hparams({"lr": 0.1, "name": "adam"}, {"accuracy": 0.5}, run_name="trial")
writer.close()

for purge_step, steps in ((None, range(0, 100)), (60, range(60, 120)), (90, range(90, 95))):
    writer = SummaryWriter(folder("preempted"), purge_step=purge_step, filename_suffix=f".{purge_step or 0:03}")
    for step in steps:
        writer.add_scalar("loss", step + (purge_step or 0) / 1000, step)
        if step % 7 == 0:
            writer.add_scalar("accuracy", step, step)
    writer.close()
names = sorted(os.listdir(folder("preempted")), key=lambda name: name[-3:])
for count, name in enumerate(names):
    os.rename(os.path.join(folder("preempted"), name), os.path.join(folder("preempted"), f"events.out.tfevents.{count}"))

writer = EventFileWriter(folder("tensors"))
for step in range(20):
    plugin = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "scalars"})
    metadata = plugin if step == 0 else None
    event = event_pb2.Event(wall_time=1e9 + step / 7, step=step)
    keras = tensor_util.make_tensor_proto(np.float32(step / 3))
    event.summary.value.add(tag="keras", tensor=keras, metadata=metadata)
    for dtype in (np.float64, np.float16, np.int32, np.int64, np.uint8):
        tensor = tensor_util.make_tensor_proto(np.array(step / 3, dtype=dtype))
        event.summary.value.add(tag=np.dtype(dtype).name, tensor=tensor, metadata=metadata)
        single = np.array([step / 3], dtype=dtype).reshape(())
        content = tensor_util.make_tensor_proto(single)
        content.tensor_content = single.tobytes()
        for field in ("double_val", "half_val", "int_val", "int64_val"):
            content.ClearField(field)
        event.summary.value.add(tag=np.dtype(dtype).name + "/content", tensor=content, metadata=metadata)
    writer.add_event(event)
writer.close()
`;
