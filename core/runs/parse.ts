import validate from '../../schemas/run.schema.json?validator';
import { t } from '../l10n';
import type { RunRecord } from './record';

export type ParsedRecord =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly reason: string };

/** Reads `run.json`. A record of a later version with additional keys is read; what is missing or of a wrong type is told. */
export function parseRunRecord(text: string): ParsedRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: t('run.json is no JSON; it may have been cut off.') };
  }
  if (validate(value)) return { ok: true, record: value as RunRecord };
  const error = validate.errors?.[0];
  return {
    ok: false,
    reason: t('run.json is no run record: {0} {1}.', error?.instancePath || '/', error?.message ?? ''),
  };
}
