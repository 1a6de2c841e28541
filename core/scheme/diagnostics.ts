import type { JsonPath } from './types';

/** A half-open range of UTF-16 code units in the document's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Severity = 'error' | 'warning' | 'hint';

export interface TextChange {
  readonly span: Span;
  readonly text: string;
}

/** A change of the document that mends a diagnostic. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** The one fix to take when a person asks to fix everything. */
  readonly preferred?: boolean;
}

/** What is wrong, where, and what to do about it. `code` is stable (`scheme/shape-mismatch`) and documented. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly path: JsonPath;
  /** Name of the layer that it is about. */
  readonly layer?: string;
  readonly fixes: readonly Fix[];
  /** Other places that belong to it, the layer that a wrong shape comes from for example. */
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}
