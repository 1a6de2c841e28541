import assert from 'node:assert/strict';
import { hoverAt } from '../../../core/language/hover';
import { fixture, scheme } from './fixture';

interface Hovered {
  readonly text: string;
  /** The part of the document that is explained. */
  readonly of: string;
}

function hoverOf(marked: string): Hovered | undefined {
  const { snapshot, position } = fixture(marked);
  const hover = hoverAt(snapshot, position);
  if (hover === undefined) return undefined;
  const { value } = hover.contents as { value: string };
  return { text: value, of: snapshot.document.getText(hover.range) };
}

const conv = '"type": "conv2d_set", "kernel": [3, 3], "channel": 8';

describe('hover', () => {
  it('explains a key: meaning, range, default, the words it may have', () => {
    const batchSize = hoverOf('{ "data": { "ba$0tch_size": 64 } }');
    assert.equal(batchSize?.of, '"batch_size"');
    assert.match(batchSize?.text ?? '', /Samples per training step/);
    assert.match(batchSize?.text ?? '', /at least 1 · default `32`/);
    const normalize = hoverOf('{ "data": { "norm$0alize": "none" } }');
    assert.match(normalize?.text ?? '', /- `z_score`: Mean 0/);
  });

  it('explains a key by the layer that it is in', () => {
    const rate = hoverOf(scheme('{ "type": "maxpooling", "pooling_size": [2, 2], "pad$0ding": "same" }'));
    assert.match(rate?.text ?? '', /default `"valid"`/);
    const padding = hoverOf(scheme(`{ ${conv}, "pad$0ding": "same" }`));
    assert.match(padding?.text ?? '', /default `"same"`/);
  });

  it('explains a word, and only that one', () => {
    const word = hoverOf(scheme(`{ ${conv}, "activation": "le$0aky_relu" }`));
    assert.equal(word?.of, '"leaky_relu"');
    assert.match(word?.text ?? '', /`alpha` times x below 0/);
    assert.doesNotMatch(word?.text ?? '', /tanh/);
  });

  it('explains what a type chooses between, and the one that is chosen', () => {
    const schedule = (type: string) => `{ "model": { "learning_rate_schedule": { ${type} } } }`;
    assert.match(hoverOf(schedule('"ty$0pe": "step"'))?.text ?? '', /- `constant`: .*\n- `cosine`: .* half a cosine/);
    const step = hoverOf(schedule('"type": "st$0ep"'))?.text ?? '';
    assert.match(step, /`"step"`: The rate is multiplied by `gamma`/);
    assert.doesNotMatch(step, /cosine/);
    const optimizer = hoverOf('{ "model": { "optimizer": { "type": "ad$0amw" } } }')?.text ?? '';
    assert.match(optimizer, /^`"adamw"`: Adam with decoupled weight decay/);
    assert.doesNotMatch(hoverOf(scheme('{ "ty$0pe": "flatten" }'))?.text ?? '', /- `lstm_set`/);
  });

  it('says what a dropout rate drops and keeps', () => {
    const rate = hoverOf(scheme(`{ ${conv}, "dropout": 0.$07 }`));
    assert.match(rate?.text ?? '', /70 % of the values are dropped and 30 % are kept/);
    const wrong = hoverOf(scheme(`{ ${conv}, "dropout": 1.$07 }`));
    assert.doesNotMatch(wrong?.text ?? '', /are kept\./);
  });

  it('names the elements of a list', () => {
    assert.match(hoverOf(scheme('{ "type": "flatten" }').replace('30, 1]', '$030, 1]'))?.text ?? '', /`30`: width/);
  });

  it('shows a layer’s shapes and what each of its steps costs, on its name, its type, and where it is an input', () => {
    const network = (name: string, type: string, input: string) =>
      scheme(
        `{ "name": "${name}", "type": "${type}", "kernel": 3, "channel": 8, "activation": "relu" }, { "type": "flatten", "input": "${input}" }`,
      );
    const places = [
      network('o$0ne', 'conv2d_set', 'one'),
      network('one', 'conv$02d_set', 'one'),
      network('one', 'conv2d_set', 'o$0ne'),
    ];
    for (const marked of places) {
      const { text = '' } = hoverOf(marked) ?? {};
      assert.match(text, /\*\*one\*\* · 2-D convolution set/);
      assert.match(text, /`30×30×1` → `30×30×8`/);
      assert.match(text, /\| `conv` \| 30×30×8 \| 80 \| 64\.8 k \|/);
    }
  });

  it('shows the whole network with its implicit head and its totals', () => {
    const { text = '' } = hoverOf(scheme(`{ "name": "one", ${conv} }`).replace('"network"', '"$0network"')) ?? {};
    assert.match(text, /\| one \| `conv2d_set` \| 30×30×8 \| 80 \|/);
    assert.match(text, /\| \*head\* \| `dense_set` \| 3 \| 21,603 \|/);
    assert.match(text, /\*\*21,683\*\* parameters/);
  });

  it('keeps markup in names from being markup', () => {
    const { text = '' } = hoverOf(scheme(`{ "name": "$0<b>*a*|", ${conv} }`)) ?? {};
    assert.match(text, /\\<b\\>\\\*a\\\*\\\|/);
  });

  it('says nothing about what it does not know', () => {
    assert.equal(hoverOf('{ "dat$0": 1 }'), undefined);
    assert.equal(hoverOf('{ $0 "data": {} }'), undefined);
    assert.equal(hoverOf('$0'), undefined);
  });

  it('says what a layer takes of the memory', () => {
    const dense = scheme('{ "type": "dense$0_set", "unit": 3 }', '"input_size": [4], "label_dim": 3, "batch_size": 8');
    // 15 weights with their gradients and two moments each, and 3 values for each of 8 samples.
    assert.match(
      hoverOf(dense)?.text ?? '',
      new RegExp(`about \\*\\*${(15 * 4 + 3 * 8) * 4} B\\*\\* memory to train at batch size 8`),
    );
  });
});
