import path from 'node:path';
import { t } from '../../core/l10n';

/** Absolute paths of what is held against each other; each a scheme or an ONNX file. */
export interface MatchTarget {
  readonly intended: string;
  readonly exported: string;
}

/**
 * The titles of Match panels: the exported file's name, and where others have the same one, as much of the path in front of it
 * as tells them apart; of the same file, also what it is held against.
 */
export function titlesOf(targets: readonly MatchTarget[]): string[] {
  const exported = shortNames(targets.map((target) => target.exported));
  const intended = shortNames(targets.map((target) => target.intended));
  return targets.map((target, at) => {
    const isShared = targets.some((other, place) => place !== at && other.exported === target.exported);
    return t('Match: {0}', isShared ? `${intended[at]} ↔ ${exported[at]}` : exported[at]!);
  });
}

/** The shortest ends of paths that differ where the paths do. */
function shortNames(files: readonly string[]): string[] {
  return files.map((file) => {
    const run = runOf(file);
    if (run !== undefined && files.every((other) => other === file || runOf(other) !== run)) return run;
    const parts = file.split(path.sep);
    const end = (of: string, count: number) => of.split(path.sep).slice(-count).join('/');
    const isAlone = (count: number) => files.every((other) => other === file || end(other, count) !== end(file, count));
    const count = parts.findIndex((_, at) => isAlone(at + 1)) + 1;
    return end(file, count || parts.length);
  });
}

/** The model of a run is called like the run: by the last four digits of its id. */
function runOf(file: string): string | undefined {
  const isOfRun = path.basename(file) === 'model.onnx' || path.basename(file) === 'scheme.json';
  return isOfRun ? /^\d{8}-\d{6}-([0-9a-f]{4})$/.exec(path.basename(path.dirname(file)))?.[1] : undefined;
}
