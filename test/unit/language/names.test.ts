import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { definitionAt, highlightsAt, referencesAt, renameAt, renameRangeAt } from '../../../core/language/names';
import { fixture, scheme } from './fixture';

const one = '{ "name": "one", "type": "flatten" }';

/** What a rename makes of the document, or why there is none. */
function renamed(marked: string, name: string): string {
  const { snapshot, position } = fixture(marked);
  const result = renameAt(snapshot, position, name);
  if ('refused' in result) return result.refused;
  return TextDocument.applyEdits(snapshot.document, result.changes?.[snapshot.document.uri] ?? []);
}

function definitionOf(marked: string): string | undefined {
  const { snapshot, position } = fixture(marked);
  const location = definitionAt(snapshot, position);
  return location && snapshot.document.getText(location.range);
}

describe('names of layers', () => {
  it('lead to where the layer is defined', () => {
    assert.equal(definitionOf(scheme(`${one}, { "type": "flatten", "input": "on$0e" }`)), '"one"');
    assert.equal(definitionOf(scheme('{ "type": "flatten", "input": "da$0ta" }')), '"image_size"');
    assert.equal(
      definitionOf(scheme('{ "type": "flatten" }, { "type": "flatten", "input": "flat$0ten_1" }')),
      '"flatten"',
    );
    assert.equal(definitionOf(scheme('{ "type": "flatten", "input": "no$0body" }')), undefined);
    assert.equal(definitionOf(scheme('{ "type": "flat$0ten" }')), undefined);
  });

  it('are found wherever they stand', () => {
    const { snapshot, position } = fixture(
      scheme(`{ "name": "o$0ne", "type": "flatten" }, { "type": "add", "inputs": ["one", "one", "two"] }`),
    );
    assert.equal(referencesAt(snapshot, position, true).length, 3);
    assert.equal(referencesAt(snapshot, position, false).length, 2);
    assert.deepEqual(
      highlightsAt(snapshot, position).map(({ kind }) => kind),
      [3, 2, 2],
    );
  });

  it('are renamed everywhere, quoted as JSON wants it', () => {
    const marked = scheme(`${one}, { "type": "flatten", "input": "on$0e" }, { "name": "oneone", "type": "flatten" }`);
    const expected = scheme(`${one}, { "type": "flatten", "input": "one" }, { "name": "oneone", "type": "flatten" }`);
    assert.equal(renamed(marked, '합 "1"'), expected.replaceAll('"one"', '"합 \\"1\\""'));
  });

  it('are not renamed to what is taken, reserved or nothing', () => {
    const marked = scheme(`{ "name": "o$0ne", "type": "flatten" }, { "name": "two", "type": "flatten" }`);
    assert.match(renamed(marked, 'two'), /There is a layer named "two" already/);
    assert.match(renamed(marked, 'data'), /network's input/);
    assert.match(renamed(marked, ''), /needs a name/);
    assert.equal(renamed(marked, 'one'), marked.replace('$0', ''));
  });

  it('are what a rename begins with, without quotes; a default name or anything else is not', () => {
    const begin = (marked: string) => {
      const { snapshot, position } = fixture(marked);
      return renameRangeAt(snapshot, position)?.placeholder;
    };
    assert.equal(begin(scheme('{ "name": "o$0ne", "type": "flatten" }')), 'one');
    assert.equal(begin(scheme('{ "type": "flatten" }, { "type": "flatten", "input": "flat$0ten_1" }')), undefined);
    assert.equal(begin(scheme('{ "name": "one", "ty$0pe": "flatten" }')), undefined);
    assert.equal(begin('{ "model": { "network": [ { "name": "o$0ne\n'), undefined);
  });
});
