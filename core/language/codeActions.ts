import { type CodeAction, CodeActionKind, type Range, TextEdit } from 'vscode-languageserver-types';
import { t } from '../l10n';
import type { Diagnostic, Fix, Span, TextChange } from '../scheme/diagnostics';
import { parseScheme } from '../scheme/document';
import { type Assist, changed } from './assists/assist';
import { extractBlock } from './assists/extractBlock';
import { writeOutBlock } from './assists/writeOutBlock';
import { diagnosticOf } from './diagnostics';
import { addInputs } from './missingInputs';
import { overlaps, rangeOf, type Snapshot, spanOf } from './snapshot';

/** The kind under which an editor mends everything on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.matchdown`;

/**
 * What can be done at a range: the fixes of the diagnostics there, other ways to write what stands there, and fixing
 * everything that has one right fix.
 *
 * @param only kinds that are asked for, with everything below them; nothing: all
 */
export function codeActionsAt(snapshot: Snapshot, range: Range, only?: readonly string[]): CodeAction[] {
  const wanted = (kind: string) => only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
  return [
    ...(wanted(CodeActionKind.QuickFix) ? quickFixes(snapshot, range) : []),
    ...assists(snapshot, range, wanted),
    ...(wanted(fixAllKind) ? fixAll(snapshot) : []),
  ];
}

function assists(snapshot: Snapshot, range: Range, wanted: (kind: string) => boolean): CodeAction[] {
  const { start } = spanOf(snapshot, range);
  const offered = (kind: string, assist: (snapshot: Snapshot, offset: number) => Assist | undefined): CodeAction[] => {
    const found = wanted(kind) ? assist(snapshot, start) : undefined;
    return found === undefined ? [] : [{ title: found.title, kind, edit: edit(snapshot, found.changes) }];
  };
  return [
    ...offered(CodeActionKind.RefactorExtract, extractBlock),
    ...offered(CodeActionKind.RefactorInline, writeOutBlock),
  ];
}

/** Where everything is selected, nobody looks through more. */
const mostMended = 100;

function quickFixes(snapshot: Snapshot, range: Range): CodeAction[] {
  const span = spanOf(snapshot, range);
  const all = snapshot.analysis.diagnostics.filter((diagnostic) => overlaps(diagnostic.span, span));
  const here = all.slice(0, mostMended);
  const fixes = here.flatMap((diagnostic) => {
    const all = [...diagnostic.fixes, ...addInputs(snapshot, diagnostic)];
    return all.map((fix) => quickFix(snapshot, diagnostic, fix));
  });
  const codes = new Set(here.map(({ code }) => code));
  return [...fixes, ...[...codes].flatMap((code) => sameEverywhere(snapshot, here, code))];
}

function quickFix(snapshot: Snapshot, diagnostic: Diagnostic, fix: Fix): CodeAction {
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(snapshot, diagnostic)],
    ...(fix.preferred === true ? { isPreferred: true } : {}),
    edit: edit(snapshot, fix.changes),
  };
}

/** The fix for every diagnostic of a kind: `"true"` to `true` in the whole scheme for example. */
function sameEverywhere(snapshot: Snapshot, here: readonly Diagnostic[], code: string): CodeAction[] {
  const same = snapshot.analysis.diagnostics.filter((one) => one.code === code && preferredOf(one) !== undefined);
  const changes = compatible(same);
  const first = here.find((one) => one.code === code && preferredOf(one) !== undefined);
  if (first === undefined || same.length < 2 || changes.length < 2) return [];
  const { title } = preferredOf(first)!;
  const isOne = same.every((one) => preferredOf(one)?.title === title);
  return [
    {
      title: isOne
        ? t('{0}, and the same everywhere in the scheme', title)
        : t('{0}, and all {1} of this kind in the scheme', title, same.length),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnosticOf(snapshot, first)],
      edit: edit(snapshot, changes),
    },
  ];
}

function preferredOf({ fixes }: Diagnostic): Fix | undefined {
  return fixes.find(({ preferred }) => preferred === true);
}

function fixAll(snapshot: Snapshot): CodeAction[] {
  const changes = changesOfAll(snapshot);
  if (changes.length === 0) return [];
  return [{ title: t('Fix everything that has one right fix'), kind: fixAllKind, edit: edit(snapshot, changes) }];
}

/** In a text that is no JSON, one slip may be the consequence of another: unless all fixes together mend it, the first is made. */
function changesOfAll({ text, analysis: { diagnostics } }: Snapshot): TextChange[] {
  const changes = compatible(diagnostics);
  const first = diagnostics.find(isTear);
  if (
    first === undefined ||
    !parseScheme(changed(text, { start: 0, end: text.length }, changes)).diagnostics.some(isTear)
  )
    return changes;
  return compatible(diagnostics.filter((diagnostic) => diagnostic === first || !isTear(diagnostic)));
}

function isTear({ code }: Diagnostic): boolean {
  return code === 'scheme/syntax';
}

/**
 * The changes of all preferred fixes that do not touch one another; where two do, the first wins and the other is left for
 * the next time.
 */
function compatible(diagnostics: readonly Diagnostic[]): TextChange[] {
  const taken = new DisjointSpans();
  return diagnostics.flatMap((diagnostic) => {
    const changes = preferredOf(diagnostic)?.changes ?? [];
    if (!changes.every(({ span }) => taken.isFree(span))) return [];
    for (const { span } of changes) taken.add(span);
    return changes;
  });
}

/** Spans of which no two touch, in the order of the text. */
class DisjointSpans {
  private readonly spans: Span[] = [];

  isFree(span: Span): boolean {
    const index = this.indexOf(span);
    const neighbours = [this.spans[index - 1], this.spans[index]];
    return !neighbours.some((other) => other !== undefined && overlaps(span, other));
  }

  add(span: Span): void {
    this.spans.splice(this.indexOf(span), 0, span);
  }

  /** Number of spans that begin before this one. */
  private indexOf({ start }: Span): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.spans[middle] as Span).start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function edit(snapshot: Snapshot, changes: readonly TextChange[]): CodeAction['edit'] {
  const edits = changes.map(({ span, text }) => TextEdit.replace(rangeOf(snapshot, span), text));
  return { changes: { [snapshot.document.uri]: edits } };
}
