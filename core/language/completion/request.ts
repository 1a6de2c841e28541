import {
  type CompletionItem,
  type CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  TextEdit,
} from 'vscode-languageserver-types';
import { childValue, formFor, forms, resolve, rootSchema, type Schema } from '../../scheme/schema';
import type { JsonPath } from '../../scheme/types';
import type { Container, Cursor } from '../cursor';
import { rangeOf, type Snapshot } from '../snapshot';
import { plainText } from './snippet';

/** What a completion is asked for: everything that the sources of items need. */
export interface CompletionRequest {
  readonly snapshot: Snapshot;
  readonly cursor: Cursor;
  /** The document's value as far as the cursor's containers tell; the only one in a half-typed document. */
  readonly value: unknown;
  /** Whether the client understands snippets; otherwise their placeholders become text. */
  readonly snippets: boolean;
}

/** What is inserted, and how it is shown; the rest of an item follows from the request. */
export interface Proposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Snippet; replaces the token at the cursor. */
  readonly insert: string;
  /** What the typed text is compared with, beside the label. */
  readonly filters?: readonly string[];
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly preselect?: boolean;
}

/** Items in the order of the proposals; commas that are missing around what is inserted come along. */
export function itemsOf(request: CompletionRequest, proposals: readonly Proposal[]): CompletionItem[] {
  return proposals.map((proposal, index) => itemOf(request, proposal, index));
}

/**
 * The document's value as the containers around the cursor tell it: enough to choose between the schema's forms, for which
 * `type` keys and the kinds of the containers count.
 */
export function valueAround(containers: readonly Container[]): unknown {
  return containers.slice(1).reduceRight<unknown>((inner, container, index) => {
    const key = containers[index + 2]?.segment;
    if (container.kind === 'array') return arrayWith(container, key, inner);
    const object: Record<string, unknown> = Object.fromEntries(container.entries);
    return key === undefined ? object : { ...object, [key]: inner };
  }, undefined);
}

/** The schema of the value at a path; where an object's `type` is missing, of the key in any of its forms. */
export function schemaOf(path: JsonPath, value: unknown): Schema | undefined {
  let schema: Schema | undefined = rootSchema;
  let current = value;
  for (const segment of path) {
    schema = schema && childOf(schema, current, segment);
    current = childValue(current, segment);
  }
  return schema && resolve(schema);
}

function childOf(schema: Schema, value: unknown, segment: string | number): Schema | undefined {
  const form = formFor(schema, value);
  const candidates = form === undefined ? forms(schema) : [form];
  for (const candidate of candidates) {
    const child = typeof segment === 'number' ? candidate.items : propertyOf(candidate, segment);
    if (child !== undefined) return child;
  }
  return undefined;
}

function propertyOf(form: Schema, key: string): Schema | undefined {
  const own = Object.hasOwn(form.properties ?? {}, key) ? form.properties?.[key] : undefined;
  return own ?? (form.additionalProperties || undefined);
}

function arrayWith(container: Container, index: string | number | undefined, inner: unknown): unknown[] {
  const array: unknown[] = [...container.elements];
  if (typeof index === 'number') array[index] = inner;
  return array;
}

function itemOf(request: CompletionRequest, proposal: Proposal, index: number): CompletionItem {
  const { snapshot, cursor, snippets } = request;
  const text = insertedText(cursor, proposal.insert);
  return {
    label: proposal.label,
    kind: proposal.kind,
    sortText: String(index).padStart(4, '0'),
    filterText: [proposal.label, ...(proposal.filters ?? [])].map(quotedOnce).join(' '),
    textEdit: TextEdit.replace(rangeOf(snapshot, cursor.token), snippets ? text : plainText(text)),
    insertTextFormat: snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.adjustIndentation,
    ...(proposal.detail ? { detail: proposal.detail, labelDetails: { description: proposal.detail } } : {}),
    ...(proposal.documentation ? { documentation: { kind: MarkupKind.Markdown, value: proposal.documentation } } : {}),
    ...(proposal.preselect ? { preselect: true } : {}),
    ...commaBefore(request),
  };
}

function insertedText({ commaBefore, commaAfter, token }: Cursor, text: string): string {
  return `${commaBefore === token.start ? ', ' : ''}${text}${commaAfter ? ',' : ''}`;
}

/** A missing comma is an edit of its own, unless it belongs where the text is inserted: two edits may not touch. */
function commaBefore({ snapshot, cursor }: CompletionRequest): Pick<CompletionItem, 'additionalTextEdits'> {
  if (cursor.commaBefore === undefined || cursor.commaBefore === cursor.token.start) return {};
  return { additionalTextEdits: [TextEdit.insert(snapshot.document.positionAt(cursor.commaBefore), ',')] };
}

/** The token that is replaced begins with a quote as soon as one is typed; then the filter must, too. */
function quotedOnce(text: string): string {
  return text.startsWith('"') ? text : JSON.stringify(text);
}
