import { t } from '../../l10n';
import type { FlatInput } from '../canonical/flatInput';
import type { PreparedSide } from '../canonical/side';
import { type Constant, reshaped, transposed } from '../graph/constants';
import { sayValue } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import type { Sides } from './comparePair';

/** How the row of values that one side takes comes from the picture of the other. */
export function compareFlatInput(sides: Sides, pairs: Alignment): Reason[] {
  const { intended, exported } = sides;
  const isExported = exported.canonical.flatInput !== undefined;
  const [row, other] = isExported ? [exported, intended] : [intended, exported];
  const flat = row.canonical.flatInput;
  if (!flat) return [];
  const orders = flat.orders.length > 1 ? ordersByWeights(flat, sides, pairs) : flat.orders;
  const reason = describe(flat, orders, row, other);
  return [isExported ? reason : { ...reason, message: t('in the intended graph: {0}', reason.message) }];
}

function describe(flat: FlatInput, orders: FlatInput['orders'], row: PreparedSide, other: PreparedSide): Reason {
  const isScheme = other.network !== undefined;
  const count = String(flat.sizes.reduce((product, size) => product * size, 1));
  const [channels, ...rest] = flat.sizes;
  const sizes = sayValue(isScheme ? [...rest, channels] : flat.sizes);
  if (row.network) return flattened(t('a row of {0} values; the other side takes {1} and flattens it', count, sizes));
  const [first = '', ...others] = orders.map((order) => sayOrder(order, flat.sizes, isScheme));
  if (others.length === 0) {
    return flattened(t('the input is a row of {0} values: {1} flattened in the order {2}', count, sizes, first));
  }
  const message = t('the input is a row of {0} values: {1} flattened, in an order that it does not show', count, sizes);
  return { kind: 'cannot be told', key: 'flatten', message: `${message} (${[first, ...others].join('; ')})` };
}

function flattened(message: string): Reason {
  return { kind: 'equivalent', message, rule: 'flat-input' };
}

/** The slowest axis first: by name where a scheme says what the axes are, else by their sizes. */
function sayOrder(order: readonly number[], sizes: readonly number[], isScheme: boolean): string {
  const axes = order.slice(1);
  if (!isScheme) return sayValue(axes.map((axis) => sizes[axis - 1]));
  const names = sizes.length === 2 ? [t('channel'), t('step')] : [t('channel'), t('row'), t('column')];
  const moving = axes.filter((axis) => sizes[axis - 1] !== 1);
  return moving.map((axis) => names[axis - 1]).join(', ');
}

/** The orders in which the first dense layers of two files have the same weights; all where no weights say it. */
function ordersByWeights(flat: FlatInput, { intended, exported }: Sides, pairs: Alignment): FlatInput['orders'] {
  const place = intended.order.findIndex((node) => isBehindInput(node, intended));
  const [mine, theirs] = [intended.order[place], exported.order[pairs[place] ?? -1]];
  const [a, b] = [mine, theirs].map((node) => node?.parameters.get('weight'));
  if (intended.network || exported.network || !a || !b || a.shape.join() !== b.shape.join()) return flat.orders;
  const [row, picture] = exported.canonical.flatInput ? [b, a] : [a, b];
  const fitting = flat.orders.filter((order) => isSame(row, inOrder(picture, flat.sizes, order)));
  return fitting.length > 0 ? fitting : flat.orders;
}

function isBehindInput({ op, inputs }: PreparedSide['order'][number], { canonical: { graph } }: PreparedSide): boolean {
  const flatten = op === 'dense' ? graph.producer(inputs[0]) : undefined;
  return flatten?.op === 'flatten' && graph.isInput(flatten.inputs[0]);
}

/** A dense layer's columns for values that come in another order. */
function inOrder(weight: Constant, sizes: readonly number[], order: readonly number[]): Constant {
  return reshaped(transposed(reshaped(weight, [weight.shape[0]!, ...sizes]), order), weight.shape);
}

function isSame(a: Constant, b: Constant): boolean {
  const [mine, theirs] = [a.values(), b.values()];
  return mine !== undefined && theirs !== undefined && mine.every((value, index) => value === theirs[index]);
}
