import fc from 'fast-check';
import { getNodePath, type Node } from 'jsonc-parser';
import type { Analysis, LayerAnalysis } from '../../../core/shape/analyze';

/** A replacement at a place that is given as a share of the text, so that edits fit every text; or of a whole layer. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
  /** The edit is of the braces around the place and what they enclose. */
  readonly whole: boolean;
}

const characters = fc.constantFrom(
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '/',
  '//',
  '/*',
  '*/',
  '\n',
  '\r\n',
  '\\',
  '0',
  '1',
  '-',
  ' ',
  'true',
  'null',
  '\ud83d',
);

const keys = fc.constantFrom(
  '"name": "first", ',
  '"name": "sum", ',
  '"name": "data", ',
  '"input": "first", ',
  '"input": "nowhere", ',
  '"inputs": ["data", "sum"], ',
  '"inputs": ["activation_4", 3, "sum"], ',
  '"type": "add", ',
  '"type": "dense_set", ',
  '"type": "dnse_set", ',
  '"unit": 7, ',
  '"channel": 3, ',
  '"kernel": [1, 1], ',
  '"batch_normalization": "true", ',
  '"use_bias": true, ',
  '"dropout": 0.5, ',
  '"label_type": "multi_label", ',
  '"label_dim": 5, ',
  '"batch_size": 4, ',
  '"optimizer": { "type": "sgd" }, ',
  '"network": [], ',
  '"__proto__": { "type": "add" }, ',
  '"constructor": 1, ',
  '/* a note */ ',
);

const layers = fc.constantFrom(
  '{ "type": "activation", "activation": "softmax" }, ',
  ', { "type": "dense_set", "unit": 3 }',
  '{ "type": "flatten" }',
  '{ "type": "add", "inputs": ["first", "sum"] }, ',
  '{}, ',
  '{ "type": "conv2d_set", "channel": 4 } { "type": "flatten" }',
  '3, ',
  'conv',
  ', conv, ',
  '"flat',
  '{ "type": "flatten", ',
  '{\n  "type": "flatten"\n},\n',
  '\n]',
  '}',
  '',
);

export const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 40 })),
  insert: fc.oneof({ weight: 3, arbitrary: characters }, { weight: 3, arbitrary: keys }, layers, fc.constant('')),
  whole: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
});

export function applied(text: string, { at, remove, insert, whole }: Edit): string {
  const place = Math.floor(at * text.length);
  const [open, close] = [text.lastIndexOf('{', place), text.indexOf('}', place)];
  const [start, end] = whole && open >= 0 && close >= 0 ? [open, close + 1] : [place, place + remove];
  // A key belongs behind a brace: elsewhere it nearly always breaks the text.
  const brace = insert.endsWith(', ') && insert.startsWith('"') ? text.indexOf('{', place) + 1 : 0;
  return brace > 0
    ? text.slice(0, brace) + insert + text.slice(brace)
    : text.slice(0, start) + insert + text.slice(end);
}

/** Everything that an analysis says, as plain values. */
export function withoutPrototypes({ document, scheme, network, layers: all }: Analysis): unknown {
  return JSON.parse(
    JSON.stringify({
      value: document.value,
      syntax: document.diagnostics,
      tree: document.root && tree(document.root),
      scheme,
      network,
      layers: all.map(plainLayer),
    }),
  );
}

function plainLayer(layer: LayerAnalysis): object {
  const { path, span, name, nameSpan, type, typeSpan, value, inputs, inputShapes, outputShape, networkLayer } = layer;
  const references = inputs.map((input) => ({ name: input.name, span: input.span, path: input.path }));
  return { path, span, name, nameSpan, type, typeSpan, value, references, inputShapes, outputShape, networkLayer };
}

function tree(node: Node): object {
  const { type, offset, length, value, colonOffset, children } = node;
  return { type, offset, length, value, colonOffset, path: getNodePath(node), children: children?.map(tree) };
}

const someLayers = fc.constantFrom(
  '{ "type": "conv2d_set", "name": "first", "channel": 4, "kernel": 3 }',
  '{\n  "type": "conv2d_set",\n  "channel": 3,\n  "kernel": [3, 3],\n  "batch_normalization": "true",\n  "dropout": 0.6\n}',
  '{ "type": "activation", "activation": "relu", "input": "first" }',
  '{ "type": "activation", "name": "sum", "activation": { "type": "leaky_relu", "alpha": 0.2 } }',
  '{ "type": "add", "inputs": ["first", "sum"] }',
  '{ "type": "add", "name": "later", "inputs": ["data", "sum"] }',
  '{ "type": "maxpooling", "pooling_size": 2, "input": "later" }',
  '{ "type": "block", "shortcut": "projection", "repeat": 2, "network": [{ "type": "conv2d_set", "channel": 2, "kernel": 1 }] }',
  '{ "type": "dense_set", "name": "층 🎉", "unit": 5, "use_bias": true }',
  '{ "type": "dropout", "name": "first.1", "rate": 0.5 }',
  '{ "type": "nothing", "of": ["this", { "kind": 1e3 }] }',
  '{}',
);

const separators = fc.constantFrom(', ', ',\n', ' , // and\n', ',\r\n\r\n', ', /* , { */ ');

/** Schemes of all sizes, right and wrong. */
export const documents: fc.Arbitrary<string> = fc
  .record({
    layers: fc.array(fc.tuple(someLayers, separators), { maxLength: 12 }),
    size: fc.constantFrom('"image_size": [8, 8, 3]', '"input_size": [9, 2]', '"input_size": [6], "vocabulary": 10'),
    around: fc.constantFrom('', '"seed": 3, ', '"optimizer": "sgd", "learning_rate": 9, '),
    behind: fc.constantFrom('', ', "loss": "cross_entropy"', ',\n"iteration": 10,\n'),
  })
  .map(({ layers, size, around, behind }) => {
    const network = layers.map(([layer, separator]) => `${layer}${separator}`).join('');
    return `{\n"data": { ${size}, "label_dim": 2 },\n"model": { ${around}"network": [${network}]${behind} } }`;
  });
