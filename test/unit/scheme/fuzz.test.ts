import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { applyOverrides } from '../../../core/scheme/overrides';
import { type Analysis, analyze } from '../../../core/shape/analyze';
import { describe as describeNetwork } from '../../../core/shape/describe';
import { apply } from './check';

const sample = readFileSync('examples/shapes/model_scheme_sample.json', 'utf8');

/** Pieces that take an edit somewhere: values of the wrong kind, half keys, brackets, names. */
const piece = fc.oneof(
  fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '//', '/*', '*/', '\n', '\\', '0', '-1', '1e999', 'null', 'true'),
  fc.constantFrom(
    '"input": "conv_layer_set_2", ',
    '"inputs": ["data", 3], ',
    '"type": "add", ',
    '"type": "dense_set", ',
  ),
  fc.constantFrom(
    '"name": "data", ',
    '"__proto__": {}, ',
    '"kernel": [], ',
    '"padding": [1, 2, 3], ',
    '"unit": 1e9, ',
    '{},',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
);

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 40 }),
  insert: piece,
});

describe('Any text', () => {
  it('is analyzed without a throw, with every diagnostic and fix inside of it', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        let text = sample;
        for (const { at, remove, insert } of edits) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + insert + text.slice(start + remove);
        }
        checkSound(text, analyze(text, { trainingSamples: 10, device: { name: 'GPU', memoryBytes: 1e6 } }));
      }),
      { numRuns: 2000 },
    );
  });

  it('may be any JSON value at any place of a scheme', () => {
    const keys = [
      'data',
      'data.image_size',
      'data.label_dim',
      'data.label_type',
      'model',
      'model.network',
      'model.optimizer',
      'model.loss',
    ].concat(
      [
        '',
        '.type',
        '.name',
        '.input',
        '.inputs',
        '.kernel',
        '.padding',
        '.maxpooling',
        '.activation',
        '.batch_normalization',
        '.dropout',
      ].map((key) => `model.network.0${key}`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }), (key, value) => {
        const text = applyOverrides(sample, { [key]: value });
        checkSound(text, analyze(text));
      }),
      { numRuns: 1000 },
    );
  });
});

function checkSound(text: string, { diagnostics, network, layers, scheme }: Analysis): void {
  for (const { span, fixes, message, related = [] } of diagnostics) {
    for (const place of [span, ...related.map((other) => other.span)]) {
      assert.ok(0 <= place.start && place.start <= place.end && place.end <= text.length);
    }
    assert.doesNotMatch(message, /undefined|\[object/);
    for (const fix of fixes) apply(text, fix.changes);
  }
  const hasError = diagnostics.some(({ severity }) => severity === 'error');
  assert.equal(network === undefined, hasError, 'a network exactly where there is no error');
  if (!network) return;
  assert.ok(scheme);
  const { parameters, macs, memory } = describeNetwork(network);
  for (const count of [parameters, macs, memory.total]) assert.ok(Number.isFinite(count) && count >= 0);
  for (const { outputShape } of layers) assert.ok(outputShape!.every((size) => Number.isSafeInteger(size) && size > 0));
}
