import { t } from '../../l10n';
import { isStandardOperator } from '../../onnx/operators';
import type { OperationKind } from '../../shape/network';
import { labelOf } from '../canonical/order';
import type { GraphNode } from '../graph/graph';
import { isQuantizing } from '../graph/quantized';
import type { LayerVerdict } from '../report';
import type { Comparison } from './compare';

/**
 * Kinds of operations that exporters write in many ways, not all of which the rules read. Where operators are left over that
 * were not read, a difference there may be one of words alone, so it is no proof that the graphs differ.
 */
const unread: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'zero_padding',
  'reshape',
  'permute',
  'lstm',
  'gru',
  'attention',
]);

/**
 * Why the graphs may be the same for all that they differ: one sentence for each layer of which it cannot be told. None where
 * something differs for certain, or where the file is our own export, which is written as the intended graph is.
 */
export function openDifferences(comparison: Comparison): string[] {
  const { intended, exported, rows } = comparison;
  const foreign = foreignOperators(comparison);
  if (foreign.length > 0) return rows.some(hasSetting) ? [] : foreign;
  const { network } = intended;
  if (!network || exported.model.producerName === intended.model.producerName) return [];
  if (isOneToOne(comparison) || !hasUnreadNodes(comparison)) return [];
  const names = new Set(network.operations.filter(({ kind }) => unread.has(kind)).map(({ layer }) => layer));
  const differing = rows.filter(({ status }) => !alike.has(status));
  if (differing.some((row) => (names.has(row.name) ? hasSetting(row) : !mayFollow(row)))) return [];
  return differing
    .filter(({ name }) => names.has(name))
    .map(({ name }) =>
      t('{0} is written in a way that cannot be read yet: whether it is the intended layer, cannot be told', name),
    );
}

/** What is fed and what comes out: where that is another, no way of writing makes up for it. */
const ENDS: ReadonlySet<string> = new Set([
  'dtype',
  'inputs',
  'outputs',
  'labels',
  'image_size',
  'input_size',
  'normalize',
]);

/**
 * Two files of which something that no rule has read is different: they may be one network in the words of two exporters,
 * and whether they compute the same then says more than how they are written.
 */
export function isWorthRunning({ intended, exported, rows }: Comparison): boolean {
  if (intended.network || exported.network) return false;
  const differing = rows.filter(({ status }) => !alike.has(status));
  const keys = differing.flatMap(({ reasons }) =>
    reasons.flatMap(({ kind, key }) => (kind === 'different' ? [key] : [])),
  );
  if (keys.some((key) => key !== undefined && ENDS.has(key))) return false;
  return differing.some((row) => [row.intended, row.exported].some((side) => side && isUnreadType(side.type)));
}

/**
 * Operators that no rule has read and that may stand for whole layers: quantised ones, and those that ONNX does not have, such
 * as ONNX Runtime's own.
 */
function foreignOperators({ intended, exported, pairs }: Comparison): string[] {
  const paired = new Set(pairs);
  const lost = [
    ...exported.order.filter((_, place) => !paired.has(place)),
    ...intended.order.filter((_, place) => pairs[place]! < 0),
  ];
  const operators = lost.filter((node) => isForeign(node) || isQuantizing(node)).map(({ op }) => op);
  return [...new Set(operators)].map((op) =>
    t('{0} is an operator that is not read here: whether it stands for what differs, cannot be told', op),
  );
}

/** Of another domain than ONNX's, or in its place: tf2onnx leaves TensorFlow's operators there that it cannot convert. */
function isForeign({ op }: GraphNode): boolean {
  return op.includes('::') || (isUnreadName(op) && !isStandardOperator(op));
}

/** Node by node the graphs are alike but for settings and edges: then no layer is written in other words. */
function isOneToOne({ intended, exported, pairs }: Comparison): boolean {
  return intended.order.length === exported.order.length && !pairs.includes(-1);
}

/** Whether something in the exported graph that has no like in the intended one is an operator that no rule has read. */
function hasUnreadNodes({ intended, exported, pairs }: Comparison): boolean {
  const partners = new Map([...pairs].map((place, own) => [place, intended.order[own]!]));
  return exported.order.some((node, place) => isUnread(node) && !isLike(node, partners.get(place)));
}

/** Operators that were read have names in lower case. */
function isUnread({ op }: GraphNode): boolean {
  return isUnreadName(op);
}

function isUnreadName(operator: string): boolean {
  return /^[A-Z]|::/.test(operator);
}

function isUnreadType(type: string): boolean {
  return isUnreadName(type) || LAYOUT.has(type);
}

/** What only says how values lie is written in many ways, also where it was read. */
const LAYOUT: ReadonlySet<string> = new Set(['reshape', 'flatten', 'slice']);

function isLike(node: GraphNode, partner: GraphNode | undefined): boolean {
  return partner !== undefined && labelOf(node) === labelOf(partner);
}

const alike: ReadonlySet<LayerVerdict['status']> = new Set<LayerVerdict['status']>([
  'same',
  'equivalent',
  'cannot be told',
]);

/** Settings that are compared for operations which are read: a block may hold both. */
const settings: ReadonlySet<string> = new Set([
  'kernel',
  'channel',
  'unit',
  'pooling_size',
  'groups',
  'heads',
  'key_dimension',
  'mask',
  'bidirectional',
  'return_sequences',
]);

function hasSetting({ reasons }: LayerVerdict): boolean {
  return reasons.some(({ kind, key }) => kind === 'different' && key !== undefined && settings.has(key));
}

/** What only says where axes lie. */
const layout: ReadonlySet<string> = new Set(['input', 'perm', 'keep_axes', 'channel_axis']);

/**
 * Whether a difference may come from the unread layers alone: an input that is one of theirs, a node that they are written
 * with, a transposition that they left where it was, a layer without weights that was not found behind them.
 */
function mayFollow({ status, reasons, intended, exported }: LayerVerdict): boolean {
  if (status === 'extra') return exported?.type !== 'convolution';
  if (status === 'missing') return !intended?.parameters;
  const hasWeights = (intended?.parameters ?? 0) > 0;
  return reasons.every(({ kind, key }) => kind !== 'different' || (key === undefined ? !hasWeights : layout.has(key)));
}
