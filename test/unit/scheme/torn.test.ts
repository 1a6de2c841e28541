import { strict as assert } from 'node:assert';
import { analyze } from '../../../core/shape/analyze';
import { processorSeconds } from '../../support/processorTime';
import { check, diagnosticOf, fixed } from './check';

/** A scheme with a line between its first and its last layer. */
const schemeWith = (line: string) => `{
  "data": { "image_size": [8, 8, 3], "label_dim": 2 },
  "model": {
    "network": [
      { "type": "conv2d_set", "name": "first", "kernel": 3, "channel": 4 },
${line}
      { "type": "dense_set", "name": "last", "unit": 2 }
    ]
  }
}`;

const quiet = ['scheme/implicit-head', 'scheme/dense-flattens'];
const checkWith = (line: string) => check(schemeWith(line), {}, quiet);
const middle = '{ "type": "conv2d_set", "name": "middle", "kernel": [3, 3], "channel": 5 }';
const whole = schemeWith(`${middle},`);

/** Name and output of each layer. */
function layersOf(line: string): string[] {
  const text = schemeWith(line).replaceAll(/<<[a-z-]+\||>>/g, '');
  return analyze(text).layers.map(({ name, outputShape }) => `${name} ${outputShape?.join('×') ?? '?'}`);
}

const around = (inner: string) => ['first 8×8×4', inner, 'last 2'];

describe('A text that lacks a bracket', () => {
  it('leaves the layers around it what they are', () => {
    assert.deepEqual(layersOf(`${middle},`), around('middle 8×8×5'));
    assert.deepEqual(layersOf(middle.replace(' }', ',')), around('middle 8×8×5'));
    assert.deepEqual(
      layersOf('{ "type": "block", "network": [{ "type": "flatten" }, { "type": "dropout", "rate": 0.1 },'),
      ['first 8×8×4', 'block_2 2'],
    );
    assert.deepEqual(layersOf('"half a name'), ['first 8×8×4', 'layer_2 ?', 'last ?']);
    assert.deepEqual(layersOf('conv'), ['first 8×8×4', 'last 2']);
    assert.deepEqual(layersOf(middle), around('middle 8×8×5'));
  });

  it('is told where a list is not closed before the next key, and closed there', () => {
    const list = checkWith(`${middle.replace('[3, 3], "channel":', '[3, 3, <<syntax|"channel":>>')},`);
    assert.equal(fixed(list, 'syntax'), whole);
    checkWith(`${middle.replace('[3, 3]', '[3, <<wrong-type|"channel">>]')},`);
  });

  it('is told where a list is not closed before the brace', () => {
    const last = '{ "type": "conv2d_set", "name": "middle", "channel": 5, "kernel": [3, 3';
    assert.equal(fixed(checkWith(`${last} <<syntax|}>>,`), 'syntax'), schemeWith(`${last}] },`));
    checkWith(`${last}] },`);
  });

  it('is told where a bracket or a brace is one too many', () => {
    const bracket = checkWith(`${middle.replace('5 }', '5 <<syntax|]>> }')},`);
    assert.equal(fixed(bracket, 'syntax'), schemeWith(`${middle.replace('5 }', '5  }')},`));
    const brace = checkWith(`${middle} <<syntax|}>>,`);
    assert.equal(fixed(brace, 'syntax'), schemeWith(`${middle} ,`));
    checkWith(`${middle},`);
  });

  it('is told where a brace is missing before the next layer', () => {
    const brace = checkWith(middle.replace('5 }', '<<syntax|5>>,'));
    assert.equal(fixed(brace, 'syntax'), schemeWith(`${middle.replace('5 }', '5}')},`));
    // An object where a value belongs is no next layer.
    checkWith(`${middle.replace(' }', ', "maxpooling": { "pooling_size": 2 } }')},`);
  });

  it('is told where a comma, or a layer, is missing between two', () => {
    const comma = checkWith(middle.replace(' }', ' <<syntax|}>>'));
    assert.equal(fixed(comma, 'syntax'), whole);
    checkWith(`${middle},<<syntax|,>>`);
    assert.equal(fixed(checkWith(`${middle}, <<syntax|conv>>`), 'syntax'), schemeWith(`${middle}, `));
    checkWith(`${middle}, <<comment|// conv>>`);
  });

  it('says nothing more of a layer that is torn', () => {
    checkWith('{ "type": "conv2d_set", "name": "middle", "kernel": [3, <<syntax|"chanel":>> 5 },');
    checkWith('{ "type": "conv2d_set", "name": "middle", "kernel": [3, 3], <<unknown-key|"chanel">>: 5 },');
  });
});

describe('A text whose brackets are torn around the network', () => {
  const text = whole.replace('[8, 8, 3]', '[8, 8, 3');

  it('has no layers until it is mended', () => {
    const torn = analyze(text);
    assert.equal(torn.layers.length, 0);
    assert.ok(torn.diagnostics.some(({ code }) => code === 'scheme/syntax'));
    assert.equal(torn.network, undefined);
  });

  it('has the very same layers again when it is mended, also if one was edited meanwhile', () => {
    const before = analyze(whole);
    const torn = analyze(text, {}, before);
    const mended = analyze(whole, {}, torn);
    assert.deepEqual(
      mended.layers.map(({ networkLayer }, index) => networkLayer === before.layers[index]!.networkLayer),
      [true, true, true],
    );
    const edited = analyze(text.replace('"channel": 5', '"channel": 6'), {}, torn);
    const last = analyze(whole.replace('"channel": 5', '"channel": 6'), {}, edited);
    assert.deepEqual(
      last.layers.map(({ networkLayer }, index) => networkLayer === before.layers[index]!.networkLayer),
      [true, false, false],
    );
    assert.deepEqual(last.layers[1]!.outputShape, [8, 8, 6]);
  });

  it('is read whole where another list is called network', () => {
    const noted = whole.replace('"data"', '"note": { "network": [{ "a": 1 }] }, "data"');
    assert.deepEqual(
      analyze(noted).layers.map(({ name }) => name),
      ['first', 'middle', 'last'],
    );
    const commented = whole.replace('"data"', '// "network": [ {\n"data"');
    assert.equal(analyze(commented).layers.length, 3);
  });
});

describe('A very large scheme', () => {
  const layers = (input: (index: number) => string, count = 4000) =>
    Array.from(
      { length: count },
      (_, index) => `{ "type": "dropout", "name": "l${index}", "rate": 0.1${input(index)} }`,
    );
  const schemeOfLayers = (lines: readonly string[]) =>
    `{ "data": { "input_size": [4], "label_dim": 4 }, "model": { "network": [${lines.join(',\n')}] } }`;

  it('in which every layer names a later one, an unknown one, or itself in a circle, is checked in seconds', () => {
    for (const input of [
      (index: number) => `, "input": "l${index + 1}"`,
      (index: number) => `, "input": "x${index}"`,
      (index: number) => (index === 0 ? ', "input": "l3999"' : ''),
    ]) {
      const text = schemeOfLayers(layers(input));
      const seconds = processorSeconds(() => assert.ok(analyze(text).diagnostics.length > 0));
      assert.ok(seconds < 20, `${seconds} s`);
    }
  });

  it('tells the layers of a long circle by its ends', () => {
    const analysis = analyze(schemeOfLayers(layers((index) => (index === 0 ? ', "input": "l39"' : ''), 40)));
    assert.match(diagnosticOf(analysis, 'cycle').message, /circle: l0 ← l39 ← l38 ← .* … ← l0\./);
    const short = analyze(schemeOfLayers(layers((index) => (index === 0 ? ', "input": "l2"' : ''), 3)));
    assert.match(diagnosticOf(short, 'cycle').message, /circle: l0 ← l2 ← l1 ← l0\./);
  });
});
