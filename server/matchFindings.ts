import type { Node } from 'jsonc-parser';
import { t } from '../core/l10n';
import type { LayerVerdict, MatchReport, Reason } from '../core/match/report';
import type { Diagnostic, Fix, TextChange } from '../core/scheme/diagnostics';
import { insertProperty, removeElement, removeProperty, replaceNode } from '../core/scheme/edits';
import { nodeAt, propertyNodeAt, spanOf } from '../core/scheme/tree';
import type { JsonPath } from '../core/scheme/types';
import type { Analysis, LayerAnalysis } from '../core/shape/analyze';

/** A difference as a diagnostic, and which reason of the report it tells. */
export interface MatchFinding extends Diagnostic {
  readonly reason: { readonly layer: string; readonly message: string };
}

/**
 * A match's differences as diagnostics on the scheme's lines, each with the fix that takes the exported value into the
 * scheme where one can be written. They are made for the text that `analysis` is of, layers found by their names: an edited
 * scheme gets them where its layers are now.
 */
export function matchFindings(analysis: Analysis, report: MatchReport): MatchFinding[] {
  const layers = new Map(analysis.layers.map((layer) => [layer.name, layer]));
  let previous: LayerAnalysis | undefined;
  return report.layers.flatMap((verdict) => {
    const own = layers.get(verdict.name);
    previous = own ?? previous;
    const reasons = verdict.reasons.filter(isDifference);
    return reasons.map((reason) => ({
      ...finding(analysis, verdict, reason, own, previous),
      reason: { layer: verdict.name, message: reason.message },
    }));
  });
}

function isDifference({ kind }: Reason): boolean {
  return kind === 'different' || kind === 'missing' || kind === 'extra' || kind === 'moved';
}

/** What has no line of its own stands at the layer before it, or at the network. */
function finding(
  analysis: Analysis,
  verdict: LayerVerdict,
  reason: Reason,
  own: LayerAnalysis | undefined,
  previous: LayerAnalysis | undefined,
): Diagnostic {
  const path = placeOf(analysis, verdict, reason, own, previous);
  const node = nodeAt(analysis.document.root, path) ?? analysis.document.root;
  const atName = own && path.length === own.path.length ? (own.nameSpan ?? own.typeSpan) : undefined;
  const fix = own && exportedFix(analysis, own.path, verdict, reason);
  return {
    code: `match/${reason.kind}`,
    severity: 'warning',
    message: t('Match: {0}: {1}', verdict.name, reason.message),
    span: atName ?? (node ? spanOf(node) : { start: 0, end: 0 }),
    path,
    ...(own ? { layer: own.name } : {}),
    fixes: fix ? [fix] : [],
  };
}

function placeOf(
  { document }: Analysis,
  verdict: LayerVerdict,
  { key }: Reason,
  own: LayerAnalysis | undefined,
  previous: LayerAnalysis | undefined,
): JsonPath {
  if (!own) return previous?.path ?? (verdict.name === 'data' ? ['data'] : ['model', 'network']);
  const keyPath = key && [...own.path, ...keyWithin(document.root, own.path, key)];
  return keyPath && nodeAt(document.root, keyPath) ? keyPath : own.path;
}

/** Where a key stands in a layer: a pooling's and the activation's settings may stand in an object of their own. */
function keyWithin(root: Node | undefined, layer: JsonPath, key: string): string[] {
  const containers = ['maxpooling', 'average_pooling', 'activation', 'batch_normalization'];
  const holders = /^pooling_|^alpha$|^epsilon$/.test(key) ? containers : [];
  const holder = holders.find((name) => nodeAt(root, [...layer, name, key]));
  return holder ? [holder, key] : [key];
}

function exportedFix(analysis: Analysis, layer: JsonPath, { status }: LayerVerdict, reason: Reason): Fix | undefined {
  const changes = status === 'missing' ? removedLayer(analysis, layer) : takenValue(analysis, layer, reason);
  if (!changes || changes.length === 0) return undefined;
  const title =
    status === 'missing'
      ? t('Take the layer out of the scheme, as exported')
      : t(
          'Take the exported value into the scheme: {0}',
          `${reason.key} = ${JSON.stringify(schemeValue(reason) ?? null)}`,
        );
  return { title, changes };
}

function removedLayer({ document }: Analysis, layer: JsonPath): TextChange[] {
  const node = nodeAt(document.root, layer);
  return node ? [removeElement(document.text, node)] : [];
}

/** Keys whose exported value can be written as it is. */
const WRITABLE = new Set([
  ...['kernel', 'channel', 'stride', 'padding', 'dilation', 'groups', 'use_bias', 'unit', 'activation', 'dropout'],
  ...['pooling_size', 'pooling_stride', 'batch_normalization', 'epsilon', 'alpha'],
]);
/** Keys whose absence in the export is an absence in the scheme. */
const REMOVABLE = new Set(['activation', 'maxpooling', 'average_pooling', 'batch_normalization', 'dropout']);

function takenValue({ document }: Analysis, layer: JsonPath, reason: Reason): TextChange[] | undefined {
  const { key } = reason;
  const object = nodeAt(document.root, layer);
  if (!key || object?.type !== 'object') return undefined;
  const { text, root } = document;
  if (reason.exportedValue === undefined) {
    const property = REMOVABLE.has(key) ? propertyNodeAt(root, [...layer, key]) : undefined;
    return property && [removeProperty(text, property)];
  }
  const value = WRITABLE.has(key) ? schemeValue(reason) : undefined;
  if (value === undefined) return undefined;
  if (key === 'alpha') return takenAlpha(root, layer, value, text);
  const path = [...layer, ...keyWithin(root, layer, key)];
  const present = nodeAt(root, path);
  if (present) return [replaceNode(present, JSON.stringify(value))];
  const holder = holderOf(root, layer, key);
  return holder && [insertProperty(text, holder, key, JSON.stringify(value))];
}

/** The object that a missing key is to be written into. */
function holderOf(root: Node | undefined, layer: JsonPath, key: string): Node | undefined {
  const name = key === 'epsilon' ? 'batch_normalization' : key.startsWith('pooling_') ? 'maxpooling' : undefined;
  const holder = name ? nodeAt(root, [...layer, name]) : undefined;
  const type = nodeAt(root, [...layer, 'type'])?.value;
  if (!name || String(type).includes(name) || type === 'average_pooling') return nodeAt(root, layer);
  return holder?.type === 'object' ? holder : undefined;
}

/** `"leaky_relu"` becomes `{ "type": "leaky_relu", "alpha": 0.2 }`. */
function takenAlpha(root: Node | undefined, layer: JsonPath, value: unknown, text: string): TextChange[] | undefined {
  const activation = nodeAt(root, [...layer, 'activation']);
  if (activation?.type === 'string') {
    return [replaceNode(activation, JSON.stringify({ type: activation.value, alpha: value }))];
  }
  const alpha = nodeAt(root, [...layer, 'activation', 'alpha']);
  if (alpha) return [replaceNode(alpha, JSON.stringify(value))];
  return activation?.type === 'object' ? [insertProperty(text, activation, 'alpha', JSON.stringify(value))] : undefined;
}

/** The exported value as a scheme has it: float32 noise rounded away, symmetric padding in two numbers. */
function schemeValue({ key, exportedValue }: Reason): unknown {
  if (typeof exportedValue === 'number') return Number(exportedValue.toPrecision(7));
  if (key === 'activation' && typeof exportedValue === 'object' && exportedValue !== null) {
    const { type, alpha } = exportedValue as { type?: unknown; alpha?: unknown };
    return { type, alpha: typeof alpha === 'number' ? Number(alpha.toPrecision(7)) : alpha };
  }
  if (key === 'activation' && !KNOWN_ACTIVATIONS.has(String(exportedValue))) return undefined;
  if (key === 'padding' && Array.isArray(exportedValue) && exportedValue.length === 4) {
    const [top, left, bottom, right] = exportedValue as number[];
    return top === bottom && left === right ? [top, left] : exportedValue;
  }
  return exportedValue;
}

/** Those that a scheme can name. */
const KNOWN_ACTIVATIONS = new Set([
  ...['linear', 'relu', 'relu6', 'leaky_relu', 'elu', 'selu', 'gelu', 'silu', 'hard_swish', 'sigmoid', 'tanh'],
  ...['softplus', 'softmax'],
]);
