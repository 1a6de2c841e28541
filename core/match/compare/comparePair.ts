import { t } from '../../l10n';
import type { PreparedSide } from '../canonical/side';
import { areNearly, type Constant } from '../graph/constants';
import { type GraphNode, isKnown, type Setting, sameShape } from '../graph/graph';
import { hides, maskOf } from '../graph/mask';
import { describeNode, hasBias, isRecurrent, sayDifference, sayType, TAIL_KEYS } from '../graph/wording';
import type { Reason } from '../report';
import { foldedNormalizationTrace, removedBiasTrace } from './evidence';
import { paddingWords } from './paddingWords';

/** Both sides of the comparison; messages about one of them need to know what kind of side it is. */
export interface Sides {
  readonly intended: PreparedSide;
  readonly exported: PreparedSide;
}

/** How two aligned nodes differ, and how alike ones are written differently. Edges are compared elsewhere. */
export function comparePair(a: GraphNode, b: GraphNode, sides: Sides): Reason[] {
  if (a.op !== b.op) return [compareOperators(a, b)];
  return [
    ...compareSettings(a, b, sides),
    ...compareAttributes(a, b),
    ...compareNormalization(a, b, sides),
    ...compareBias(a, b, sides),
    ...compareParameters(a, b),
    ...writtenOtherwise(a, b, sides),
  ];
}

export function different(key: string, intended: unknown, exported: unknown, message?: string): Reason {
  return {
    kind: 'different',
    key,
    intendedValue: intended,
    exportedValue: exported,
    message: message ?? sayDifference(key, intended, exported),
  };
}

/** Two of a kind that are not the same: a maximum for an average, a product for a sum. */
function compareOperators(a: GraphNode, b: GraphNode): Reason {
  const key = TAIL_KEYS[a.op] ?? TAIL_KEYS[b.op] ?? 'type';
  const intended = describeNode(a);
  const exported = describeNode(b);
  return different(key, intended, exported);
}

function compareSettings(a: GraphNode, b: GraphNode, sides: Sides): Reason[] {
  const keys = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)]);
  if (a.settings.activation !== b.settings.activation) {
    if (isClipOf(a, b) || isClipOf(b, a))
      return [cannotBeTold('activation', t('activation: a relu or a clip, worked into the range of 8 bits'))];
    return [different('activation', activationValue(a), activationValue(b), sayActivations(a, b))];
  }
  const changed = [...keys].filter((key) => !equalSettings(a.settings[key], b.settings[key]));
  return changed.flatMap((key) => {
    if (key === 'padding') return comparePadding(a, b, changed, sides);
    if (key === 'epsilon' && (a.settings.epsilon === undefined || b.settings.epsilon === undefined)) {
      return [cannotBeTold('epsilon', t('epsilon: worked into scale and shift'))];
    }
    return [different(key, a.settings[key], b.settings[key])];
  });
}

/** In a quantised graph a relu and a relu6 are the range of what follows, if that ends below six. */
function isClipOf(a: GraphNode, b: GraphNode): boolean {
  return a.settings.activation === 'relu6' && b.applied.some(({ name }) => name === 'quantized-clip');
}

function activationValue(node: GraphNode): unknown {
  const { activation, alpha } = node.settings;
  const usual = activation === 'leaky_relu' ? 0.01 : 1;
  return alpha === undefined || equalSettings(alpha, usual) ? activation : { type: activation, alpha };
}

function sayActivations(a: GraphNode, b: GraphNode): string {
  return sayDifference('activation', a.settings.activation, b.settings.activation);
}

export function equalSettings(a: Setting | undefined, b: Setting | undefined): boolean {
  if (typeof a === 'number' && typeof b === 'number') return equalNumbers(a, b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => value === b[index]);
  return a === b;
}

/** The last two bits of a float32. */
const LAST_BITS = 2 ** -22;

/** Equal as float32, which is what a file can hold, but for the last bits: a root that is worked out differs there. */
function equalNumbers(a: number, b: number): boolean {
  if (Math.fround(a) === Math.fround(b)) return true;
  const areWhole = Number.isInteger(a) && Number.isInteger(b);
  return !areWhole && Math.abs(a - b) <= LAST_BITS * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * `same` stays `same` when kernel, stride or the input's size change: then the numbers follow and are no second difference.
 */
function comparePadding(a: GraphNode, b: GraphNode, changed: readonly string[], sides: Sides): Reason[] {
  const intended = sides.intended.canonical.graph;
  const exported = sides.exported.canonical.graph;
  const words = paddingWords(a, intended);
  const others = paddingWords(b, exported);
  const follows = changed.some((key) => key !== 'padding') || haveOtherInputs(a, b, sides);
  if (follows && words.some((word) => others.some((other) => String(other) === String(word)))) return [];
  const [x, y] = String(words[0]) === String(others[0]) ? [] : [words[0], others[0]];
  return [different('padding', x ?? a.settings.padding, y ?? b.settings.padding)];
}

/** Known sizes that differ, which then is told where they come from. */
function haveOtherInputs(a: GraphNode, b: GraphNode, { intended, exported }: Sides): boolean {
  const x = intended.canonical.graph.shape(a.inputs[0])?.slice(1);
  const y = exported.canonical.graph.shape(b.inputs[0])?.slice(1);
  return isKnown(x) && isKnown(y) && !sameShape(x, y);
}

/** Operators that no rule has read are compared attribute by attribute. */
function compareAttributes(a: GraphNode, b: GraphNode): Reason[] {
  const names = new Set([...a.attributes.keys(), ...b.attributes.keys()]);
  return [...names].flatMap((name) => {
    const x = plain(a.attributes.get(name));
    const y = plain(b.attributes.get(name));
    return JSON.stringify(x) === JSON.stringify(y) ? [] : [different(name, x, y)];
  });
}

function plain(attribute: { readonly type: string } | undefined): unknown {
  if (!attribute) return undefined;
  if (attribute.type === 'tensor' || attribute.type.startsWith('graph')) return attribute.type;
  const value = 'value' in attribute ? attribute.value : attribute;
  if (typeof value === 'number') return Math.fround(value);
  return Array.isArray(value) ? value.map((item) => (typeof item === 'number' ? Math.fround(item) : item)) : value;
}

function cannotBeTold(key: string, message: string): Reason {
  return { kind: 'cannot be told', key, message };
}

function compareNormalization(a: GraphNode, b: GraphNode, sides: Sides): Reason[] {
  const key = 'batch_normalization';
  if (a.normalization && b.normalization) return compareVisibleNormalization(a.normalization, b.normalization);
  if (!a.normalization && !b.normalization) return [];
  if (b.normalization) {
    if (sides.intended.network) return [different(key, false, true)];
    return [cannotBeTold(key, t('batch normalization: folded into the weights of the intended graph, or never there'))];
  }
  if (!b.parameters.has('bias') && removedBiasTrace(b, producerOf(sides.exported)) === 'absent') {
    return [different(key, true, false)];
  }
  const trace = sides.exported.network ? 'absent' : foldedNormalizationTrace(b, producerOf(sides.exported));
  if (trace === 'absent') return [different(key, true, false)];
  if (trace === 'present') {
    const message = t('batch normalization folded into the weights (the exporter noted it)');
    return [{ kind: 'equivalent', key, message, rule: 'batch-norm-folded' }];
  }
  return [
    {
      ...cannotBeTold(
        key,
        t('batch normalization: folded into the weights, or never there; an inference export does not show it'),
      ),
      rule: 'batch-norm-folded',
    },
  ];
}

function compareVisibleNormalization(a: GraphNode, b: GraphNode): Reason[] {
  const reasons: Reason[] = [];
  const { epsilon: x, training: wantedTraining } = a.settings;
  const { epsilon: y, training } = b.settings;
  if (training && !wantedTraining) {
    const message = t(
      'batch_normalization: exported in training mode, it normalises by the batch instead of the running statistics',
    );
    reasons.push(different('batch_normalization', 'inference', 'training', message));
  }
  if (x === undefined || y === undefined)
    reasons.push(cannotBeTold('epsilon', t('epsilon: worked into scale and shift')));
  else if (!equalSettings(x, y)) reasons.push(different('epsilon', x, y));
  return reasons;
}

function producerOf(side: PreparedSide): { name: string; version: string } {
  return { name: side.model.producerName, version: side.model.producerVersion };
}

function compareBias(a: GraphNode, b: GraphNode, sides: Sides): Reason[] {
  if (isRecurrent(a)) return compareRecurrentBias(a, b, sides);
  if (!hasBias(a)) return [];
  const intended = a.parameters.get('bias');
  const exported = b.parameters.get('bias');
  if ((intended === undefined) === (exported === undefined)) return [];
  // A bias in front of a batch normalization is one with its shift: once that is folded, nothing is left to be compared.
  if ((a.normalization === undefined) !== (b.normalization === undefined)) return [];
  const [present, side, node] = intended
    ? ([intended, sides.exported, b] as const)
    : ([exported!, sides.intended, a] as const);
  // A scheme's own values are those that it starts from and say nothing.
  const values = intended ? sides.intended : sides.exported;
  if (!values.network && isZero(present)) return [zeroBias()];
  const trace = side.network ? 'absent' : removedBiasTrace(node, producerOf(side));
  if (trace === 'absent') return [different('use_bias', intended !== undefined, exported !== undefined)];
  return [removedBias()];
}

function removedBias(): Reason {
  return { ...cannotBeTold('use_bias', t('use_bias: exporters leave a bias of zeros out')), rule: 'zero-bias' };
}

/** Exporters write the biases of a recurrent layer whatever they are. */
function compareRecurrentBias(a: GraphNode, b: GraphNode, { intended, exported }: Sides): Reason[] {
  const [wanted, found] = [a.parameters.get('bias'), b.parameters.get('bias')];
  const [present, side] = wanted ? [wanted, intended] : [found, exported];
  if (!present || (wanted && found)) return [];
  if (!side.network && isZero(present)) return [zeroBias()];
  const [bare, of] = wanted ? [b, exported] : [a, intended];
  // Written step by step, its biases are additions like others.
  if (!of.network && bare.applied.some(({ name }) => name === 'recurrent-steps')) return [removedBias()];
  return [different('use_bias', wanted !== undefined, found !== undefined)];
}

function zeroBias(): Reason {
  const message = t('a bias of zeros on one side, none on the other');
  return { kind: 'equivalent', key: 'use_bias', message, rule: 'zero-bias' };
}

function isZero(constant: Constant): boolean {
  return constant.values()?.every((value) => value === 0) ?? false;
}

/** Type and shape of the weights; a shape that follows from an earlier difference is not told again. */
function compareParameters(a: GraphNode, b: GraphNode): Reason[] {
  const reasons: Reason[] = [];
  const pairs = [...a.parameters].map(([role, constant]) => [role, constant, b.parameters.get(role)] as const);
  const types = pairs.find(([, x, y]) => y && x.dataType !== y.dataType);
  if (types) reasons.push(different('dtype', sayType(types[1].dataType), sayType(types[2]!.dataType)));
  for (const [role, x, y] of pairs) {
    if (y && !equalSettings(x.shape, y.shape)) reasons.push(different(role, x.shape, y.shape));
  }
  return [...reasons, ...compareStorage(pairs), ...pairs.flatMap(compareMasks), ...onOneSideOnly(a, b)];
}

/** What no position may see is no weight: nobody learns such numbers. */
function compareMasks([role, x, y]: ParameterPair): Reason[] {
  if (!y || !role.startsWith('input ') || ![x, y].some(hides)) return [];
  const [values, others] = [x.values(), y.values()];
  if (!values || !others || areNearly(values, others)) return [];
  return [different('mask', maskOf(x) ?? role, maskOf(y) ?? role)];
}

type ParameterPair = readonly [role: string, intended: Constant, exported: Constant | undefined];

/** Weights that are stored in 8 bits on one side. */
function compareStorage(pairs: readonly ParameterPair[]): Reason[] {
  const pair = pairs.find(([, x, y]) => y && x.storedAs !== y.storedAs);
  if (!pair) return [];
  const [, x, y] = pair;
  const say = (constant: Constant | undefined): string => sayType(constant?.storedAs ?? constant?.dataType ?? 0);
  const message = t('quantised weights: {0} intended, {1} exported', say(x), say(y));
  return [{ kind: 'equivalent', message, rule: 'quantized-weights' }];
}

/** Constants of operators that no rule has read, and of normalizations; those of others are compared by what they mean. */
function onOneSideOnly(a: GraphNode, b: GraphNode): Reason[] {
  const isNormalization = /^(layer|group|rms)_normalization$/.test(a.op);
  const operands = (node: GraphNode): string[] =>
    [...node.parameters.keys()].filter((role) => isNormalization || role.startsWith('input '));
  const onlyA = operands(a).filter((role) => !b.parameters.has(role) && !(role in b.settings));
  const onlyB = operands(b).filter((role) => !a.parameters.has(role) && !(role in a.settings));
  return [
    ...onlyA.map((role) => different(role, a.parameters.get(role)!.shape, undefined)),
    ...onlyB.map((role) => different(role, undefined, b.parameters.get(role)!.shape)),
  ];
}

/** Whether all differences are in the shape of weights, which then follow from what stands before the layer. */
export function isConsequence(reason: Reason): boolean {
  return /^(weight|recurrent_weight|bias|scale|shift|mean|variance|input \d+)$/.test(reason.key ?? '');
}

/** Rules that were used on one side only: the same function, written differently. */
function writtenOtherwise(a: GraphNode, b: GraphNode, sides: Sides): Reason[] {
  const reasons: Reason[] = [];
  const add = (rules: GraphNode['applied'], others: GraphNode['applied'], say: (message: string) => string): void => {
    const known = new Set([...others.map((rule) => rule.name), 'dropout-removed']);
    for (const rule of rules) {
      if (known.has(rule.name)) continue;
      known.add(rule.name);
      reasons.push({ kind: 'equivalent', rule: rule.name, message: say(rule.message) });
    }
  };
  add(b.applied, a.applied, (message) => message);
  // A scheme's graph is written in one way, but a layer of another type in the file is told from either side.
  const own = sides.intended.network ? a.applied.filter(({ name }) => name === 'pointwise') : a.applied;
  add(own, b.applied, (message) => t('in the intended graph: {0}', message));
  return reasons;
}
