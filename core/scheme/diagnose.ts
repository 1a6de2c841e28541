import { type Code, codes } from './codes';
import type { Diagnostic, Fix, Span } from './diagnostics';
import type { JsonPath } from './types';

/** Where a diagnostic is shown, and what it is about. */
export interface Place {
  readonly span: Span;
  readonly path: JsonPath;
  /** Name of the layer that it is about. */
  readonly layer?: string;
}

export interface Remedies {
  readonly fixes?: readonly Fix[];
  readonly related?: Diagnostic['related'];
}

/** A diagnostic with the severity that its code has. */
export function diagnose(
  code: Code,
  place: Place,
  message: string,
  { fixes = [], related }: Remedies = {},
): Diagnostic {
  const { span, path, layer } = place;
  const optional = { ...(layer === undefined ? {} : { layer }), ...(related?.length ? { related } : {}) };
  return { code, severity: codes[code].severity, message, span, path, fixes, ...optional };
}
