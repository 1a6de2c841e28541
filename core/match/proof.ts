import { t } from '../l10n';
import { DataType, type OnnxModel } from '../onnx/model';
import { elementCount } from '../onnx/tensor';
import { carryWeights, type Outcome } from './carry';
import type { Comparison } from './compare';
import { transposeValues } from './constants';
import { type Dimension, isKnown } from './graph';
import { denormalize, normalize } from './inputNormalization';
import { type ProofInput, proofInputs } from './proofInputs';
import type { NumericProof } from './report';
import type { PreparedSide } from './side';

/** What has to be run: both models on the same inputs, each in its own terms. */
export interface ProofPlan {
  /** The intended graph with the exported weights. */
  readonly model: OnnxModel;
  readonly cases: readonly ProofCase[];
  readonly intended: ProofRun;
  readonly exported: ProofRun;
  readonly tolerance: Tolerance;
}

export interface ProofRun {
  readonly input: string;
  readonly dataType: number;
  readonly output: string;
  /** Applied to this side's output before it is compared, when the other side ends in it. */
  readonly head?: 'softmax' | 'sigmoid';
}

export interface ProofCase {
  readonly name: string;
  readonly batch: number;
  readonly intended: ProofValues;
  readonly exported: ProofValues;
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
const BATCHES = [1, 3];
/** Elements of one batch. */
const LARGEST_INPUT = 5e7;

/** How to prove by example that both graphs compute the same, or why that cannot be done. `relative` overrides the tolerance. */
export function planProof(comparison: Comparison, relative?: number): Outcome<ProofPlan> {
  const { intended, exported } = comparison;
  const ends = singleEnds(intended) && singleEnds(exported);
  if (!ends) return { ok: false, reason: t('only graphs of one input and one output are run so far') };
  const model = carryWeights(comparison);
  if (!model.ok) return model;
  const cases = proofCases(intended, exported);
  if (!cases.ok) return cases;
  const usual = isHalf(exported) ? HALF_TOLERANCE : TOLERANCE;
  return {
    ok: true,
    value: {
      model: model.value,
      cases: cases.value,
      intended: proofRun(intended, exported.head),
      exported: proofRun(exported, intended.head),
      tolerance: relative === undefined ? usual : { absolute: relative / 10, relative },
    },
  };
}

/** Holds the outputs of both sides against each other, case by case. */
export function judgeProof(
  plan: ProofPlan,
  outputs: readonly { readonly intended: ProofValues; readonly exported: ProofValues }[],
): NumericProof {
  const { tolerance } = plan;
  const inputs: NonNullable<NumericProof['inputs']>[number][] = [];
  let reason: string | undefined;
  for (const [index, { name, batch }] of plan.cases.entries()) {
    const { intended, exported } = outputs[index]!;
    if (intended.shape.join() !== exported.shape.join()) {
      reason ??= t(
        'the outputs have different shapes: {0} intended, {1} exported',
        intended.shape.join(' x '),
        exported.shape.join(' x '),
      );
      break;
    }
    const error = compareOutputs(applyHead(intended, plan.intended.head), applyHead(exported, plan.exported.head));
    inputs.push({ name, batch, maxAbsoluteError: error.absolute, maxRelativeError: error.relative });
    if (error.absolute > tolerance.absolute + tolerance.relative * error.scale) {
      reason ??= t('for {0} inputs at batch {1} the outputs differ by {2}', name, batch, error.absolute.toPrecision(3));
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

function singleEnds({ canonical: { graph } }: PreparedSide): boolean {
  return graph.inputs.length === 1 && graph.outputs.length === 1;
}

function isHalf(side: PreparedSide): boolean {
  return side.order.some((node) =>
    [...node.parameters.values()].some(
      ({ dataType }) => dataType === DataType.float16 || dataType === DataType.bfloat16,
    ),
  );
}

function proofRun(side: PreparedSide, otherHead: PreparedSide['head']): ProofRun {
  const [input] = side.canonical.graph.inputs;
  const output = side.model.graph.outputs[0]?.name ?? '';
  return { input: input!.name, dataType: input!.dataType, output, ...(otherHead ? { head: otherHead } : {}) };
}

function proofCases(intended: PreparedSide, exported: PreparedSide): Outcome<ProofCase[]> {
  const shape = inputShape(intended) ?? inputShape(exported);
  if (!shape) return { ok: false, reason: t('the size of the input is not known') };
  const batches = batchSizes(intended, exported);
  if (batches && elementCount(shape) * Math.max(...batches) > LARGEST_INPUT) {
    return { ok: false, reason: t('an input of {0} is too large to be tried', shape.join(' x ')) };
  }
  if (!batches) return { ok: false, reason: t('the batch axes are frozen to different sizes') };
  const { dataType } = exported.canonical.graph.inputs[0]!;
  const vocabulary = (intended.network ?? exported.network)?.scheme.data.vocabulary;
  const cases = proofInputs(shape, batches, dataType, vocabulary).map((input) =>
    proofCase(input, shape, intended, exported),
  );
  const missing = cases.includes(undefined);
  return missing
    ? { ok: false, reason: t('the constants of the normalisation are not in the file') }
    : { ok: true, value: cases as ProofCase[] };
}

/** The given values are what enters the network; the side with a normalisation in front is fed so that it comes to them. */
function proofCase(
  { name, batch, values }: ProofInput,
  sample: readonly number[],
  intended: PreparedSide,
  exported: PreparedSide,
): ProofCase | undefined {
  const shape = [batch, ...sample];
  const [bare, dressed] = exported.canonical.normalization ? [intended, exported] : [exported, intended];
  const steps = dressed.canonical.normalization?.steps ?? [];
  const raw = denormalize(values, shape, steps);
  const plain = raw && normalize(raw, shape, steps);
  if (!raw || !plain) return undefined;
  const [first, second] = bare === intended ? [plain, raw] : [raw, plain];
  return { name, batch, intended: laidOut(first, shape, intended), exported: laidOut(second, shape, exported) };
}

/** In the layout that the side's file wants. */
function laidOut(values: Float32Array, shape: readonly number[], { canonical }: PreparedSide): ProofValues {
  if (!canonical.channelsLast) return { values, shape };
  const permutation = [0, ...shape.slice(2).map((_, axis) => axis + 2), 1];
  const moved = Float32Array.from(transposeValues(values, shape, permutation));
  return { values: moved, shape: permutation.map((axis) => shape[axis]!) };
}

/** Sizes that neither side gives: an image large enough to pass any number of poolings. */
const OPEN_SIZE = 64;

function inputShape({ canonical: { graph } }: PreparedSide): readonly number[] | undefined {
  const shape = graph.shape(graph.inputs[0]?.name)?.slice(1);
  if (!shape) return undefined;
  const sizes = shape.map((size: Dimension, axis) =>
    typeof size === 'number' ? size : axis > 0 ? OPEN_SIZE : undefined,
  );
  return isKnown(sizes as Dimension[]) ? (sizes as number[]) : undefined;
}

function batchSizes(...sides: readonly PreparedSide[]): readonly number[] | undefined {
  const frozen = new Set(
    sides.flatMap(({ canonical: { graph } }) => graph.inputs[0]?.shape?.[0] ?? []).filter(Number.isInteger),
  );
  if (frozen.size === 0) return BATCHES;
  return frozen.size === 1 ? ([...frozen] as number[]) : undefined;
}

function applyHead(output: ProofValues, head: 'softmax' | 'sigmoid' | undefined): Float32Array {
  if (!head) return output.values;
  if (head === 'sigmoid') return output.values.map((value) => 1 / (1 + Math.exp(-value)));
  const width = output.shape[output.shape.length - 1] ?? 1;
  const result = new Float32Array(output.values.length);
  for (let row = 0; row < result.length; row += width) {
    const logits = output.values.subarray(row, row + width);
    const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const powers = logits.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    result.set(
      powers.map((value) => value / sum),
      row,
    );
  }
  return result;
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
