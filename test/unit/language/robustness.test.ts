import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { DocumentSymbol } from 'vscode-languageserver-types';
import { codeActionsAt } from '../../../core/language/codeActions';
import { codeLensesOf } from '../../../core/language/codeLenses';
import { completionsAt } from '../../../core/language/completion';
import { diagnosticsOf } from '../../../core/language/diagnostics';
import { foldingRangesOf } from '../../../core/language/folding';
import { formattingEdits } from '../../../core/language/formatting';
import { hoverAt } from '../../../core/language/hover';
import { inlayHintsIn } from '../../../core/language/inlayHints';
import { linksOf } from '../../../core/language/links';
import { definitionAt, referencesAt, renameAt } from '../../../core/language/names';
import { allLayers } from '../../../core/language/nested';
import { selectionRangesAt } from '../../../core/language/selection';
import { semanticTokensIn } from '../../../core/language/semanticTokens';
import { rangeOf, type Snapshot, snapshotOf, snapshotOfText } from '../../../core/language/snapshot';
import { symbolsOf } from '../../../core/language/symbols';
import { memoryPaths, scheme } from './fixture';

const whole = scheme(
  '{ "name": "하나", "type": "conv2d_set", "kernel": [3, 3], "channel": 8, "maxpooling": { "pooling_size": 2 } }, // 🎉\r\n' +
    '{ "type": "dropout", "rate": 0.2, "input": "하나" }, { "type": "add", "inputs": ["하나", "dropout_2"] },\n' +
    '\t{ "name": "🎉", "type": "block", "repeat": 2, "shortcut": "identity", "network": [\r\n' +
    '\t\t{ "name": "하나", "type": "conv2d_set", "kernel": 3, "channel": 8, "input": "data" }, { "type": "add", "inputs": ["data", "하나"] }\r\n] },',
);

const fragments = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '//',
  '/*',
  '*/',
  '\n',
  '0',
  '-',
  'true',
  '"type"',
  '"input": "',
  '🎉',
  '$1',
  '\u0000',
];

/** The scheme after some pieces were cut out of it and others put in. */
const damaged = fc
  .array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom('', ...fragments)), { minLength: 1, maxLength: 6 })
  .map((edits) =>
    edits.reduce((text, [at, length, insert]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + insert + text.slice(start + length);
    }, whole),
  );

describe('in a damaged scheme', () => {
  it('no feature throws, and what comes back fits the text', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.nat(), async (text, at) => {
        const snapshot = snapshotOfText(text);
        const position = snapshot.document.positionAt(at % (text.length + 1));
        const all = rangeOf(snapshot, { start: 0, end: text.length });
        const options = { outputShape: true, parameters: true, implicitHead: true };
        for (const item of await completionsAt(snapshot, position, memoryPaths())) {
          assert.ok(item.textEdit && 'range' in item.textEdit);
          TextDocument.applyEdits(snapshot.document, [item.textEdit, ...(item.additionalTextEdits ?? [])]);
        }
        for (const { edit } of codeActionsAt(snapshot, all))
          TextDocument.applyEdits(snapshot.document, edit?.changes?.[snapshot.document.uri] ?? []);
        for (const { edit } of codeActionsAt(snapshot, { start: position, end: position }, ['refactor'])) {
          const after = TextDocument.applyEdits(snapshot.document, edit?.changes?.[snapshot.document.uri] ?? []);
          const { network } = snapshot.analysis;
          assert.equal(snapshotOfText(after).analysis.network?.parameters, network?.parameters);
        }
        for (const symbol of symbolsOf(snapshot)) assertNested(symbol, snapshot.document);
        diagnosticsOf(snapshot);
        hoverAt(snapshot, position);
        inlayHintsIn(snapshot, all, options);
        codeLensesOf(snapshot, true);
        foldingRangesOf(snapshot);
        definitionAt(snapshot, position);
        referencesAt(snapshot, position, true);
        renameAt(snapshot, position, 'new');
        selectionRangesAt(snapshot, [position]);
        semanticTokensIn(snapshot);
        await linksOf(snapshot, memoryPaths());
      }),
      { numRuns: Number(process.env.MATCHDOWN_FUZZ_RUNS ?? 100) },
    );
  });

  it('the layers inside of blocks are after edits what they are in a text that is read anew', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom('', ' ', '16', '"data"', '하나', ...fragments));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const document = TextDocument.create('file:///project/model_scheme.json', 'json', 0, whole);
        let snapshot = snapshotOf(document);
        allLayers(snapshot);
        for (const [index, [at, length, text]] of edits.entries()) {
          const start = at % (snapshot.text.length + 1);
          const range = rangeOf(snapshot, { start, end: Math.min(start + length, snapshot.text.length) });
          TextDocument.update(document, [{ range, text }], index + 1);
          snapshot = snapshotOf(document, {}, snapshot);
          assert.deepEqual(seenOf(snapshot), seenOf(snapshotOfText(snapshot.text)));
        }
      }),
      { numRuns: Number(process.env.MATCHDOWN_FUZZ_RUNS ?? 100) },
    );
  });

  it('formatting changes blanks only, and a second time nothing', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const format = (before: string) => {
          const snapshot = snapshotOfText(before);
          return TextDocument.applyEdits(
            snapshot.document,
            formattingEdits(snapshot, { tabSize: 2, insertSpaces: true }),
          );
        };
        const once = format(text);
        assert.equal(once.replace(/\s/g, ''), text.replace(/\s/g, ''));
        assert.equal(format(once), once);
      }),
      { numRuns: Number(process.env.MATCHDOWN_FUZZ_RUNS ?? 100) },
    );
  });
});

/** An editor refuses an outline whose selections and children are not inside their symbols. */
function assertNested({ range, selectionRange, name, children = [] }: DocumentSymbol, document: TextDocument): void {
  const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const inside = [selectionRange, ...children.map((child) => child.range)];
  for (const inner of inside)
    assert.ok(start <= document.offsetAt(inner.start) && document.offsetAt(inner.end) <= end, name);
  assert.notEqual(name, '');
  for (const child of children) assertNested(child, document);
}

/** What an editor shows of all layers. */
function seenOf(snapshot: Snapshot) {
  return allLayers(snapshot).map(({ name, span, nameSpan, typeSpan, type, inputShapes, outputShape, inputs }) => ({
    names: [name, type, ...inputs.map((input) => input.name)],
    places: [span, nameSpan, typeSpan, ...inputs.map((input) => input.span)],
    shapes: [inputShapes, outputShape],
  }));
}
