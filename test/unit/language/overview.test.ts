import assert from 'node:assert/strict';
import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver-types';
import { codeLensesOf } from '../../../core/language/codeLenses';
import { foldingRangesOf } from '../../../core/language/folding';
import { inlayHintsIn } from '../../../core/language/inlayHints';
import { linksOf } from '../../../core/language/links';
import { selectionRangesAt } from '../../../core/language/selection';
import { semanticTokensIn } from '../../../core/language/semanticTokens';
import { rangeOf, type Snapshot, snapshotOfText } from '../../../core/language/snapshot';
import { symbolsOf } from '../../../core/language/symbols';
import { fixture, memoryPaths, scheme } from './fixture';

const conv = '{ "name": "one", "type": "conv2d_set", "kernel": [3, 3], "channel": 8 }';
const pool = '{ "type": "maxpooling", "pooling_size": [2, 2] }';
const all = { outputShape: true, parameters: true, implicitHead: true };

function whole(snapshot: Snapshot) {
  return rangeOf(snapshot, { start: 0, end: snapshot.text.length });
}

function hintsOf(text: string, options = all): string[] {
  const snapshot = snapshotOfText(text);
  return inlayHintsIn(snapshot, whole(snapshot), options).map(({ position, label }) => {
    const before = snapshot.text.slice(0, snapshot.document.offsetAt(position)).trimEnd();
    return `${before.slice(-1)} ${label}`;
  });
}

describe('inlay hints', () => {
  it('show shape and parameters behind each layer, and the implicit head behind the last', () => {
    assert.deepEqual(hintsOf(scheme(`${conv}, ${pool}`)), [
      ', → 30×30×8 · 80 parameters',
      '} → 15×15×8',
      '} + flatten → dense → 3 · 5,403 parameters',
    ]);
  });

  it('stand behind the opening brace of a layer over several lines', () => {
    assert.equal(hintsOf(scheme(conv.replaceAll(/([{,]) "/g, '$1\n"')))[0], '{ → 30×30×8 · 80 parameters');
  });

  it('can be turned off one by one', () => {
    const text = scheme(conv);
    assert.deepEqual(hintsOf(text, { ...all, outputShape: false, implicitHead: false }), ['} 80 parameters']);
    assert.deepEqual(hintsOf(text, { ...all, parameters: false, implicitHead: false }), ['} → 30×30×8']);
    assert.equal(hintsOf(text, { outputShape: false, parameters: false, implicitHead: true }).length, 1);
  });

  it('show no head where there is none to add', () => {
    assert.equal(hintsOf(scheme('{ "type": "dense_set", "unit": 3 }')).length, 1);
  });

  it('write the head out when they are accepted', () => {
    const snapshot = snapshotOfText(scheme(conv));
    const head = inlayHintsIn(snapshot, whole(snapshot), all).at(-1);
    assert.match(head?.textEdits?.[0]?.newText ?? '', /"type": "dense_set"/);
  });

  it('are made for the lines that are looked at only', () => {
    const snapshot = snapshotOfText(scheme(`${conv},\n${pool},\n${pool}`));
    const { start } = rangeOf(snapshot, { start: snapshot.text.indexOf(pool), end: 0 });
    const hints = inlayHintsIn(snapshot, { start, end: start }, all);
    assert.deepEqual(
      hints.map(({ label }) => label),
      ['→ 15×15×8'],
    );
  });

  it('go on behind a layer whose activation is misspelt', () => {
    const labels = hintsOf(scheme(`${conv.replace(' }', ', "activation": "rleu" }')}, ${pool}`));
    assert.ok(labels.some((label) => label.includes('15×15×8')));
  });
});

describe('the outline', () => {
  const flat = ({ name, detail, children = [] }: DocumentSymbol): string[] => [
    `${name}: ${detail ?? ''}`,
    ...children.flatMap(flat),
  ];

  it('has sections with values, and layers with types and shapes', () => {
    assert.deepEqual(symbolsOf(snapshotOfText(scheme(`${conv}, ${pool}`))).flatMap(flat), [
      'data: ',
      'image_size: [30, 30, 1]',
      'label_dim: 3',
      'model: ',
      'network: → 3 (5.48 k)',
      'one: conv2d_set → 30×30×8 (80)',
      'maxpooling_2: maxpooling → 15×15×8',
    ]);
  });

  it('has what can be read of a broken scheme', () => {
    const names = symbolsOf(
      snapshotOfText('{ "data": { "label_dim": }, "model": { "network": [ { "name": "a" '),
    ).flatMap(flat);
    assert.deepEqual(names, ['data: ', 'label_dim: ', 'model: ', 'network: ', 'a: ']);
  });
});

describe('code lenses', () => {
  it('count the network, and can be clicked where the editor knows how', () => {
    const snapshot = snapshotOfText(scheme(conv));
    const [totals] = codeLensesOf(snapshot, false);
    assert.match(totals?.command?.title ?? '', /^2 layers · 30×30×1 → 3 · 21,683 parameters · 86\.4 k MACs · about /);
    assert.equal(totals?.command?.command, '');
    assert.equal(totals?.range.start.line, 3);
    const commands = codeLensesOf(snapshot, true).map(({ command }) => command);
    assert.deepEqual(
      commands.map((command) => command?.command),
      ['matchdown.runScheme', 'matchdown.openMatch', 'matchdown.describe'],
    );
    assert.deepEqual(commands[0]?.arguments, [snapshot.document.uri]);
  });

  it('count the layers of a scheme that cannot be built', () => {
    const [totals] = codeLensesOf(snapshotOfText(scheme(`${conv}, { "type": "add" }`)), false);
    assert.equal(totals?.command?.title, '2 layers');
  });
});

describe('links', () => {
  const targetsOf = async (text: string, folderTarget?: (uri: string) => string) =>
    (await linksOf(snapshotOfText(text), memoryPaths(), folderTarget)).map(({ target }) => target);

  it('lead to the data and to the schema', async () => {
    const text =
      '{ "$schema": "https://example.org/model_scheme.schema.json", "data": { "data_path": "../my data", "validation_path": "a.csv" } }';
    const schema = 'https://example.org/model_scheme.schema.json';
    assert.deepEqual(await targetsOf(text), [schema, 'file:///my%20data', 'file:///project/a.csv']);
    assert.deepEqual((await targetsOf(text, (uri) => `reveal ${uri}`)).slice(1), [
      'reveal file:///my%20data',
      'file:///project/a.csv',
    ]);
  });

  it('lead nowhere from what is no path, or a path to nothing', async () => {
    assert.deepEqual(await targetsOf('{ "data": { "data_path": 3, "validation_path": "" } }'), []);
    assert.deepEqual(await targetsOf('{ "data": { "data_path": "gone" } }'), []);
  });
});

describe('folding', () => {
  it('folds objects, lists and comments over several lines', () => {
    const text = '{\n  /* one\n     two */\n  "a": [\n    1\n  ],\n  "b": [1, 2]\n}';
    const folded = foldingRangesOf(snapshotOfText(text)).map(({ startLine, endLine, kind }) => [
      startLine,
      endLine,
      kind,
    ]);
    assert.deepEqual(folded, [
      [1, 2, 'comment'],
      [3, 4, undefined],
      [0, 6, undefined],
    ]);
  });
});

describe('selection ranges', () => {
  it('grow from the word to the whole', () => {
    const { snapshot, position } = fixture('{ "data": { "normalize": "no$0ne" } }');
    const selected: string[] = [];
    for (
      let range: SelectionRange | undefined = selectionRangesAt(snapshot, [position])[0];
      range;
      range = range.parent
    )
      selected.push(snapshot.document.getText(range.range));
    assert.deepEqual(selected, [
      'none',
      '"none"',
      '"normalize": "none"',
      ' "normalize": "none" ',
      '{ "normalize": "none" }',
      '"data": { "normalize": "none" }',
      ' "data": { "normalize": "none" } ',
      '{ "data": { "normalize": "none" } }',
      '{ "data": { "normalize": "none" } }',
    ]);
  });
});

describe('selection ranges at the edges', () => {
  const selectedAt = (marked: string) => {
    const { snapshot, position } = fixture(marked);
    const selected: string[] = [];
    for (
      let range: SelectionRange | undefined = selectionRangesAt(snapshot, [position])[0];
      range;
      range = range.parent
    )
      selected.push(snapshot.document.getText(range.range));
    return selected;
  };

  it('do not leave the place: before a brace one is not inside of it', () => {
    assert.deepEqual(selectedAt('$0{ "a": 1 }'), ['{ "a": 1 }', '{ "a": 1 }']);
    assert.equal(selectedAt('{$0 "a": 1 }')[0], ' "a": 1 ');
  });

  it('grow, also where a bracket is not closed', () => {
    const lengths = selectedAt('{ "a": { "b": [1, 2$0').map(({ length }) => length);
    assert.deepEqual(
      lengths,
      lengths.toSorted((one, other) => one - other),
    );
    assert.ok(lengths.length > 3);
  });
});

describe('semantic tokens', () => {
  it('mark names where they are defined and used, and types', () => {
    const text = scheme(`${conv},\n{ "type": "flatten", "input": "one" }, { "type": "flatten", "input": "two" }`);
    const { document } = snapshotOfText(text);
    const data = semanticTokensIn(snapshotOfText(text));
    const found: string[] = [];
    let line = 0;
    let character = 0;
    for (let index = 0; index < data.length; index += 5) {
      const [lines = 0, characters = 0, length = 0, type, modifiers] = data.slice(index, index + 5);
      character = lines === 0 ? character + characters : characters;
      line += lines;
      const range = { start: { line, character }, end: { line, character: character + length } };
      found.push(`${document.getText(range)} ${type} ${modifiers}`);
    }
    assert.deepEqual(found, ['"one" 0 1', '"conv2d_set" 1 0', '"flatten" 1 0', '"one" 0 0', '"flatten" 1 0']);
  });
});
