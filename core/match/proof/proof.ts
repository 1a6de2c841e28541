import { t } from '../../l10n';
import { DataType, type OnnxModel } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import type { Head } from '../canonical/head';
import { denormalize, normalize } from '../canonical/inputNormalization';
import type { PreparedSide } from '../canonical/side';
import { quantizationOfSide } from '../canonical/side';
import type { Comparison } from '../compare/compare';
import { transposeValues } from '../graph/constants';
import type { Dimension } from '../graph/graph';
import { quantizationOf, rangeOf } from '../graph/quantized';
import { runnable } from '../prepare/runnable';
import type { NumericProof } from '../report';
import { carryWeights } from './carry';
import { type Outcome, runnableModel, withTensors } from './load';
import { type ProofTarget, proofInputs } from './proofInputs';
import { unroundedModel } from './unrounded';

/** What has to be run: both models on the same inputs, each in its own terms. */
export interface ProofPlan {
  /** The intended graph with the exported weights. */
  readonly model: OnnxModel;
  /** What is run in the place of the exported file, where ONNX Runtime cannot run that as it is. */
  readonly exportedModel?: OnnxModel;
  readonly cases: readonly ProofCase[];
  readonly intended: ProofRun;
  readonly exported: ProofRun;
  readonly tolerance: Tolerance;
  /** The tolerance is relative to the largest output of all cases: what is rounded to a fixed grid is not finer where it is small. */
  readonly isGridded: boolean;
}

export interface ProofRun {
  readonly inputs: readonly { readonly name: string; readonly dataType: number }[];
  readonly outputs: readonly string[];
  /** Applied to this side's output before it is compared, when the other side ends in it. */
  readonly head?: Head;
  /** This side's output loses its last axis, of one, as the other side's has none. */
  readonly isSqueezed?: true;
}

export interface ProofCase {
  readonly name: string;
  readonly batch: number;
  /** One for each input. */
  readonly intended: readonly ProofValues[];
  readonly exported: readonly ProofValues[];
}

/** What a case gives: one value for each output. */
export interface ProofOutputs {
  readonly intended: readonly ProofValues[];
  readonly exported: readonly ProofValues[];
}

/** An element may be off by `absolute + relative * (largest output of the case)`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** What a side is fed with, or answers. */
export interface ProofValues {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** float32 arithmetic in another order, over tens of layers; half precision stores 3 digits. */
const TOLERANCE: Tolerance = { absolute: 1e-5, relative: 1e-4 };
const HALF_TOLERANCE: Tolerance = { absolute: 1e-2, relative: 1e-2 };
/** 8 bits hold every value to half a percent of its range; that adds up over layers. */
const QUANTIZED_TOLERANCE: Tolerance = { absolute: 1e-2, relative: 0.1 };
const BATCHES = [1, 3];
/** Elements of one batch. */
const LARGEST_INPUT = 5e7;

/** How to prove by example that both graphs compute the same, or why that cannot be done. `relative` overrides the tolerance. */
export function planProof(comparison: Comparison, relative?: number): Outcome<ProofPlan> {
  return planWith(carryWeights(comparison), comparison, relative);
}

/**
 * The same with the exported graph's roundings to 8 bits taken out: where outputs differ, it tells whether these are why.
 * `undefined` when there are none, or on both sides.
 */
export function planUnrounded(comparison: Comparison, relative?: number): Outcome<ProofPlan> | undefined {
  const { intended, exported } = comparison;
  if (quantizationOfSide(exported) !== 'fixed' || quantizationOfSide(intended) !== undefined) return undefined;
  const plan = planProof(comparison, relative);
  const model = plan.ok ? unroundedModel(exported) : plan;
  if (!plan.ok || !model.ok) return model.ok ? undefined : model;
  const tolerance = relative === undefined ? TOLERANCE : plan.value.tolerance;
  return { ok: true, value: { ...plan.value, exportedModel: model.value, tolerance, isGridded: false } };
}

/** How to see by example whether two files that cannot be aligned compute the same, each with the weights that it has. */
export function planOwnProof(comparison: Comparison, relative?: number): Outcome<ProofPlan> {
  const { model, source } = comparison.intended;
  return planWith(withTensors(model, new Map(), source), comparison, relative);
}

function planWith(
  model: Outcome<OnnxModel>,
  { intended, exported }: Comparison,
  relative?: number,
): Outcome<ProofPlan> {
  if (!model.ok) return model;
  const other = runnableModel(exported);
  if (other?.ok === false) return other;
  const cases = proofCases(intended, exported);
  if (!cases.ok) return cases;
  const usual = usualTolerance(intended, exported);
  return {
    ok: true,
    value: {
      model: runnable(model.value, intended.canonical.graph),
      ...(other ? { exportedModel: other.value } : {}),
      cases: cases.value,
      intended: proofRun(intended, exported),
      exported: proofRun(exported, intended),
      tolerance: relative === undefined ? usual : { absolute: relative / 10, relative },
      isGridded: [intended, exported].some((side) => quantizationOfSide(side) === 'fixed'),
    },
  };
}

/** Holds the outputs of both sides against each other, case by case. */
export function judgeProof(plan: ProofPlan, outputs: readonly ProofOutputs[]): NumericProof {
  const { tolerance } = plan;
  const grid = plan.isGridded ? largestOf(outputs.flatMap(({ intended }) => intended)) : 0;
  const inputs: NonNullable<NumericProof['inputs']>[number][] = [];
  let reason: string | undefined;
  for (const [index, { name, batch }] of plan.cases.entries()) {
    const intended = outputs[index]!.intended.map((output) => asOther(output, plan.intended));
    const exported = outputs[index]!.exported.map((output) => asOther(output, plan.exported));
    const shapes = differingShapes(intended, exported);
    if (shapes) {
      reason ??= shapes;
      break;
    }
    const errors = intended.map(({ values }, place) => compareOutputs(values, exported[place]!.values));
    const worst = (pick: (error: OutputError) => number): number => Math.max(0, ...errors.map(pick));
    const maxAbsoluteError = worst(({ absolute }) => absolute);
    inputs.push({ name, batch, maxAbsoluteError, maxRelativeError: worst(({ relative }) => relative) });
    if (
      errors.some(({ absolute, scale }) => absolute > tolerance.absolute + tolerance.relative * Math.max(scale, grid))
    ) {
      reason ??= t(
        'for {0} inputs at batch {1} the outputs differ by {2}',
        name,
        batch,
        maxAbsoluteError.toPrecision(3),
      );
    }
  }
  return {
    done: true,
    holds: reason === undefined,
    inputs,
    tolerance,
    maxAbsoluteError: Math.max(0, ...inputs.map((input) => input.maxAbsoluteError)),
    maxRelativeError: Math.max(0, ...inputs.map((input) => input.maxRelativeError)),
    ...(reason !== undefined ? { reason } : {}),
  };
}

function largestOf(outputs: readonly ProofValues[]): number {
  let largest = 0;
  for (const { values } of outputs) {
    for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

function differingShapes(intended: readonly ProofValues[], exported: readonly ProofValues[]): string | undefined {
  const place = intended.findIndex(({ shape }, at) => shape.join() !== exported[at]?.shape.join());
  if (place < 0) return undefined;
  const [a, b] = [intended[place]!.shape, exported[place]?.shape ?? []];
  return t('the outputs have different shapes: {0} intended, {1} exported', a.join(' x '), b.join(' x '));
}

function usualTolerance(...sides: readonly PreparedSide[]): Tolerance {
  if (sides.some((side) => quantizationOfSide(side))) return QUANTIZED_TOLERANCE;
  return sides.some(isHalf) ? HALF_TOLERANCE : TOLERANCE;
}

function isHalf(side: PreparedSide): boolean {
  return side.order.some((node) =>
    [...node.parameters.values()].some(
      ({ dataType }) => dataType === DataType.float16 || dataType === DataType.bfloat16,
    ),
  );
}

function proofRun(side: PreparedSide, other: PreparedSide): ProofRun {
  return {
    inputs: side.canonical.graph.inputs.map(({ name, dataType }) => ({ name, dataType })),
    outputs: side.model.graph.outputs.map(({ name }) => name),
    ...(other.head ? { head: other.head } : {}),
    ...(other.isSqueezed ? { isSqueezed: true } : {}),
  };
}

function proofCases(intended: PreparedSide, exported: PreparedSide): Outcome<ProofCase[]> {
  const shapes = exported.canonical.graph.inputs.map(
    (_, place) => inputShape(intended, place) ?? inputShape(exported, place),
  );
  if (shapes.includes(undefined)) return { ok: false, reason: t('the size of the input is not known') };
  const batches = batchSizes(intended, exported);
  if (!batches) return { ok: false, reason: t('the batch axes are frozen to different sizes') };
  const inputs = (shapes as readonly InputShape[]).map((shape, place) => ({
    shapeFor: (batch: number) => shape.map((size) => (size === 'batch' ? batch : size)),
    dataType: exported.canonical.graph.inputs[place]!.dataType,
    vocabulary: vocabularyOf(intended, place) ?? vocabularyOf(exported, place),
    ...fixedRange([intended, exported], place),
  }));
  const tooLarge = inputs.find(({ shapeFor }) => elementCount(shapeFor(Math.max(...batches))) > LARGEST_INPUT);
  if (tooLarge)
    return { ok: false, reason: t('an input of {0} is too large to be tried', tooLarge.shapeFor(1).join(' x ')) };
  const cases = proofInputs(inputs, batches).map(({ name, batch, values }) => {
    const given = values.map((each, place) => ({ values: each, shape: inputs[place]!.shapeFor(batch) }));
    return proofCase(name, batch, given, intended, exported);
  });
  const missing = cases.includes(undefined);
  return missing
    ? { ok: false, reason: t('the constants of the normalisation are not in the file') }
    : { ok: true, value: cases as ProofCase[] };
}

/** The given values are what enters the network; the side with a normalisation in front is fed so that it comes to them. */
function proofCase(
  name: string,
  batch: number,
  [first, ...others]: readonly ProofValues[],
  intended: PreparedSide,
  exported: PreparedSide,
): ProofCase | undefined {
  if (!first) return { name, batch, intended: [], exported: [] };
  const { values, shape } = first;
  const [bare, dressed] = exported.canonical.normalization ? [intended, exported] : [exported, intended];
  const steps = dressed.canonical.normalization?.steps ?? [];
  const raw = denormalize(values, shape, steps);
  const plain = raw && normalize(raw, shape, steps);
  if (!raw || !plain) return undefined;
  const [mine, theirs] = bare === intended ? [plain, raw] : [raw, plain];
  return {
    name,
    batch,
    intended: [laidOut(mine, shape, intended), ...others],
    exported: [laidOut(theirs, shape, exported), ...others],
  };
}

/**
 * A file that is quantised to measured ranges computes something else outside of them: its inputs stay within. One with a
 * normalisation in front is fed as everything else.
 */
function fixedRange(sides: readonly PreparedSide[], place: number): Pick<ProofTarget, 'range'> {
  const fixed = sides.filter((side) => quantizationOfSide(side) === 'fixed');
  const ranges = fixed.flatMap(({ model, canonical: { graph, normalization } }) => {
    const name = graph.inputs[place]?.name;
    const node = model.graph.nodes.find(({ opType, inputs }) => opType === 'QuantizeLinear' && inputs[0] === name);
    const quantization = node && !normalization ? quantizationOf(node.inputs[1], node.inputs[2], graph) : undefined;
    return (quantization && rangeOf(quantization)) ?? [];
  });
  const [range = { low: -3, high: 3 }] = ranges;
  return fixed.length > 0 ? { range } : {};
}

/** How many ids there are, when the input is token ids. */
function vocabularyOf({ network, canonical: { graph } }: PreparedSide, place: number): number | undefined {
  const users = graph.users(graph.inputs[place]?.name ?? '');
  const sizes = users.flatMap(({ op, settings }) => (op === 'embedding' ? [Number(settings.vocabulary)] : []));
  return sizes.length > 0 ? Math.min(...sizes) : network?.scheme.data.vocabulary;
}

/** In the layout that the side's file wants. */
function laidOut(values: Float32Array, shape: readonly number[], { canonical }: PreparedSide): ProofValues {
  const { channelsLast, flatInput } = canonical;
  const last = [0, ...shape.slice(2).map((_, axis) => axis + 2), 1];
  const permutation = channelsLast ? last : flatInput?.order;
  if (!permutation) return { values, shape };
  const moved = Float32Array.from(transposeValues(values, shape, permutation));
  const sizes = permutation.map((axis) => shape[axis]!);
  return { values: moved, shape: flatInput ? [shape[0]!, elementCount(shape.slice(1))] : sizes };
}

/** Sizes that neither side gives: a picture large enough to pass any number of poolings, and the length of a sequence. */
const OPEN_SIZE = 64;
const OPEN_LENGTH = 16;

/** With the batch wherever it stands: in front, and where else the first input's symbol is used. */
type InputShape = readonly (number | 'batch')[];

function inputShape({ canonical: { graph } }: PreparedSide, place: number): InputShape | undefined {
  const symbol = graph.shape(graph.inputs[0]?.name)?.[0];
  const shape = graph.shape(graph.inputs[place]?.name);
  const isPicture = shape !== undefined && shape.length > 3;
  if (!shape || (isPicture && typeof shape[1] !== 'number')) return undefined;
  return shape.map((size: Dimension, axis) => {
    if ((place === 0 && axis === 0) || size === symbol || (axis === 0 && typeof size !== 'number')) return 'batch';
    if (typeof size === 'number') return size;
    return axis === 1 ? OPEN_LENGTH : OPEN_SIZE;
  });
}

function batchSizes(...sides: readonly PreparedSide[]): readonly number[] | undefined {
  const frozen = new Set(
    sides.flatMap(({ canonical: { graph } }) => graph.inputs[0]?.shape?.[0] ?? []).filter(Number.isInteger),
  );
  if (frozen.size === 0) return BATCHES;
  return frozen.size === 1 ? ([...frozen] as number[]) : undefined;
}

/** The output as the other side has it. */
function asOther(output: ProofValues, { head, isSqueezed }: ProofRun): ProofValues {
  const { values, shape } = applyHead(output, head);
  return { values, shape: isSqueezed ? shape.slice(0, -1) : shape };
}

function applyHead(output: ProofValues, head: Head | undefined): ProofValues {
  switch (head) {
    case 'softmax':
      return { ...output, values: byRows(output, softmax) };
    case 'log_softmax':
      return { ...output, values: byRows(output, logSoftmax) };
    case 'sigmoid':
      return { ...output, values: output.values.map(sigmoid) };
    case 'complement':
      return besideComplement(output);
    case 'sigmoid and complement':
      return besideComplement({ ...output, values: output.values.map(sigmoid) });
    default:
      return output;
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** From one probability in a row `1 - p` and `p`. */
function besideComplement({ values, shape }: ProofValues): ProofValues {
  const both = Float32Array.from({ length: 2 * values.length }, (_, place) => {
    const probability = values[place >> 1]!;
    return place % 2 === 0 ? 1 - probability : probability;
  });
  return { values: both, shape: [...shape.slice(0, -1), 2] };
}

/** Row by row along the last axis. */
function byRows({ values, shape }: ProofValues, compute: (row: Float32Array) => Float32Array): Float32Array {
  const width = shape[shape.length - 1] ?? 1;
  const result = new Float32Array(values.length);
  for (let row = 0; row < result.length; row += width) result.set(compute(values.subarray(row, row + width)), row);
  return result;
}

function softmax(logits: Float32Array): Float32Array {
  const largest = largestIn(logits);
  const powers = logits.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

function logSoftmax(logits: Float32Array): Float32Array {
  const largest = largestIn(logits);
  const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
  return logits.map((value) => value - largest - Math.log(sum));
}

function largestIn(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

interface OutputError {
  readonly absolute: number;
  /** Against the largest output of the case. */
  readonly relative: number;
  readonly scale: number;
}

/** Infinities and "not a number" agree with themselves only; a disagreement there is the largest error there is. */
function compareOutputs(a: Float32Array, b: Float32Array): OutputError {
  let absolute = 0;
  let scale = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (Object.is(x, y)) continue;
    const error = Math.abs(x - y);
    absolute = Math.max(absolute, Number.isFinite(error) ? error : Number.MAX_VALUE);
  }
  for (const value of a) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  return { absolute, relative: scale > 0 ? absolute / scale : absolute, scale };
}
