import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import validate from '../../schemas/sweep.schema.json?validator';
import { t } from '../l10n';
import { nearest } from '../scheme/nearest';
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
  if (!root || broken)
    return {
      ok: false,
      reason: t('This is no JSON: a sign is missing here, or too much.'),
      offset: broken?.offset ?? 0,
    };
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

type SchemaError = NonNullable<typeof validate.errors>[number];

function schemaReason(error: SchemaError | undefined, path: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') return unknownKey(error);
  if (error?.keyword === 'required') return t('"{0}" is missing.', String(error.params.missingProperty));
  if (error?.keyword === 'enum') return t('It is one of {0}.', (error.params.allowedValues as unknown[]).join(', '));
  if (path[0] === 'ranges' && path.length > 1)
    return t('A range is written "1e-4..1e-1:log", as a list of values, or as an object with "from" and "to".');
  if (error?.keyword === 'type') return kindNeeded(String(error.params.type));
  if (error?.keyword === 'minimum') return t('It is {0} at least.', Number(error.params.limit));
  if (error?.keyword === 'maximum') return t('It is {0} at most.', Number(error.params.limit));
  return `${error?.message ?? ''}.`;
}

function unknownKey({ parentSchema, params }: SchemaError): string {
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
  const meant = nearest(String(params.additionalProperty), known);
  const advice = meant === undefined ? t('There are: {0}.', known.join(', ')) : t('Did you mean {0}?', `"${meant}"`);
  return `${t('There is no such key.')} ${advice}`;
}

function kindNeeded(type: string): string {
  if (type === 'integer') return t('It has to be a whole number.');
  if (type === 'array') return t('It has to be a list.');
  return type === 'object' ? t('It has to be an object.') : t('It has to be a text.');
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
