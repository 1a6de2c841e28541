import { strict as assert } from 'node:assert';
import { codes } from '../../../core/scheme/codes';
import type { Diagnostic, TextChange } from '../../../core/scheme/diagnostics';
import { type Analysis, type AnalyzeOptions, analyze } from '../../../core/shape/analyze';

/**
 * Analyzes a scheme in which every place of an expected diagnostic is marked: `<<unknown-key|"chanel">>` says that exactly
 * the text `"chanel"` has the diagnostic `scheme/unknown-key`. Several codes of one place stand with `&` between them. Other
 * diagnostics than the marked ones fail the test, except for `quiet` codes. Every diagnostic is held to what all must be.
 */
export function check(marked: string, options: AnalyzeOptions = {}, quiet: readonly string[] = []): Analysis {
  const { text, expected } = unmark(marked);
  const analysis = analyze(text, options);
  const found = analysis.diagnostics
    .filter(({ code }) => !quiet.includes(code))
    .map(({ code, span }) => label(text, code, span));
  assert.deepEqual(found.sort(), expected.sort());
  for (const diagnostic of analysis.diagnostics) checkForm(text, diagnostic, options);
  return analysis;
}

/** `check` for the layers of a network alone; how it ends is not looked at. */
export function checkLayers(markedLayers: string, data = '"image_size": [8, 8, 3], "label_dim": 2'): Analysis {
  return check(schemeOf(markedLayers, data), {}, ['scheme/implicit-head', 'scheme/dense-flattens']);
}

/** A scheme around some layers. */
export function schemeOf(layers: string, data = '"image_size": [8, 8, 3], "label_dim": 2', model = ''): string {
  return `{ "data": { ${data} }, "model": { ${model}"network": [${layers}] } }`;
}

/** The one diagnostic of a code. */
export function diagnosticOf(analysis: Analysis, code: string): Diagnostic {
  const found = analysis.diagnostics.filter((diagnostic) => diagnostic.code === `scheme/${code}`);
  assert.equal(found.length, 1, `one diagnostic ${code}`);
  return found[0]!;
}

/** The text after a diagnostic's first fix. */
export function fixed(analysis: Analysis, code: string): string {
  const [fix] = diagnosticOf(analysis, code).fixes;
  assert.ok(fix, `${code} has a fix`);
  return apply(analysis.document.text, fix.changes);
}

/** What is offered to mend a diagnostic. */
export function titles(analysis: Analysis, code: string): string[] {
  return diagnosticOf(analysis, code).fixes.map(({ title }) => title);
}

export function apply(text: string, changes: readonly TextChange[]): string {
  const backwards = [...changes].sort((one, other) => other.span.start - one.span.start);
  return backwards.reduce((result, { span, text: inserted }) => {
    assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
    return result.slice(0, span.start) + inserted + result.slice(span.end);
  }, text);
}

/** What holds for every diagnostic: known code, its severity, a whole sentence, a place in the text, fixes that mend. */
function checkForm(text: string, diagnostic: Diagnostic, options: AnalyzeOptions): void {
  const { code, severity, message, span, fixes } = diagnostic;
  assert.equal(severity, codes[code as keyof typeof codes]?.severity, code);
  assert.match(message, /^.*[.?)]$/s, 'a whole sentence');
  assert.doesNotMatch(message, /undefined|NaN|\{\d\}|\[object/);
  assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
  for (const fix of fixes) {
    const after = analyze(apply(text, fix.changes), options).diagnostics.filter((other) => other.code === code);
    const before = analyze(text, options).diagnostics.filter((other) => other.code === code);
    assert.ok(after.length < before.length, `${code}: "${fix.title}" mends it`);
  }
}

function unmark(marked: string): { text: string; expected: string[] } {
  const open: { codes: string; start: number }[] = [];
  const expected: [string, { start: number; end: number }][] = [];
  let text = '';
  for (const token of marked.split(/(<<[a-z&-]+\||>>)/)) {
    if (token.startsWith('<<')) open.push({ codes: token.slice(2, -1), start: text.length });
    else if (token === '>>') {
      const { codes: names, start } = open.pop()!;
      for (const name of names.split('&')) expected.push([`scheme/${name}`, { start, end: text.length }]);
    } else text += token;
  }
  return { text, expected: expected.map(([code, span]) => label(text, code, span)) };
}

function label(text: string, code: string, { start, end }: { start: number; end: number }): string {
  return `${code} at ${start}: ${text.slice(start, end)}`;
}
