import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { inlayHintsIn } from '../../../core/language/inlayHints';
import { snapshotOf, snapshotOfText } from '../../../core/language/snapshot';
import { symbolsOf } from '../../../core/language/symbols';
import { type Analysis, type AnalyzeOptions, analyze } from '../../../core/shape/analyze';
import { applied, documents, type Edit, edits, withoutPrototypes } from './edits';
import { randomSchemes } from './randomSchemes';

const sample = readFileSync('examples/shapes/model_scheme_sample.json', 'utf8');

/** Branches, names, several layers on a line, a block, comments between the layers. */
const branches = `{
  "data": { "image_size": [8, 8, 3], "label_dim": 2, "label_type": "classification" },
  "model": {
    "network": [
      { "type": "conv2d_set", "name": "first", "channel": 4, "kernel": 3, "padding": "same", "use_bias": true },
      { "type": "batch_normalization" }, // settles
      { "type": "dropout", "rate": 0.6 }, { "type": "activation", "activation": "relu" },
      { "type": "add", "name": "sum", "inputs": ["first", "activation_4"] },
      /* twice */
      {
        "type": "block",
        "repeat": 2,
        "network": [{ "type": "conv2d_set", "channel": 4, "kernel": 3, "padding": "same" }],
        "shortcut": "identity"
      },
      { "type": "maxpooling", "pooling_size": [2, 2] },
      { "type": "dense_set", "input": "sum", "unit": 5, "activation": "relu", "batch_normalization": "true" },
      { "type": "dense_set", "unit": 2, "activation": "softmax" }
    ]
  }
}
`;

const options: AnalyzeOptions = { trainingSamples: 10, device: { name: 'GPU', memoryBytes: 1e6 } };
/** Sequences of three and a half edits on average. */
const runs = Number(process.env.MATCHDOWN_FUZZ_EDITS ?? 1200) / 3.5;

describe('An analysis after an edit', () => {
  for (const [name, text] of [
    ['the sample', sample],
    ['a network with branches', branches],
    ['Windows line ends', branches.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${branches}`],
  ] as const) {
    it(`is the same as a fresh one: ${name}`, function () {
      this.timeout(0);
      fc.assert(
        fc.property(fc.array(edits, { minLength: 1, maxLength: 6 }), (sequence) => checkSequence(text, sequence)),
        { numRuns: Math.ceil(runs / 8) },
      );
    });
  }

  it('is the same as a fresh one: random networks', function () {
    this.timeout(0);
    fc.assert(
      fc.property(documents, fc.array(edits, { minLength: 1, maxLength: 6 }), (text, sequence) =>
        checkSequence(text, sequence),
      ),
      { numRuns: Math.ceil(runs / 2) },
    );
  });

  it('is the same as a fresh one: schemes as nobody writes them', function () {
    this.timeout(0);
    fc.assert(
      fc.property(randomSchemes, fc.array(edits, { minLength: 1, maxLength: 6 }), (text, sequence) =>
        checkSequence(text, sequence),
      ),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('has the outline and the hints of a fresh one', function () {
    this.timeout(0);
    fc.assert(
      fc.property(fc.array(edits, { minLength: 1, maxLength: 6 }), (sequence) => checkOutlines(branches, sequence)),
      { numRuns: Math.ceil(runs / 10) },
    );
  });

  it('is the same after an edit that changes nothing', () => {
    const before = analyze(branches);
    checkSame(analyze(branches, {}, before), analyze(branches));
  });

  it('keeps what it knows of a layer that only moved', () => {
    const before = analyze(branches);
    const after = analyze(branches.replace('"channel": 4, "kernel": 3', '"channel": 16, "kernel": 3'), {}, before);
    assert.equal(after.layers.at(-1)!.value, before.layers.at(-1)!.value);
    assert.notEqual(after.layers.at(-1)!.span.start, before.layers.at(-1)!.span.start);
  });

  it('infers shapes anew no further than they change', () => {
    const before = analyze(branches);
    const after = analyze(branches.replace('"unit": 5', '"unit": 6'), {}, before);
    const same = after.layers.map(({ inputShapes }, index) => inputShapes === before.layers[index]!.inputShapes);
    assert.deepEqual(same, [true, true, true, true, true, true, true, false, false]);
  });
});

function checkSequence(start: string, sequence: readonly Edit[]): void {
  let text = start;
  let analysis = analyze(text, options);
  for (const edit of sequence) {
    text = applied(text, edit);
    analysis = analyze(text, options, analysis);
    checkSame(analysis, analyze(text, options));
  }
}

function checkOutlines(start: string, sequence: readonly Edit[]): void {
  const document = TextDocument.create('file:///model_scheme.json', 'json', 0, start);
  let snapshot = snapshotOf(document);
  symbolsOf(snapshot);
  for (const [index, edit] of sequence.entries()) {
    TextDocument.update(document, [{ text: applied(snapshot.text, edit) }], index + 1);
    snapshot = snapshotOf(document, {}, snapshot);
    const fresh = snapshotOfText(snapshot.text, document.uri);
    assert.deepEqual(symbolsOf(snapshot), symbolsOf(fresh));
    const range = { start: { line: 0, character: 0 }, end: document.positionAt(snapshot.text.length) };
    const hints = { outputShape: true, parameters: true, implicitHead: true };
    assert.deepEqual(inlayHintsIn(snapshot, range, hints), inlayHintsIn(fresh, range, hints));
  }
}

/** Says where the two differ first: the difference of two long values in full takes longer than to find the case. */
function checkSame(one: Analysis, other: Analysis): void {
  assert.equal(one.document.text, other.document.text);
  const [ours, fresh] = [one, other].map((each) =>
    JSON.stringify([each.diagnostics, withoutPrototypes(each)], undefined, 1).split('\n'),
  );
  const line = ours!.findIndex((each, at) => each !== fresh![at]);
  assert.equal(ours![line], fresh![line], `differs at line ${line} of the analysis`);
  assert.equal(ours!.length, fresh!.length);
}
