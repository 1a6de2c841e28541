import assert from 'node:assert/strict';
import { encodeEvent } from '../../../core/events/write';
import { oldStartRecord, plugin, point, readLog, restartRecord, startRecord, valueRecord } from './fixtures';

const stepsOf = (log: ReturnType<typeof readLog>, tag = 'loss') => log[tag]!.slice(1).map((entry) => entry[0]);

describe('restarts in a log', () => {
  it('forget the step of the session log and later ones, in all tags', () => {
    const log = readLog([
      startRecord,
      point(1, 1),
      point(2, 2, 'other'),
      point(2, 2),
      point(3, 3),
      restartRecord(2),
      point(2, 9),
    ]);
    assert.deepEqual(log, { loss: ['scalars', [1, 1], [2, 9]] });
  });

  it('go on in the next file of a preempted run', () => {
    const log = readLog(
      [startRecord, point(1, 1), point(2, 2), point(3, 3)],
      [startRecord, restartRecord(3), point(3, 7), point(4, 8)],
    );
    assert.deepEqual(log, { loss: ['scalars', [1, 1], [2, 2], [3, 7], [4, 8]] });
  });

  it('are not seen in a step that goes back, where the version says that restarts are told', () => {
    assert.deepEqual(stepsOf(readLog([startRecord, point(1, 1), point(5, 5), point(3, 3)])), [1, 5, 3]);
  });

  it('are seen in a step that goes back in older files, for its own tags', () => {
    const records = [point(1, 1), point(5, 5), point(5, 5, 'other'), point(3, 3), point(4, 4)];
    for (const start of [[], [oldStartRecord('brain.Event:1')], [oldStartRecord('unheard of')]]) {
      const log = readLog([...start, ...records]);
      assert.deepEqual(stepsOf(log), [1, 3, 4]);
      assert.deepEqual(stepsOf(log, 'other'), [5]);
    }
  });
});

describe('kinds of tags', () => {
  const kindOf = (...records: Uint8Array[]) =>
    Object.values(readLog(records)).map(([kind, ...points]) => [kind, points.length]);
  const tensor = (step: number, ...metadata: [string?]) =>
    valueRecord(step, (value) => {
      value.text(1, 'tag').message(8, (proto) => proto.integer(1, 1).float(5, 0.25));
      if (metadata[0] !== undefined) value.message(9, plugin(metadata[0]));
    });

  it('are told by the field of the value in old summaries', () => {
    const legacy = (field: number) => valueRecord(1, (value) => value.text(1, 'tag').message(field, () => {}));
    assert.deepEqual(
      [4, 5, 6].map((field) => kindOf(legacy(field))),
      [[['images', 1]], [['histograms', 1]], [['audio', 1]]],
    );
  });

  it("are told by the first value's plugin otherwise", () => {
    assert.deepEqual(kindOf(tensor(1, 'pr_curves'), tensor(2), tensor(3, 'text')), [['pr_curves', 3]]);
    assert.deepEqual(kindOf(tensor(1), tensor(2)), [['tensors', 2]]);
  });

  it('count hyperparameters, which have metadata and no value', () => {
    assert.deepEqual(
      kindOf(valueRecord(0, (value) => value.text(1, '_hparams_/experiment').message(9, plugin('hparams')))),
      [['hparams', 1]],
    );
  });

  it("count the run's graph", () => {
    assert.deepEqual(readLog([encodeEvent(1, 0, (event) => event.text(4, 'graph'))]), {
      __run_graph__: ['graphs', [0, Number.NaN]],
    });
  });

  it('read the name of a node for want of a tag', () => {
    assert.deepEqual(readLog([valueRecord(1, (value) => value.float(2, 1).text(7, 'node'))]), {
      node: ['scalars', [1, 1]],
    });
  });
});

describe('scalars written as tensors', () => {
  const tensorValue = (type: number, write: (tensor: Parameters<Parameters<typeof valueRecord>[1]>[0]) => void) => {
    const record = valueRecord(1, (value) =>
      value
        .text(1, 'tag')
        .message(8, (tensor) => {
          tensor.integer(1, type).message(2, () => {});
          write(tensor);
        })
        .message(9, plugin('scalars')),
    );
    return readLog([record]).tag!;
  };
  const scalar = (value: number) => ['scalars', [1, value]];

  it('are read from every numeric list', () => {
    assert.deepEqual(
      tensorValue(1, (tensor) => tensor.float(5, 0.25)),
      scalar(0.25),
    );
    assert.deepEqual(
      tensorValue(2, (tensor) => tensor.double(6, 0.1)),
      scalar(0.1),
    );
    assert.deepEqual(
      tensorValue(3, (tensor) => tensor.integer(7, -4)),
      scalar(-4),
    );
    assert.deepEqual(
      tensorValue(9, (tensor) => tensor.integer(10, 2 ** 40)),
      scalar(2 ** 40),
    );
    assert.deepEqual(
      tensorValue(19, (tensor) => tensor.integer(13, 0xc100)),
      scalar(-2.5),
    );
    assert.deepEqual(
      tensorValue(14, (tensor) => tensor.integer(13, 0x3fc0)),
      scalar(1.5),
    );
  });

  it('are read from packed lists', () => {
    assert.deepEqual(
      tensorValue(1, (tensor) => tensor.content(5, new Uint8Array(new Float32Array([0.25]).buffer))),
      scalar(0.25),
    );
    assert.deepEqual(
      tensorValue(3, (tensor) => tensor.content(7, Uint8Array.of(0x96, 0x01))),
      scalar(150),
    );
  });

  it('are read from their content', () => {
    const content =
      (...bytes: number[]) =>
      (tensor: { content(field: number, value: Uint8Array): unknown }) =>
        tensor.content(4, Uint8Array.from(bytes));
    assert.deepEqual(tensorValue(1, content(0, 0, 0x80, 0x3e)), scalar(0.25));
    assert.deepEqual(tensorValue(19, content(0x00, 0xc1)), scalar(-2.5));
    assert.deepEqual(tensorValue(19, content(0x00, 0x7c)), scalar(Number.POSITIVE_INFINITY));
    assert.deepEqual(tensorValue(9, content(255, 255, 255, 255, 255, 255, 255, 255)), scalar(-1));
  });

  it('are only counted when they are no numbers, or too short', () => {
    assert.deepEqual(
      tensorValue(7, (tensor) => tensor.text(8, 'text')),
      scalar(Number.NaN),
    );
    assert.deepEqual(
      tensorValue(2, (tensor) => tensor.content(4, Uint8Array.of(1, 2))),
      scalar(Number.NaN),
    );
  });
});
