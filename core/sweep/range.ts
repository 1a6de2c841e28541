import { t } from '../l10n';

/** The values that a key of the scheme takes in a sweep. */
export type Range = Interval | Choice;

/** From the one end to the other, both included. */
export interface Interval {
  readonly kind: 'interval';
  readonly from: number;
  readonly to: number;
  /** Equal factors are equally likely, not equal distances; both ends are then above 0. */
  readonly isLogarithmic: boolean;
  readonly isInteger: boolean;
  /** How many values a grid has; absent: decided from the number of trials. */
  readonly points?: number;
}

export interface Choice {
  readonly kind: 'choice';
  readonly values: readonly unknown[];
}

export type ParsedRange =
  | { readonly ok: true; readonly range: Range }
  /** One value, which is no range. */
  | { readonly ok: true; readonly range?: undefined }
  | { readonly ok: false; readonly reason: string };

/**
 * What a person writes for a range: `1e-4..1e-1:log`, `16..64` (whole numbers when both ends are written as such),
 * `0.0..0.5:6` (six values in a grid), `adam,sgd` or `[3,3],[5,5]`. Anything else is one value.
 */
export function parseRange(text: string): ParsedRange {
  if (isJson(text)) return { ok: true };
  if (/^\s*[-+]?\.?\d[^,]*\.\./.test(text)) return parseInterval(text.trim());
  const parts = splitAtCommas(text);
  if (parts.length < 2) return { ok: true };
  return choice(parts.map(jsonOrText));
}

const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const intervalPattern = new RegExp(String.raw`^(${number})\.\.(${number})(:log)?(?::(\d+))?$`, 'i');
const integerPattern = /^[-+]?\d+$/;

function parseInterval(text: string): ParsedRange {
  const [, from, to, log, points] = intervalPattern.exec(text) ?? [];
  if (from === undefined || to === undefined) {
    return { ok: false, reason: t('"{0}" is no range. Ranges are written 1e-4..1e-1:log, 16..64 or adam,sgd.', text) };
  }
  return interval({
    from: Number(from),
    to: Number(to),
    isLogarithmic: log !== undefined,
    isInteger: integerPattern.test(from) && integerPattern.test(to),
    ...(points !== undefined && { points: Number(points) }),
  });
}

/** An interval whose ends make sense. */
export function interval(ends: Omit<Interval, 'kind'>): ParsedRange {
  const { from, to, isLogarithmic, points } = ends;
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { ok: false, reason: t('A range has two finite ends.') };
  if (from >= to)
    return { ok: false, reason: t('A range goes from a smaller to a larger value, not {0}..{1}.', from, to) };
  if (isLogarithmic && from <= 0)
    return { ok: false, reason: t('A logarithmic range begins above 0, not at {0}.', from) };
  if (points !== undefined && (points < 2 || points > 10_000))
    return { ok: false, reason: t('A range has 2 to 10,000 values in a grid, not {0}.', points) };
  return { ok: true, range: { kind: 'interval', ...ends } };
}

/** A choice between values that are all different. */
export function choice(values: readonly unknown[]): ParsedRange {
  if (values.length === 0) return { ok: false, reason: t('A choice needs at least one value.') };
  const texts = values.map((value) => JSON.stringify(value));
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated !== undefined) return { ok: false, reason: t('{0} stands twice among the values.', repeated) };
  return { ok: true, range: { kind: 'choice', values } };
}

/** As `parseRange` reads it. */
export function rangeText(range: Range): string {
  if (range.kind === 'choice') return range.values.map((value) => JSON.stringify(value)).join(',');
  const { from, to, isLogarithmic, isInteger, points } = range;
  const end = (value: number) => (!isInteger && Number.isInteger(value) ? value.toFixed(1) : String(value));
  return `${end(from)}..${end(to)}${isLogarithmic ? ':log' : ''}${points === undefined ? '' : `:${points}`}`;
}

/** How many different values a range has. */
export function sizeOf(range: Range): number {
  if (range.kind === 'choice') return range.values.length;
  return range.isInteger ? range.to - range.from + 1 : Number.POSITIVE_INFINITY;
}

/** The value at a place between 0 and 1 (1 excluded); equal parts of it are equally likely. */
export function valueAt(range: Range, place: number): unknown {
  if (range.kind === 'choice') return range.values[Math.floor(place * range.values.length)];
  const { low, high } = limits(range);
  const value = low + place * (high - low);
  return within(range, range.isLogarithmic ? Math.exp(value) : value);
}

/** The place of a value: the middle of the part that leads to it. */
export function placeOf(range: Interval, value: number): number {
  const { low, high } = limits(range);
  return ((range.isLogarithmic ? Math.log(value) : value) - low) / (high - low);
}

/** `count` values from end to end, all different. */
export function spread(range: Range, count: number): unknown[] {
  if (range.kind === 'choice') return [...range.values];
  const { from, to, isLogarithmic } = range;
  const at = (share: number) => (isLogarithmic ? from * (to / from) ** share : from + (to - from) * share);
  const values = Array.from({ length: count }, (_, index) => within(range, at(count === 1 ? 0 : index / (count - 1))));
  return [...new Set(values)];
}

/** Where the ends lie on the scale; a whole number has half a unit on either side. */
function limits({ from, to, isLogarithmic, isInteger }: Interval): { low: number; high: number } {
  const margin = isInteger ? 0.5 : 0;
  const [low, high] = [from - margin, to + margin];
  return isLogarithmic ? { low: Math.log(low), high: Math.log(high) } : { low, high };
}

/** Whole, or with the four digits that a person reads; never outside. */
function within({ from, to, isInteger }: Interval, value: number): number {
  const rounded = isInteger ? Math.round(value) : Number(value.toPrecision(4));
  return Math.min(to, Math.max(from, rounded));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function jsonOrText(text: string): unknown {
  const trimmed = text.trim();
  return isJson(trimmed) ? JSON.parse(trimmed) : trimmed;
}

/** Commas in brackets, braces and quotation marks divide nothing. */
function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|[\s\S]/g)) {
    if (piece === ',' && depth === 0) {
      parts.push('');
      continue;
    }
    if (piece === '[' || piece === '{') depth++;
    if (piece === ']' || piece === '}') depth--;
    parts[parts.length - 1] += piece;
  }
  return parts;
}
