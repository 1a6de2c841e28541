import { createScanner } from 'jsonc-parser';
import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-types';
import type { Snapshot } from './snapshot';
import { Token } from './tokens';

/** Objects, lists and comments over several lines; works on a text that is not well-formed. */
export function foldingRangesOf({ text, document }: Snapshot): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const open: number[] = [];
  const lineOf = (offset: number) => document.positionAt(offset).line;
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind) => {
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind === undefined ? {} : { kind }) });
  };
  const scanner = createScanner(text, false);
  for (let token: number = scanner.scan(); token !== Token.end; token = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (token === Token.openBrace || token === Token.openBracket) open.push(lineOf(offset));
    else if (token === Token.closeBrace || token === Token.closeBracket) {
      const startLine = open.pop();
      // The closing bracket's line stays visible.
      if (startLine !== undefined) add(startLine, lineOf(offset) - 1);
    } else if (token === Token.blockComment)
      add(lineOf(offset), lineOf(scanner.getPosition()), FoldingRangeKind.Comment);
  }
  return ranges;
}
