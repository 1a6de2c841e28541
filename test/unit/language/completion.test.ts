import assert from 'node:assert/strict';
import { completionsOf, memoryPaths, scheme } from './fixture';

describe('completion of keys', () => {
  it('offers what fits here only, the required keys first', async () => {
    const { labels } = await completionsOf('{ "data": { "image_size": [30, 30, 1], $0 } }');
    assert.equal(labels[0], 'label_dim');
    assert.ok(labels.includes('normalize'));
    assert.ok(!labels.includes('image_size'), 'it stands there already');
    assert.ok(!labels.includes('input_size'), 'there is one of the two only');
    assert.ok(!labels.includes('learning_rate'), 'it belongs to the model');
  });

  it('offers the keys of the layer’s type, wherever the type stands', async () => {
    const before = await completionsOf(scheme('{ "type": "dense_set", "$0" }'));
    const behind = await completionsOf(scheme('{ "$0", "type": "dense_set" }'));
    for (const { labels } of [before, behind]) {
      assert.ok(labels.includes('unit'));
      assert.ok(!labels.includes('kernel'));
    }
  });

  it('offers the type before it can know more', async () => {
    assert.deepEqual((await completionsOf(scheme('{ $0 }'))).labels.slice(0, 2), ['type', 'name']);
    assert.deepEqual((await completionsOf(scheme('{ "name": "one", $0 }'))).labels, ['type']);
    assert.deepEqual((await completionsOf(scheme('{ "type": "conv_2d", $0 }'))).labels, ['name']);
  });

  it('offers one of two poolings', async () => {
    const { labels } = await completionsOf(scheme('{ "type": "conv2d_set", "maxpooling": {}, $0 }'));
    assert.ok(!labels.includes('average_pooling'));
    assert.ok((await completionsOf(scheme('{ "type": "conv2d_set", $0 }'))).labels.includes('average_pooling'));
  });

  it('brings a sensible value along', async () => {
    const data = await completionsOf('{ "data": { $0 } }');
    assert.equal(data.accept('image_size'), '{ "data": { "image_size": [30, 30, 1] } }');
    assert.equal(data.accept('batch_size'), '{ "data": { "batch_size": 32 } }');
    const layer = await completionsOf(scheme('{ "type": "conv2d_set", $0 }'));
    assert.equal(layer.accept('kernel'), scheme('{ "type": "conv2d_set", "kernel": [3, 3] }'));
    assert.equal(layer.accept('batch_normalization'), scheme('{ "type": "conv2d_set", "batch_normalization": true }'));
    assert.equal(
      layer.accept('maxpooling'),
      scheme('{ "type": "conv2d_set", "maxpooling": { "pooling_size": [2, 2] } }'),
    );
    const pooling = await completionsOf(scheme('{ "type": "maxpooling", "pooling_size": [3, 2], $0 }'));
    assert.match(pooling.accept('pooling_stride'), /"pooling_stride": \[1, 1\]/);
  });

  it('brings a whole section along', async () => {
    const root = await completionsOf('{ $0 }');
    assert.deepEqual(root.labels.slice(0, 2), ['data', 'model']);
    assert.ok(JSON.parse(root.accept('model')).model.network);
    const empty = await completionsOf('$0');
    assert.deepEqual(Object.keys(JSON.parse(empty.accept('A new scheme'))), ['data', 'model']);
  });

  it('leaves the value alone where there is one', async () => {
    const { accept } = await completionsOf('{ "data": { "batch$0": 64 } }');
    assert.equal(accept('batch_size'), '{ "data": { "batch_size": 64 } }');
  });

  it('adds the commas that are missing', async () => {
    const { accept } = await completionsOf('{ "data": { "image_size": [30, 30, 1] // grey\n $0\n "label_dim": 3 } }');
    assert.equal(
      accept('batch_size'),
      '{ "data": { "image_size": [30, 30, 1], // grey\n "batch_size": 32,\n "label_dim": 3 } }',
    );
    const behind = await completionsOf('{ "data": { "label_dim": 3$0} }'.replace('3$0', '[]$0'));
    assert.equal(behind.accept('batch_size'), '{ "data": { "label_dim": [], "batch_size": 32} }');
  });

  it('works inside quotes, open or closed, and without any', async () => {
    for (const typed of ['$0', '"$0', '"$0"', '"batch$0', '"ba$0tch"', 'batch$0']) {
      const { accept } = await completionsOf(`{ "data": {\n ${typed}\n } }`);
      assert.equal(accept('batch_size'), '{ "data": {\n "batch_size": 32\n } }', typed);
    }
  });

  it('is found by the name that other tools have for a key', async () => {
    const { items } = await completionsOf(scheme('{ "type": "conv2d_set", "filters$0" }'));
    assert.match(items.find(({ label }) => label === 'channel')?.filterText ?? '', /filters/);
  });

  it('explains each key', async () => {
    const { items } = await completionsOf('{ "data": { $0 } }');
    for (const { label, documentation } of items) assert.ok(JSON.stringify(documentation).length > 40, label);
    assert.equal(items.find(({ label }) => label === 'batch_size')?.detail, 'default 32');
  });

  it('offers nothing in a comment, behind the scheme, or where a colon belongs', async () => {
    for (const marked of ['{ // $0\n }', '{}\n$0', '{ "data" $0 }', '{ "unheard_of": { $0 } }']) {
      assert.deepEqual((await completionsOf(marked)).labels, [], marked);
    }
  });
});

describe('completion of values', () => {
  it('offers the words that a key may have, with their meaning', async () => {
    const { labels, items, accept } = await completionsOf('{ "data": { "normalize": $0 } }');
    assert.deepEqual(labels.toSorted(), ['min_max', 'none', 'z_score']);
    assert.match(JSON.stringify(items[1]?.documentation), /Smallest value to 0|Mean 0/);
    assert.equal(accept('z_score'), '{ "data": { "normalize": "z_score" } }');
  });

  it('replaces the word that stands there', async () => {
    const { accept } = await completionsOf(scheme('{ "type": "conv2d_set", "activation": "le$0aky" }'));
    assert.equal(accept('relu'), scheme('{ "type": "conv2d_set", "activation": "relu" }'));
  });

  it('offers true and false, but no words for them', async () => {
    const { labels } = await completionsOf(scheme('{ "type": "conv2d_set", "batch_normalization": $0 }'));
    assert.deepEqual(labels, ['true', 'false', '{ … }']);
  });

  it('offers the long form of what has one', async () => {
    const { accept } = await completionsOf('{ "model": { "learning_rate_schedule": $0 } }');
    assert.equal(accept('{ … }'), '{ "model": { "learning_rate_schedule": { "type": "constant" } } }');
    const { labels } = await completionsOf('{ "model": { "optimizer": "$0" } }');
    assert.ok(labels.includes('adam_optimizer'));
    assert.ok(!labels.includes('adam'), 'another spelling of the same');
    assert.ok(!labels.includes('{ … }'), 'it is no string');
  });

  it('offers every type where one is to be chosen', async () => {
    const { labels } = await completionsOf('{ "model": { "learning_rate_schedule": { "type": "co$0" } } }');
    assert.deepEqual(labels, ['constant', 'cosine', 'step']);
    const layers = await completionsOf(scheme('{ "type": "$0" }'));
    assert.ok(layers.labels.includes('conv2d_set') && layers.labels.includes('add'));
  });

  it('adds a comma where a value is missing before the next key', async () => {
    const { accept } = await completionsOf('{ "data": { "normalize": $0\n "label_dim": 3 } }');
    assert.equal(accept('none'), '{ "data": { "normalize": "none",\n "label_dim": 3 } }');
  });
});

describe('completion of layers', () => {
  const conv = '{ "name": "conv_1", "type": "conv2d_set", "kernel": [3, 3], "channel": 8 }';
  const flatten = '{ "name": "flat", "type": "flatten" }';

  it('offers layers that fit what comes in', async () => {
    const { labels, items } = await completionsOf(scheme(`${conv}, $0`));
    assert.ok(labels.includes('maxpooling'));
    assert.equal(items.find(({ label }) => label === 'maxpooling')?.detail, '→ 15×15×8');
    const { labels: behindFlatten } = await completionsOf(scheme(`${conv}, ${flatten}, $0`));
    assert.ok(behindFlatten.includes('dense_set'));
    assert.ok(!behindFlatten.includes('maxpooling'), 'there is nothing to slide over');
  });

  it('offers no window larger than its input', async () => {
    const small = '"image_size": [1, 1, 4], "label_dim": 3';
    assert.ok(!(await completionsOf(scheme('$0', small))).labels.includes('maxpooling'));
    assert.ok((await completionsOf(scheme('$0'))).labels.includes('maxpooling'));
  });

  it('gives them names that are new', async () => {
    const { accept } = await completionsOf(scheme(`${conv}, $0`));
    assert.match(accept('conv2d_set'), /"name": "conv_2"/);
  });

  it('offers a sum of what can be added, and only then', async () => {
    const { accept } = await completionsOf(scheme(`${conv}, ${conv.replace('conv_1', 'conv_2')}, $0`));
    assert.match(accept('add'), /"inputs": \["conv_1", "conv_2"\]/);
    const { labels } = await completionsOf(scheme(`${conv}, ${flatten}, $0`));
    assert.ok(!labels.includes('add'));
  });

  it('fills braces that are there already, on one line or over several', async () => {
    const content = '"name": "flatten_1",INDENT"type": "flatten"';
    const sameLine = await completionsOf(scheme('{$0}'));
    assert.equal(sameLine.accept('flatten'), scheme(`{\n  ${content.replace('INDENT', '\n  ')}\n}`));
    const ownLine = await completionsOf(scheme('{\n$0\n}'));
    assert.equal(ownLine.accept('flatten'), scheme(`{\n${content.replace('INDENT', '\n')}\n}`));
    assert.ok(!(await completionsOf(scheme('{ "name": "one", $0 }'))).labels.includes('flatten'));
  });

  it('gives the first layer lines of its own between the brackets', async () => {
    const { accept } = await completionsOf('{ "model": { "network": [$0] } }');
    const layer = '\n  {\n    "name": "dropout_1",\n    "type": "dropout",\n    "rate": 0.3\n  }\n';
    assert.equal(accept('dropout'), `{ "model": { "network": [${layer}] } }`);
  });

  it('adds the comma behind the layer before', async () => {
    const { accept } = await completionsOf(scheme(`${flatten}\n$0`));
    assert.match(accept('dropout'), /"type": "flatten" },\n\{/);
  });
});

describe('completion of names', () => {
  const layers = '{ "name": "a", "type": "flatten" }, { "name": "b", "type": "dropout", "rate": 0.1 }';

  it('offers earlier layers, the nearest first, and the network’s input', async () => {
    const { labels } = await completionsOf(
      scheme(`${layers}, { "name": "c", "type": "flatten", "input": "$0" }, { "name": "d", "type": "flatten" }`),
    );
    assert.deepEqual(labels, ['b', 'a', 'data']);
  });

  it('offers each name once', async () => {
    const { labels } = await completionsOf(scheme(`${layers}, { "type": "add", "inputs": ["a", $0] }`));
    assert.deepEqual(labels, ['b', 'data']);
  });

  it('quotes names as JSON does', async () => {
    const { accept } = await completionsOf(
      scheme('{ "name": "a \\"b\\" 🎉$1", "type": "flatten" }, { "type": "flatten", "input": $0 }'),
    );
    assert.match(accept('a "b" 🎉$1'), /"input": "a \\"b\\" 🎉\$1"/);
  });
});

describe('completion of paths', () => {
  const paths = memoryPaths({
    '': [
      { name: 'model_scheme.json', kind: 'file' },
      { name: '.git', kind: 'folder' },
      { name: 'table.csv.gz', kind: 'file' },
      { name: 'data', kind: 'folder' },
    ],
    'data/': [
      { name: 'train set', kind: 'folder' },
      { name: 'x.npz', kind: 'file' },
    ],
  });

  it('offers folders, then files that can be data', async () => {
    const { labels, accept } = await completionsOf('{ "data": { "data_path": $0 } }', paths);
    assert.deepEqual(labels, ['data', 'table.csv.gz']);
    assert.equal(accept('data'), '{ "data": { "data_path": "data" } }');
  });

  it('goes on below a folder, inside quotes that are open or closed', async () => {
    for (const closing of ['"', '']) {
      const { labels, accept } = await completionsOf(`{ "data": { "data_path": "data/tr$0${closing}\n } }`, paths);
      assert.deepEqual(labels, ['train set', 'x.npz']);
      assert.equal(accept('train set'), '{ "data": { "data_path": "data/train set"\n } }');
    }
  });
});
