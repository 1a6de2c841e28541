import { t } from '../../l10n';
import { areNearly, type Constant, isFloat } from '../graph/constants';
import type { GraphNode } from '../graph/graph';
import { nodeName } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import type { Sides } from './comparePair';

/** What the values say that two files have both. */
export interface OwnValues {
  /** By place in the intended order. */
  readonly reasons: ReadonlyMap<number, readonly Reason[]>;
  readonly undecided: readonly string[];
}

/**
 * Weights may be others, as after a training. But what is no layer's weight may be a constant of the network (a table of
 * positions, what the input is normalised by), which are others for a reason where most weights are the same; and there, layers
 * whose weights are not are worth a look: transposed ones, or ones in another order.
 */
export function ownValues({ intended, exported }: Sides, pairs: Alignment): OwnValues {
  const reasons = new Map<number, readonly Reason[]>();
  const undecided: string[] = [];
  if (intended.network || exported.network) return { reasons, undecided };
  const compared = intended.order.map((node, place) => comparedValues(node, exported.order[pairs[place]!]));
  const learned = compared.flat().filter(({ isOperand }) => !isOperand);
  const areCopied = 2 * learned.filter(({ isEqual }) => isEqual).length > learned.length;
  for (const [place, node] of intended.order.entries()) {
    const others = compared[place]!.filter(({ isEqual, isOperand }) => !isEqual && (isOperand || areCopied));
    if (others.length > 0) reasons.set(place, others.map(otherValues));
    if (areCopied && others.some(({ isOperand }) => isOperand)) undecided.push(otherConstants(node));
  }
  return { reasons, undecided };
}

interface ComparedValues {
  readonly role: string;
  readonly isEqual: boolean;
  /** Of an operator that is no layer with weights. */
  readonly isOperand: boolean;
}

/** Of nodes that have the same weights to be filled: what is folded on one side only is worked into the others. */
function comparedValues(node: GraphNode, partner: GraphNode | undefined): ComparedValues[] {
  if (!partner || node.op !== partner.op || !node.normalization !== !partner.normalization) return [];
  if ([...node.parameters.keys()].join() !== [...partner.parameters.keys()].join()) return [];
  return [...node.parameters].flatMap(([role, own]) => {
    const other = partner.parameters.get(role);
    const isEqual = other && haveEqualValues(own, other);
    return isEqual === undefined ? [] : [{ role, isEqual, isOperand: role.startsWith('input ') }];
  });
}

/**
 * `undefined` where that says nothing: other types or shapes are told elsewhere, and the same number throughout is how weights
 * begin.
 */
function haveEqualValues(own: Constant, other: Constant): boolean | undefined {
  if (own.dataType !== other.dataType || own.storedAs !== other.storedAs || !isFloat(own.dataType)) return undefined;
  if (own.shape.join() !== other.shape.join()) return undefined;
  const [values, others] = [own.values(), other.values()];
  if (!values || !others) return undefined;
  const areEqual = areNearly(values, others);
  return areEqual && values.every((value) => value === values[0]) ? undefined : areEqual;
}

function otherValues({ role, isOperand }: ComparedValues): Reason {
  const message = isOperand
    ? t('{0}: other values than in the intended file; whether they are learned, a file does not show', role)
    : t('{0}: other values than in the intended file, where most weights are the same', role);
  return { kind: 'cannot be told', key: role, message };
}

function otherConstants(node: GraphNode): string {
  return t(
    'most weights are the same in both files, the values in {0} are not: whether they are constants of another network, cannot be told',
    nodeName(node),
  );
}
