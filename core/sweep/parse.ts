import validate from '../../schemas/sweep_record.schema.json?validator';
import { t } from '../l10n';
import type { SweepRecord } from './record';

export type ParsedSweep =
  | { readonly ok: true; readonly record: SweepRecord }
  | { readonly ok: false; readonly reason: string };

/** Reads `sweep.json`. A record of a later version with additional keys is read; what is missing or wrong is told. */
export function parseSweepRecord(text: string): ParsedSweep {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: t('sweep.json is no JSON; it may have been cut off.') };
  }
  if (validate(value)) return { ok: true, record: value as SweepRecord };
  const error = validate.errors?.[0];
  return {
    ok: false,
    reason: t('sweep.json is no sweep record: {0} {1}.', error?.instancePath || '/', error?.message ?? ''),
  };
}
