import { t } from '../../core/l10n';
import { parseRange, type Range } from '../../core/sweep/range';
import { askText } from './form';
import type { SchemeKey } from './schemeKeys';

/** The range of a key, typed as on the command line; null when it was emptied, undefined when it was left. */
export async function askRange(key: SchemeKey): Promise<Range | undefined>;
export async function askRange(key: SchemeKey, present: string): Promise<Range | null | undefined>;
export async function askRange({ key, value }: SchemeKey, present?: string): Promise<Range | null | undefined> {
  const prompt = t('1e-4..1e-1:log from end to end by equal factors, 16..64 by equal steps, or values: adam,sgd');
  const check = (text: string) => {
    if (present !== undefined && text.trim() === '') return undefined;
    const parsed = parseRange(text);
    if (!parsed.ok) return parsed.reason;
    return parsed.range ? undefined : prompt;
  };
  const typed = await askText(key, present ?? proposal(value), check, prompt);
  if (typed === undefined) return undefined;
  const parsed = parseRange(typed);
  return parsed.ok && parsed.range ? parsed.range : null;
}

/** Around the present value: a tenth to ten times of a small number, half to twice of a whole one. */
function proposal(value: unknown): string {
  if (typeof value === 'boolean') return 'true,false';
  if (typeof value !== 'number' || value <= 0) return '';
  if (!Number.isInteger(value)) {
    const [from, to] = [value / 10, value * 10].map((end) => Number(end.toPrecision(3)));
    return `${from}..${to}:log`;
  }
  return value === 1 ? '1..4' : `${Math.max(1, Math.floor(value / 2))}..${value * 2}`;
}
