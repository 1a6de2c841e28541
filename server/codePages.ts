import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { distFolder } from '../engine/entryPoint';

/**
 * Where each diagnostic's code is explained: `docs/diagnostics.md`, which comes with this program, at the line of the code's
 * heading (`### unknown-key` for `scheme/unknown-key`). Without that file no code has a page.
 */
export function codePages(): ReadonlyMap<string, string> {
  const page = path.join(distFolder(), '..', 'docs', 'diagnostics.md');
  const uri = pathToFileURL(page).href;
  const headings = readLines(page).map((line, index) => [/^### (\S+)$/.exec(line)?.[1], index + 1] as const);
  return new Map(
    headings.flatMap(([name, line]) => (name === undefined ? [] : [[`scheme/${name}`, `${uri}#L${line}`]])),
  );
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
