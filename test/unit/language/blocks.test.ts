import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { hoverAt } from '../../../core/language/hover';
import { inlayHintsIn } from '../../../core/language/inlayHints';
import { definitionAt, referencesAt, renameAt } from '../../../core/language/names';
import { semanticTokensIn } from '../../../core/language/semanticTokens';
import { rangeOf } from '../../../core/language/snapshot';
import { symbolsOf } from '../../../core/language/symbols';
import { completionsOf, fixture, scheme } from './fixture';

const conv = (name: string, more = '') =>
  `{ "name": "${name}", "type": "conv2d_set", "kernel": [3, 3], "channel": 8${more} }`;

/** A network of one convolution and a block with these layers inside. */
const around = (inner: string, more = '') =>
  scheme(`${conv('one')}, { "name": "block_1", "type": "block", "network": [ ${inner} ]${more} }`);

function renamed(marked: string, name: string): string {
  const { snapshot, position } = fixture(marked);
  const result = renameAt(snapshot, position, name);
  if ('refused' in result) return result.refused;
  return TextDocument.applyEdits(snapshot.document, result.changes?.[snapshot.document.uri] ?? []);
}

function definitionOf(marked: string): { text: string; offset: number } | undefined {
  const { snapshot, position } = fixture(marked);
  const location = definitionAt(snapshot, position);
  return (
    location && {
      text: snapshot.document.getText(location.range),
      offset: snapshot.document.offsetAt(location.range.start),
    }
  );
}

function hoverOf(marked: string): string {
  const { snapshot, position } = fixture(marked);
  return (hoverAt(snapshot, position)?.contents as { value: string } | undefined)?.value ?? '';
}

describe('inside of a block', () => {
  it('names of the block, and "data", can be inputs; names from outside cannot', async () => {
    const { labels } = await completionsOf(
      around(`${conv('a')}, ${conv('b')}, { "type": "add", "inputs": ["a", "$0"] }`),
    );
    assert.deepEqual(labels, ['b', 'data']);
    const outside = await completionsOf(
      scheme(`{ "name": "b", "type": "block", "network": [${conv('a')}] }, { "type": "dropout", "input": "$0" }`),
    );
    assert.deepEqual(outside.labels, ['b', 'data']);
  });

  it('layers fit what enters the block, and their names are new in it', async () => {
    const first = await completionsOf(around('$0'));
    const detail = first.items.find(({ label }) => label === 'maxpooling')?.detail;
    assert.equal(detail, '→ 15×15×8');
    assert.match(first.accept('conv2d_set'), /"name": "conv_1"/);
    const second = await completionsOf(around(`${conv('conv_1')}, $0`));
    assert.match(second.accept('conv2d_set'), /"name": "conv_2"/);
    assert.ok(!(await completionsOf(around('$0'))).labels.includes('lstm_set'));
  });

  it('keys and values are offered as everywhere', async () => {
    const { labels } = await completionsOf(around('{ "type": "conv2d_set", "$0" }'));
    assert.ok(labels.includes('kernel') && labels.includes('activation') && !labels.includes('unit'), labels.join());
    assert.ok((await completionsOf(around(conv('a'), ', "shortcut": "$0"'))).labels.includes('projection'));
  });

  it('a name means the layer of the same block', () => {
    const inner = `${conv('one')}, ${conv('two', ', "input": "on$0e"')}`;
    const found = definitionOf(around(inner));
    assert.deepEqual(found, {
      text: '"one"',
      offset: around(inner).replace('$0', '').lastIndexOf('"name": "one"') + 8,
    });
    assert.equal(definitionOf(around(conv('a', ', "input": "da$0ta"')))?.text, '"block_1"');
    assert.equal(definitionOf(around(conv('a', ', "input": "on$0e"'))), undefined);
  });

  it('is renamed and found there alone', () => {
    const inner = `${conv('one')}, ${conv('two', ', "input": "on$0e"')}`;
    const expected = around(`${conv('uno')}, ${conv('two', ', "input": "uno"')}`);
    assert.equal(renamed(around(inner), 'uno'), expected);
    assert.match(renamed(around(inner), 'two'), /There is a layer named "two" already/);
    assert.match(renamed(around(inner), 'data'), /block's input/);
    const { snapshot, position } = fixture(
      scheme(`${conv('o$0ne')}, { "type": "block", "network": [${conv('one')}] }`),
    );
    assert.equal(referencesAt(snapshot, position, true).length, 1);
  });

  it('a layer shows the shapes of its round', () => {
    const text = hoverOf(around(`${conv('a', ', "stride": 2')}, ${conv('b$0')}`, ', "repeat": 3'));
    assert.match(text, /`15×15×8` → `15×15×8`/);
    assert.match(text, /first of 3 rounds of `block_1`/);
    assert.doesNotMatch(hoverOf(around(conv('a$0'))), /rounds/);
    assert.match(hoverOf(around(conv('a', ', "input": "da$0ta"'))), /What enters the block: `30×30×8`/);
  });

  it('shapes stand as hints and in the outline, also beside a broken layer', () => {
    const { snapshot } = fixture(around(`${conv('a')}, { "name": "b", "type": "nothing" }$0, ${conv('c')}`));
    const all = rangeOf(snapshot, { start: 0, end: snapshot.text.length });
    const hints = inlayHintsIn(snapshot, all, { outputShape: true, parameters: false, implicitHead: false });
    assert.deepEqual(
      hints.map(({ label }) => label),
      ['→ 30×30×8', '→ 30×30×8'],
    );
    const network = symbolsOf(snapshot).find(({ name }) => name === 'model')?.children?.[0];
    const block = network?.children?.find(({ name }) => name === 'block_1');
    assert.deepEqual(
      block?.children?.map(({ name, detail }) => [name, detail]),
      [
        ['a', 'conv2d_set → 30×30×8 (584)'],
        ['b', ''],
        ['c', 'conv2d_set'],
      ],
    );
  });

  it('names and types are told from text, those that mean nothing are not', () => {
    const count = (inner: string) => semanticTokensIn(fixture(`${around(inner)}$0`).snapshot).length / 5;
    assert.equal(count(`${conv('a')}, ${conv('b', ', "input": "a"')}`) - count(`${conv('a')}, ${conv('b')}`), 1);
    assert.equal(count(conv('a', ', "input": "one"')) - count(conv('a')), 0);
  });
});

describe('a block of thousands of layers', () => {
  it('is coloured, explained and completed in seconds', async () => {
    const inner = Array.from({ length: 3000 }, (_, index) =>
      conv(`c${index}`, `, "input": "${index === 0 ? 'data' : `c${index - 1}`}"`),
    );
    const marked = around(inner.join(',\n').replace('"input": "c1500"', '"input": "$0c1500"'));
    const { snapshot, position } = fixture(marked);
    const before = process.cpuUsage();
    // A name, a type and an input of each, but "data" is no layer; name and type of the block and of what stands before it.
    assert.equal(semanticTokensIn(snapshot).length, 5 * (3 * 3000 - 1 + 4));
    assert.ok(hoverAt(snapshot, position));
    assert.equal(referencesAt(snapshot, position, true).length, 2);
    assert.ok((await completionsOf(marked)).labels.includes('c1500'));
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1e6 < 10);
  });
});
