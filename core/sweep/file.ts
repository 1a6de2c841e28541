import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import validate from '../../schemas/sweep.schema.json?validator';
import { t } from '../l10n';
import type { Objective, Strategy } from './definition';
import { choice, interval, type ParsedRange, parseRange, type Range } from './range';

/** What a sweep file (`*.sweep.json`) says; everything but the ranges may be left out. */
export interface SweepFile {
  /** Relative to the file. */
  readonly scheme?: string;
  readonly strategy?: Strategy;
  readonly trials?: number;
  readonly ranges: Readonly<Record<string, Range>>;
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly objective?: { readonly tag: string; readonly direction?: Objective['direction'] };
  readonly concurrency?: number;
  readonly target?: string;
  readonly seeds?: readonly number[];
  readonly seed?: number;
}

export type ParsedSweepFile =
  | { readonly ok: true; readonly file: SweepFile }
  /** `offset`: where in the text, in UTF-16 code units. */
  | { readonly ok: false; readonly reason: string; readonly offset: number };

/** Reads a sweep file; comments and trailing commas are allowed. Never throws. */
export function parseSweepFile(text: string): ParsedSweepFile {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const broken = errors[0];
  if (!root || broken) return { ok: false, reason: t('This is no JSON.'), offset: broken?.offset ?? 0 };
  const value: unknown = getNodeValue(root);
  if (!validate(value)) return schemaProblem(root);
  return readRanges(root, value as WrittenSweep);
}

type WrittenRange =
  | string
  | readonly unknown[]
  | {
      readonly from: number;
      readonly to: number;
      readonly scale?: string;
      readonly integer?: boolean;
      readonly points?: number;
    };

type WrittenSweep = Omit<SweepFile, 'ranges'> & { readonly ranges: Readonly<Record<string, WrittenRange>> };

/** An unknown key says most; of a range, that it has none of its three forms. */
function schemaProblem(root: Node): ParsedSweepFile {
  const errors = validate.errors ?? [];
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  const path = (error?.instancePath ?? '').split('/').slice(1).map(unescapePointer);
  const unknown: unknown = error?.params.additionalProperty;
  const place = typeof unknown === 'string' ? [...path, unknown] : path;
  const where = place.length > 0 ? place.join('.') : t('The sweep');
  return { ok: false, reason: `${where}: ${schemaReason(error, path)}`, offset: nodeAt(root, place).offset };
}

function schemaReason(error: NonNullable<typeof validate.errors>[number] | undefined, path: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') return t('There is no such key.');
  if (error?.keyword === 'required') return t('"{0}" is missing.', String(error.params.missingProperty));
  if (error?.keyword === 'enum') return t('It is one of {0}.', (error.params.allowedValues as unknown[]).join(', '));
  if (path[0] === 'ranges' && path.length > 1)
    return t('A range is written "1e-4..1e-1:log", as a list of values, or as an object with "from" and "to".');
  return `${error?.message ?? ''}.`;
}

function readRanges(root: Node, { ranges: written, ...rest }: WrittenSweep): ParsedSweepFile {
  const ranges: Record<string, Range> = {};
  for (const [key, range] of Object.entries(written)) {
    const parsed = readRange(range);
    const reason = parsed.ok ? t('{0} is one value, and no range.', JSON.stringify(range)) : parsed.reason;
    if (!parsed.ok || !parsed.range)
      return { ok: false, reason: `${key}: ${reason}`, offset: nodeAt(root, ['ranges', key]).offset };
    ranges[key] = parsed.range;
  }
  return { ok: true, file: { ...rest, ranges } };
}

function readRange(range: WrittenRange): ParsedRange {
  if (typeof range === 'string') return parseRange(range);
  if ('from' in range) {
    const { from, to, scale, integer, points } = range;
    const isInteger = integer ?? (Number.isInteger(from) && Number.isInteger(to));
    return interval({ from, to, isLogarithmic: scale === 'log', isInteger, ...(points !== undefined && { points }) });
  }
  return choice(range);
}

/** The innermost node of a path that there is. */
function nodeAt(root: Node, path: readonly string[]): Node {
  const found = findNodeAtLocation(
    root,
    path.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment)),
  );
  if (found) return found.parent?.type === 'property' ? found.parent : found;
  return path.length === 0 ? root : nodeAt(root, path.slice(0, -1));
}

/** RFC 6901. */
const unescapePointer = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');
