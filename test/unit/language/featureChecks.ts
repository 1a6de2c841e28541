import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  CodeAction,
  DocumentSymbol,
  Position,
  Range,
  SelectionRange,
  TextEdit,
} from 'vscode-languageserver-types';
import { codeActionsAt, fixAllKind } from '../../../core/language/codeActions';
import { codeLensesOf } from '../../../core/language/codeLenses';
import { completionsAt } from '../../../core/language/completion';
import { diagnosticsOf } from '../../../core/language/diagnostics';
import { foldingRangesOf } from '../../../core/language/folding';
import { formattingEdits } from '../../../core/language/formatting';
import { hoverAt } from '../../../core/language/hover';
import { inlayHintsIn } from '../../../core/language/inlayHints';
import { networkTable } from '../../../core/language/layerText';
import { linksOf } from '../../../core/language/links';
import { batchDocumentation } from '../../../core/language/memoryText';
import { definitionAt, highlightsAt, referencesAt, renameAt, renameRangeAt } from '../../../core/language/names';
import { allLayers } from '../../../core/language/nested';
import { selectionRangesAt } from '../../../core/language/selection';
import { semanticTokensIn } from '../../../core/language/semanticTokens';
import { offsetOf, rangeOf, type Snapshot, snapshotOf } from '../../../core/language/snapshot';
import { symbolsOf } from '../../../core/language/symbols';
import type { Diagnostic } from '../../../core/scheme/diagnostics';
import { parseScheme } from '../../../core/scheme/document';
import type { AnalyzeOptions } from '../../../core/shape/analyze';
import { describe as describeNetwork } from '../../../core/shape/describe';
import { memoryPaths } from './fixture';

const facts: AnalyzeOptions = { trainingSamples: 10, device: { name: 'GPU', memoryBytes: 1e6 } };

export function snapshotWithFacts(text: string): Snapshot {
  return snapshotOf(TextDocument.create('file:///project/model_scheme.json', 'model-scheme', 0, text), facts);
}

/**
 * What must hold of every feature for every text: nothing throws, places are in the text, edits do what they are called.
 */
export const textChecks: Readonly<Record<string, (snapshot: Snapshot) => void>> = {
  'quick fixes': checkFixes,
  'fix all': checkFixAll,
  formatting: checkFormatting,
  'the outline': checkOutline,
  texts: checkTexts,
};

/** The same of what is asked at an offset. */
export const placeChecks: Readonly<Record<string, (snapshot: Snapshot, offset: number) => Promise<void> | void>> = {
  hover: checkHover,
  completion: checkCompletion,
  assists: checkAssists,
  names: checkNames,
  'range formatting': checkRangeFormatting,
  places: checkPlaces,
  'semantic tokens': checkSemanticTokens,
};

function checkHover(snapshot: Snapshot, offset: number): void {
  const position = snapshot.document.positionAt(offset);
  const hover = hoverAt(snapshot, position);
  if (hover === undefined) return;
  assertText(snapshot, JSON.stringify(hover.contents));
  assertRange(snapshot, hover.range!);
  const { start, end } = hover.range!;
  assert.ok(offsetOf(snapshot, start) <= offset && offset <= offsetOf(snapshot, end), 'a hover elsewhere');
}

/** Whatever is accepted, a text that is well-formed stays so. */
async function checkCompletion(snapshot: Snapshot, offset: number): Promise<void> {
  const position = snapshot.document.positionAt(offset);
  const before = snapshot.text.slice(0, offset);
  for (const snippets of [true, false]) {
    const items = await completionsAt(snapshot, position, memoryPaths(), snippets);
    const labels = items.map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length, `twice: ${labels}`);
    for (const item of items) {
      const edits = [item.textEdit as TextEdit, ...(item.additionalTextEdits ?? [])];
      for (const { range } of edits) assertRange(snapshot, range);
      assertText(snapshot, JSON.stringify([item.label, item.detail, item.documentation]));
      if (!snippets) checkAccepted(snapshot, before, item.label, edits);
    }
  }
}

function checkAccepted(snapshot: Snapshot, before: string, label: string, edits: readonly TextEdit[]): void {
  if (isTorn(snapshot)) return;
  const after = applied(snapshot, edits);
  const place = `${label} after ${JSON.stringify(before.slice(-30))}`;
  assert.ok(!isTorn(snapshotWithFacts(after)), `${place} is no JSON: ${excerpt(snapshot.text, after)}`);
}

function checkFixes(snapshot: Snapshot): void {
  for (const diagnostic of snapshot.analysis.diagnostics) {
    for (const { title, changes } of diagnostic.fixes) {
      const edits = changes.map(({ span, text }) => ({ range: rangeOf(snapshot, span), newText: text }));
      const after = snapshotWithFacts(applied(snapshot, edits));
      const what = `${diagnostic.code} (${title}): ${excerpt(snapshot.text, after.text)}`;
      if (!isTorn(snapshot)) assert.ok(!isTorn(after), `torn by ${what}`);
      // What stands behind a layer that is removed may take its place, and its number.
      if (isTorn(snapshot) || hasKeyTwice(snapshot) || title === 'Remove this layer') continue;
      const alike = (one: Snapshot) => one.analysis.diagnostics.filter((other) => isAlike(diagnostic, other));
      const isStillThere = alike(after).some(({ path }) => path.join() === diagnostic.path.join());
      assert.ok(
        !isStillThere || alike(after).length < alike(snapshot).length,
        `not fixed: ${diagnostic.message} ${what}`,
      );
    }
  }
  for (const action of codeActionsAt(snapshot, wholeRange(snapshot))) {
    assertText(snapshot, action.title);
    applied(snapshot, editsOf(snapshot, action));
  }
}

/** Where one of them is removed, the other is what was complained about. */
function hasKeyTwice({ analysis }: Snapshot): boolean {
  return analysis.diagnostics.some(({ code }) => code === 'scheme/duplicate-key');
}

function isAlike(one: Diagnostic, other: Diagnostic): boolean {
  return one.code === other.code && one.message === other.message;
}

/** Fixing everything ends, and leaves nothing that has one right fix. */
function checkFixAll(snapshot: Snapshot): void {
  let present = snapshot;
  for (let time = 0; time < 60; time++) {
    const [action] = codeActionsAt(present, wholeRange(present), [fixAllKind]);
    if (action === undefined) return;
    present = snapshotWithFacts(applied(present, editsOf(present, action)));
  }
  assert.fail(`fixing does not end: ${codeActionsAt(present, wholeRange(present), [fixAllKind]).length}`);
}

function checkAssists(snapshot: Snapshot, offset: number): void {
  const position = snapshot.document.positionAt(offset);
  for (const action of codeActionsAt(snapshot, { start: position, end: position }, ['refactor'])) {
    const after = snapshotWithFacts(applied(snapshot, editsOf(snapshot, action)));
    const what = `${action.title}: ${excerpt(snapshot.text, after.text)}`;
    assert.ok(!isTorn(after), what);
    if (snapshot.analysis.network === undefined) continue;
    assert.ok(
      after.analysis.network,
      `${what} ${after.analysis.diagnostics.find(({ severity }) => severity === 'error')?.message}`,
    );
    assert.deepEqual(operationsOf(after), operationsOf(snapshot), what);
  }
}

/** Operations in any order, without names; what only looks at its input otherwise is left out. */
function operationsOf({ analysis }: Snapshot): string[] {
  const { operations = [] } = analysis.network ?? {};
  return operations
    .filter(({ kind }) => kind !== 'flatten')
    .map(({ kind, outputShape, parameters }) =>
      JSON.stringify([kind, outputShape, parameters.map(({ shape }) => shape)]),
    )
    .sort();
}

const newName = '새 이름 "1"\\';

function checkNames(snapshot: Snapshot, offset: number): void {
  const position = snapshot.document.positionAt(offset);
  const places = [definitionAt(snapshot, position)?.range, renameRangeAt(snapshot, position)?.range];
  for (const range of places) if (range) assertRange(snapshot, range);
  const references = referencesAt(snapshot, position, true);
  assert.equal(references.length, highlightsAt(snapshot, position).length);
  const renamed = renameAt(snapshot, position, newName);
  assert.equal(
    'refused' in renamed,
    renameRangeAt(snapshot, position) === undefined,
    'a rename that is prepared and refused',
  );
  if ('refused' in renamed) return;
  const edits = renamed.changes?.[snapshot.document.uri] ?? [];
  assert.equal(edits.length, references.length);
  const after = snapshotWithFacts(applied(snapshot, edits));
  const what = excerpt(snapshot.text, after.text);
  assert.deepEqual(codesOf(after), codesOf(snapshot), what);
  assert.deepEqual(
    allLayers(after).map(({ outputShape }) => outputShape),
    allLayers(snapshot).map(({ outputShape }) => outputShape),
    what,
  );
  const start = snapshot.document.offsetAt(renameRangeAt(snapshot, position)!.range.start);
  const shift = edits.filter(({ range }) => snapshot.document.offsetAt(range.start) < start - 1);
  const by = shift.reduce((sum, { range, newText }) => sum + newText.length - lengthOf(snapshot, range), 0);
  const back = renameAt(after, after.document.positionAt(start + by), renameRangeAt(snapshot, position)!.placeholder);
  if (!('refused' in back))
    assert.deepEqual(
      parsed(applied(after, back.changes?.[after.document.uri] ?? [])),
      parsed(snapshot.text),
      'back again',
    );
}

function codesOf({ analysis }: Snapshot): string[] {
  return analysis.diagnostics.map(({ code }) => code).sort();
}

function lengthOf({ document }: Snapshot, { start, end }: Range): number {
  return document.offsetAt(end) - document.offsetAt(start);
}

const options = { tabSize: 2, insertSpaces: true };

function checkFormatting(snapshot: Snapshot): void {
  const once = formatted(snapshot);
  assertSameText(snapshot.text, once);
  const again = formatted(snapshotWithFacts(once));
  assert.equal(again, once, 'formatted otherwise the second time');
}

function checkRangeFormatting(snapshot: Snapshot, offset: number): void {
  const end = Math.min(snapshot.text.length, offset + 60);
  const range = rangeOf(snapshot, { start: offset, end });
  const part = formatted(snapshot, range);
  assertSameText(snapshot.text, part);
  for (const edit of formattingEdits(snapshot, options, range)) {
    const [from, to] = [snapshot.document.offsetAt(edit.range.start), snapshot.document.offsetAt(edit.range.end)];
    assert.ok(from <= end && to >= offset, 'formatted outside of the range');
  }
}

function formatted(snapshot: Snapshot, range?: Range): string {
  return applied(snapshot, formattingEdits(snapshot, options, range));
}

/** Blanks outside of strings are all that differs. */
function assertSameText(before: string, after: string): void {
  assert.equal(after.replace(/\s/g, ''), before.replace(/\s/g, ''));
  assert.deepEqual(parsed(after), parsed(before));
}

function parsed(text: string): unknown {
  return parseScheme(text).value;
}

async function checkPlaces(snapshot: Snapshot, offset: number): Promise<void> {
  const position = snapshot.document.positionAt(offset);
  for (const { startLine, endLine } of foldingRangesOf(snapshot))
    assert.ok(startLine < endLine && endLine < snapshot.document.lineCount, 'folding');
  for (const range of selectionRangesAt(snapshot, [position])) checkSelection(snapshot, range, position);
  for (const { range, command } of codeLensesOf(snapshot, true)) {
    assertRange(snapshot, range);
    assertText(snapshot, command?.title ?? '');
  }
  for (const { range } of await linksOf(snapshot, memoryPaths())) assertRange(snapshot, range);
  const shown = { outputShape: true, parameters: true, implicitHead: true };
  for (const hint of inlayHintsIn(snapshot, wholeRange(snapshot), shown)) {
    assertRange(snapshot, { start: hint.position, end: hint.position });
    assertText(snapshot, JSON.stringify([hint.label, hint.tooltip]));
    if (hint.textEdits) applied(snapshot, hint.textEdits);
  }
  for (const { range, relatedInformation = [] } of diagnosticsOf(snapshot)) {
    assertRange(snapshot, range);
    for (const { location } of relatedInformation) assertRange(snapshot, location.range);
  }
}

/** Each is inside of the next and larger, and the position is in all of them. */
function checkSelection(snapshot: Snapshot, { range, parent }: SelectionRange, position: Position): void {
  assertRange(snapshot, range);
  const [start, end, at] = [range.start, range.end, position].map((place) => offsetOf(snapshot, place));
  assert.ok(start! <= at! && at! <= end!, 'a selection elsewhere');
  if (parent === undefined) return;
  const [outerStart, outerEnd] = [parent.range.start, parent.range.end].map((place) => offsetOf(snapshot, place));
  assert.ok(outerStart! <= start! && end! <= outerEnd!, 'a selection outside of its parent');
  checkSelection(snapshot, parent, position);
}

function checkOutline(snapshot: Snapshot): void {
  for (const symbol of symbolsOf(snapshot)) assertNested(symbol, snapshot);
}

/** An editor refuses an outline whose selections and children are not inside their symbols. */
export function assertNested(
  { range, selectionRange, name, detail, children = [] }: DocumentSymbol,
  snapshot: Snapshot,
): void {
  assertText(snapshot, `${name} ${detail ?? ''}`);
  assertRange(snapshot, range);
  const [start, end] = [offsetOf(snapshot, range.start), offsetOf(snapshot, range.end)];
  for (const inner of [selectionRange, ...children.map((child) => child.range)])
    assert.ok(start <= offsetOf(snapshot, inner.start) && offsetOf(snapshot, inner.end) <= end, name);
  assert.notEqual(name.trim(), '');
  for (const child of children) assertNested(child, snapshot);
}

/** In the order of the text, one after the other, each on one line. */
function checkSemanticTokens(snapshot: Snapshot, offset: number): void {
  const part = { start: offset, end: Math.min(snapshot.text.length, offset + 200) };
  for (const data of [semanticTokensIn(snapshot), semanticTokensIn(snapshot, part)]) {
    let [line, character, length] = [0, 0, 0];
    for (let at = 0; at < data.length; at += 5) {
      const [lines, characters] = [data[at]!, data[at + 1]!];
      assert.ok(
        lines >= 0 && characters >= 0 && (at === 0 || lines > 0 || characters >= length),
        'tokens that overlap',
      );
      line += lines;
      character = lines > 0 ? characters : character + characters;
      length = data[at + 2]!;
      const start = snapshot.document.offsetAt({ line, character });
      assert.ok(length > 0 && snapshot.document.positionAt(start + length).line === line, 'a token over several lines');
    }
  }
}

function checkTexts(snapshot: Snapshot): void {
  const { network, diagnostics } = snapshot.analysis;
  for (const { message, fixes, span } of diagnostics) {
    assertText(snapshot, [message, ...fixes.map(({ title }) => title)].join('\n'));
    assert.ok(0 <= span.start && span.start <= span.end && span.end <= snapshot.text.length, message);
  }
  assertText(snapshot, batchDocumentation(snapshot));
  if (network === undefined) return;
  assertText(snapshot, networkTable(network));
  const description = describeNetwork(network);
  assert.doesNotMatch(JSON.stringify(description), /null/);
}

/** Nothing that a program says by mistake, unless the document says it. */
function assertText({ text }: Snapshot, said: string): void {
  const mistake = /undefined|\bNaN\b|\[object |Infinity/.exec(said)?.[0];
  assert.ok(mistake === undefined || text.includes(mistake) || (mistake === 'Infinity' && text.includes('e999')), said);
}

function assertRange({ document }: Snapshot, range: Range): void {
  for (const place of [range.start, range.end])
    assert.deepEqual(document.positionAt(document.offsetAt(place)), place, 'a place that is not in the text');
  assert.ok(document.offsetAt(range.start) <= document.offsetAt(range.end), 'a range that ends before it begins');
}

function wholeRange(snapshot: Snapshot): Range {
  return rangeOf(snapshot, { start: 0, end: snapshot.text.length });
}

function editsOf({ document }: Snapshot, { edit }: CodeAction): TextEdit[] {
  return edit?.changes?.[document.uri] ?? [];
}

/** Edits that overlap are refused, and those that do nothing are none. */
function applied({ document }: Snapshot, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(document, [...edits]);
}

function isTorn({ analysis }: Snapshot): boolean {
  return analysis.diagnostics.some(({ code }) => code === 'scheme/syntax');
}

/** Where two texts differ first, of the second. */
function excerpt(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return JSON.stringify(after.slice(Math.max(0, at - 80), at + 160));
}
