import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { FormattingOptions } from 'vscode-languageserver-types';
import { formattingEdits } from '../../../core/language/formatting';
import { rangeOf, snapshotOfText } from '../../../core/language/snapshot';

const twoSpaces: FormattingOptions = { tabSize: 2, insertSpaces: true };

function formatted(text: string, options: FormattingOptions = twoSpaces): string {
  const snapshot = snapshotOfText(text);
  return TextDocument.applyEdits(snapshot.document, formattingEdits(snapshot, options));
}

describe('formatting', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['keeps short lists on one line', '{"kernel":[3\n,\n3]}', '{ "kernel": [3, 3] }'],
    ['lets an object’s first line break decide', '{\n"a":1,"b":{"c":2}}', '{\n  "a": 1,\n  "b": { "c": 2 }\n}'],
    ['breaks lists of objects', '{\n"a":[{\n"b":1}]}', '{\n  "a": [\n    {\n      "b": 1\n    }\n  ]\n}'],
    ['leaves empty brackets closed', '{\n"a": [ ], "b": {\n}}', '{\n  "a": [],\n  "b": {}\n}'],
    [
      'keeps comments where they are',
      '{ // why\n"a":1, // one\n\n\n/* two */\n"b":2}',
      '{ // why\n  "a": 1, // one\n\n  /* two */\n  "b": 2\n}',
    ],
    ['keeps a comma behind the last element', '[\n{\n"a":1},]', '[\n  {\n    "a": 1\n  },\n]'],
    ['keeps one blank line', '{\n\n"a":1,\n\n\n\n"b":2\n\n}', '{\n  "a": 1,\n\n  "b": 2\n}'],
  ];
  for (const [title, before, after] of cases) {
    it(title, () => {
      assert.equal(formatted(before), after);
      assert.equal(formatted(after), after, 'formatting twice changes nothing');
    });
  }

  it('breaks a list that is too long for its line', () => {
    const long = `{\n"tags":[${Array.from({ length: 30 }, (_, index) => `"tag ${index}"`).join(',')}]}`;
    assert.equal(formatted(long).split('\n').length, 34);
  });

  it('uses tabs and final line breaks as it is told', () => {
    assert.equal(formatted('{\n"a":1}', { tabSize: 4, insertSpaces: false }), '{\n\t"a": 1\n}');
    assert.equal(formatted('{}', { ...twoSpaces, insertFinalNewline: true }), '{}\n');
    assert.equal(formatted('{}\n\n\n', { ...twoSpaces, trimFinalNewlines: true }), '{}\n');
  });

  it('changes what lies in the range only', () => {
    const snapshot = snapshotOfText('{\n"a":   1,\n"b":   2\n}');
    const start = snapshot.text.indexOf('"b"');
    const edits = formattingEdits(snapshot, twoSpaces, rangeOf(snapshot, { start, end: start + 8 }));
    assert.equal(TextDocument.applyEdits(snapshot.document, edits), '{\n"a":   1,\n  "b": 2\n}');
  });

  it('leaves a text alone that is not well-formed', () => {
    assert.equal(formatted('{ "a":   1'), '{ "a":   1');
    assert.equal(formatted('{ "a":   1 "b": 2 }'), '{ "a":   1 "b": 2 }');
  });
});
