import { strict as assert } from 'node:assert';
import { check, checkLayers, diagnosticOf, fixed, schemeOf } from '../scheme/check';

const grey30 = '"image_size": [30, 30, 1], "label_dim": 3';
const table = '"input_size": [16], "label_dim": 3';

/** The output shape of the last written layer. */
function shapeOf(layers: string, data?: string): readonly number[] {
  return checkLayers(layers, data).layers.at(-1)!.outputShape!;
}

describe('Shapes of windows', () => {
  const conv = (keys: string) => shapeOf(`{ "type": "conv2d_set", "kernel": 3, "channel": 4, ${keys} }`, grey30);
  const pool = (keys: string) => shapeOf(`{ "type": "maxpooling", ${keys} }`, grey30);

  it('keep the size with padding same, and divide it by the stride, rounded up', () => {
    assert.deepEqual(conv('"padding": "same"'), [30, 30, 4]);
    assert.deepEqual(conv('"stride": 2'), [15, 15, 4]);
    assert.deepEqual(conv('"stride": [4, 7]'), [8, 5, 4]);
    assert.deepEqual(pool('"pooling_size": 2, "padding": "same"'), [15, 15, 1]);
    assert.deepEqual(pool('"pooling_size": 4, "padding": "same"'), [8, 8, 1]);
  });

  it('lose the window with padding valid, and what the stride does not reach', () => {
    assert.deepEqual(conv('"padding": "valid"'), [28, 28, 4]);
    assert.deepEqual(conv('"padding": "valid", "stride": 3'), [10, 10, 4]);
    assert.deepEqual(pool('"pooling_size": 4'), [7, 7, 1]);
    assert.deepEqual(pool('"pooling_size": [30, 1]'), [1, 30, 1]);
  });

  it('grow by explicit padding: one number, two, or four', () => {
    assert.deepEqual(conv('"padding": 2'), [32, 32, 4]);
    assert.deepEqual(conv('"padding": [0, 2]'), [28, 32, 4]);
    assert.deepEqual(conv('"padding": [1, 2, 3, 4]'), [32, 34, 4]);
  });

  it('reach further with dilation', () => {
    assert.deepEqual(conv('"padding": "valid", "dilation": 2'), [26, 26, 4]);
    assert.deepEqual(conv('"dilation": 2'), [30, 30, 4]);
  });

  it('step by their own size when a pooling says nothing', () => {
    assert.deepEqual(pool('"pooling_size": 3'), [10, 10, 1]);
    assert.deepEqual(pool('"pooling_size": 3, "pooling_stride": 1'), [28, 28, 1]);
  });

  it('pad as ONNX does: the odd zero at the bottom and right', () => {
    const { layers } = checkLayers('{ "type": "conv2d_set", "kernel": 3, "channel": 4, "stride": 2 }', grey30);
    const [operation] = layers[0]!.networkLayer!.operations;
    assert.deepEqual(operation?.kind === 'convolution' && operation.pads, [0, 0, 1, 1]);
  });
});

describe('Shapes of sets', () => {
  it('follow the order operation, normalization, activation, pooling, dropout', () => {
    const { layers } = checkLayers(
      `{ "type": "conv2d_set", "name": "a", "kernel": 3, "channel": 4, "dropout": 0.1, "average_pooling": { "pooling_size": 2 },
         "activation": "relu", "batch_normalization": { "momentum": 0.5 } }`,
      grey30,
    );
    assert.deepEqual(
      layers[0]!.networkLayer!.operations.map(({ id, outputShape }) => [id, outputShape]),
      [
        ['a/conv', [30, 30, 4]],
        ['a/batch_normalization', [30, 30, 4]],
        ['a/activation', [30, 30, 4]],
        ['a/average_pooling', [15, 15, 4]],
        ['a/dropout', [15, 15, 4]],
      ],
    );
  });

  it('have no step for what is off', () => {
    const { layers } = checkLayers('{ "type": "dense_set", "unit": 4 }', table);
    assert.deepEqual(
      layers[0]!.networkLayer!.operations.map(({ id }) => id),
      ['dense_set_1/dense'],
    );
  });

  it('that are dense flatten first, and say so', () => {
    const { layers } = check(schemeOf('{ "type": <<dense-flattens|"dense_set">>, "unit": 3 }', grey30));
    assert.deepEqual(
      layers[0]!.networkLayer!.operations.map(({ outputShape }) => outputShape),
      [[900], [3]],
    );
    check(schemeOf('{ "type": "dense_set", "unit": 3 }', table));
    check(schemeOf('{ "type": "flatten" }, { "type": "dense_set", "unit": 3 }', grey30));
  });
});

describe('Shapes that do not fit', () => {
  it('are a picture where a layer takes none, or the other way round', () => {
    const row = checkLayers(
      '{ "name": "f", "type": "flatten" }, { "type": <<shape-mismatch|"conv2d_set">>, "kernel": 3, "channel": 4 }',
    );
    const { message, related, layer } = diagnosticOf(row, 'shape-mismatch');
    assert.match(message, /takes \[height, width, channels\], but "f" gives \[192\]/);
    assert.equal(related!.length, 1);
    assert.equal(layer, 'conv2d_set_2');
    checkLayers('{ "type": <<shape-mismatch|"maxpooling">>, "pooling_size": 2 }', table);
    checkLayers('{ "type": <<shape-mismatch|"global_average_pooling">> }', table);
    checkLayers('{ "type": "global_average_pooling" }', '"input_size": [16, 2], "label_dim": 3');
  });

  it('are windows larger than their input', () => {
    const layer = (rest: string) => `{ "type": "conv2d_set", "kernel": ${rest}, "channel": 4 }`;
    const large = checkLayers(layer('<<window-too-large|9>>, "padding": "valid"'));
    assert.match(fixed(large, 'window-too-large'), /"padding": "same"/);
    checkLayers(layer('8, "padding": "valid"'));
    checkLayers(layer('9, "padding": "same"'));
    checkLayers(layer('<<window-too-large|[3, 5]>>, "dilation": [1, 2], "padding": "valid"'));
    checkLayers('{ "type": "maxpooling", "pooling_size": <<window-too-large|9>> }');
  });

  it('are sizes that shrink to 0', () => {
    const half = '{ "type": "maxpooling", "pooling_size": 2 }';
    checkLayers([half, half, half].join(', '));
    const again = '{ "type": "maxpooling", "pooling_size": <<size-shrinks-to-zero|2>> }';
    const gone = checkLayers([half, half, half, again].join(', '));
    assert.match(diagnosticOf(gone, 'size-shrinks-to-zero').message, /shrunk to \[1, 1\]/);
    checkLayers(
      `${half}, ${half}, { "type": "conv2d_set", "kernel": 3, "channel": 4, "maxpooling": { "pooling_size": <<size-shrinks-to-zero|3>> } }`,
    );
  });

  it('are paddings that could hold a whole pooling window', () => {
    checkLayers('{ "type": "maxpooling", "pooling_size": 2, "padding": <<padding-too-large|2>> }');
    checkLayers('{ "type": "maxpooling", "pooling_size": 2, "padding": 1 }');
  });

  it('are channels that the groups do not divide', () => {
    const conv = (groups: string, channel: number) =>
      `{ "type": "conv2d_set", "kernel": 3, "channel": ${channel}, "groups": ${groups} }`;
    checkLayers(conv('3', 6));
    checkLayers(conv('<<groups-do-not-divide|2>>', 4));
    assert.match(fixed(checkLayers(conv('<<groups-do-not-divide|3>>', 4)), 'groups-do-not-divide'), /"groups": 1/);
  });

  it('are different shapes in a sum', () => {
    const branches = (channel: number) =>
      `{ "name": "a", "type": "conv2d_set", "kernel": 3, "channel": 4 }, { "name": "b", "type": "conv2d_set", "kernel": 3, "channel": ${channel}, "input": "data" }`;
    checkLayers(`${branches(4)}, { "type": "add", "inputs": ["a", "b"] }`);
    const wrong = checkLayers(`${branches(5)}, { "type": "add", "inputs": ["a", <<shape-mismatch|"b">>] }`);
    const { message, related } = diagnosticOf(wrong, 'shape-mismatch');
    assert.match(message, /"a" gives \[8, 8, 4\], "b" gives \[8, 8, 5\]/);
    assert.equal(related!.length, 2);
    checkLayers(`${branches(5)}, { "type": "concatenate", "inputs": ["a", "b"] }`);
  });

  it('are different shapes in a concatenation, but along its axis', () => {
    const pooled = '{ "name": "a", "type": "maxpooling", "pooling_size": [2, 1] }';
    const join = (axis: string, second = '"data"') =>
      `${pooled}, { "type": "concatenate", "inputs": ["a", ${second}], "axis": ${axis} }`;
    assert.deepEqual(shapeOf(join('0')), [12, 8, 3]);
    assert.deepEqual(shapeOf(join('-3')), [12, 8, 3]);
    checkLayers(join('1', '<<shape-mismatch|"data">>'));
    checkLayers(join('<<axis-out-of-range|3>>'));
    checkLayers(join('<<axis-out-of-range|-4>>'));
  });

  it('are said once: what comes after is not known, and not wrong', () => {
    const { layers } = checkLayers(
      '{ "type": "conv2d_set", "kernel": <<window-too-large|9>>, "channel": 4, "padding": "valid" }, { "type": "flatten" }, { "type": "maxpooling", "pooling_size": 2 }',
    );
    assert.deepEqual(
      layers.map(({ outputShape }) => outputShape),
      [undefined, undefined, undefined],
    );
  });

  it('stay known through a slip that has no say in them', () => {
    const { layers, network } = checkLayers(
      '{ "type": "conv2d_set", "kernel": 3, "channel": 4, "activation": <<unknown-value|"rel">>, "dropout": <<out-of-range|7>> }, { "type": "maxpooling", "pooling_size": 2 }',
    );
    assert.deepEqual(
      layers.map(({ outputShape }) => outputShape),
      [
        [8, 8, 4],
        [4, 4, 4],
      ],
    );
    assert.equal(network, undefined);
  });
});
