import { t } from '../../l10n';
import type { OnnxModel, OnnxTensor } from '../../onnx/model';
import { elementCount, type NumberArray } from '../../onnx/tensor';
import type { Comparison } from '../compare/compare';
import { areNearly, type Constant, computedConstant, isFloat, valuesOfSource } from '../graph/constants';
import type { GraphNode } from '../graph/graph';
import { hasBias, isRecurrent, nodeName } from '../graph/wording';
import { type Outcome, withTensors } from './load';

/**
 * The intended graph with the exported graph's weights, role by role over the alignment. Where one side shows a batch
 * normalization and the other has it folded, the one that shows it gets the folded weights and normalises by nothing
 * (mean 0, variance 1, scale the square root of 1 + epsilon).
 */
export function carryWeights({ intended, exported, pairs }: Comparison): Outcome<OnnxModel> {
  const carrier = new Carrier();
  for (const [place, node] of intended.order.entries()) {
    const partner = exported.order[pairs[place]!];
    if (!partner) return { ok: false, reason: t('{0} has no counterpart', nodeName(node)) };
    const problem = carryNode(node, partner, carrier);
    if (problem) return { ok: false, reason: problem };
  }
  return withTensors(intended.model, carrier.tensors, intended.source);
}

/** Collects what the intended graph's tensors get. A tensor that two layers share cannot be given two values. */
class Carrier {
  readonly tensors = new Map<OnnxTensor, NumberArray>();

  /** What is in the way, or nothing. */
  put(into: Constant, values: NumberArray, node: GraphNode): string | undefined {
    if (into.parts) return this.putParts(into.parts, values, node);
    // What is worked out of weights is there already when both files have the same weights.
    if (!into.source && areNearly(into.values(), values)) return undefined;
    const own = valuesOfSource(into, Float32Array.from(values));
    if (!own || !into.source) return t('the weights of {0} are computed in the intended graph', nodeName(node));
    const { tensor } = into.source;
    if (!isFloat(tensor.dataType)) return t('the weights of {0} are no floating-point numbers', nodeName(node));
    const before = this.tensors.get(tensor);
    const both = before ? united(before, own) : own;
    if (!both) return t('{0} shares its weights with another layer in the intended graph only', nodeName(node));
    this.tensors.set(tensor, both);
    return undefined;
  }

  /** Of a sum the first term gets all, the others zeros; no terms are zeros already. */
  private putParts(parts: NonNullable<Constant['parts']>, values: NumberArray, node: GraphNode): string | undefined {
    const size = values.length / parts.length;
    for (const [place, [first, ...others]] of parts.entries()) {
      const own = values.slice(place * size, (place + 1) * size);
      if (!first && own.some((value) => value !== 0)) {
        return t('the intended graph has no place for a bias of {0}', nodeName(node));
      }
      const zeros = new Float32Array(size);
      const problem =
        (first && this.put(first, own, node)) ??
        others.map((other) => this.put(other, zeros, node)).find((each) => each !== undefined);
      if (problem) return problem;
    }
    return undefined;
  }
}

/** Values of one tensor from two views of it: what one leaves open (not a number) comes from the other. */
function united(a: NumberArray, b: NumberArray): NumberArray | undefined {
  if (a.length !== b.length) return undefined;
  const isFree = (value: number | undefined, index: number) => Number.isNaN(a[index]) || Number.isNaN(value);
  if (!b.every((value, index) => isFree(value, index) || value === a[index])) return undefined;
  return Float32Array.from(a, (value, index) => (Number.isNaN(value) ? b[index]! : value));
}

function carryNode(a: GraphNode, b: GraphNode, carrier: Carrier): string | undefined {
  if (hasBias(a)) return carryLayer(a, b, carrier);
  if (a.op === 'batch_normalization') return carryNormalization(a, b, carrier);
  for (const [role, constant] of a.parameters) {
    const from = b.parameters.get(role);
    const isAbsent = role === 'bias' && !from;
    const problem = isAbsent
      ? carrier.put(constant, new Float32Array(elementCount(constant.shape)), a)
      : copy(constant, from && role === 'bias' && isRecurrent(a) ? inFront(from, a) : from, a, carrier);
    if (problem) return problem;
  }
  return undefined;
}

/**
 * The biases of a recurrent layer, of inputs and of states, `[directions, 2 * gates * units]`, as ones of the inputs as far as it
 * makes no difference on which side they are added: a cell in its parts may have no place for the others. Only what a GRU
 * resets behind its product is on the side of the states for good.
 */
function inFront(bias: Constant, { op, settings }: GraphNode): Constant {
  const units = Number(settings.unit);
  const half = bias.shape[1]! / 2;
  const fixed = op === 'gru' && settings.reset_after ? half - units : half;
  return computedConstant(bias.shape, bias.dataType, () => {
    const values = bias.values();
    return (
      values &&
      Float64Array.from(values, (value, at) => {
        const place = at % (2 * half);
        if (place % half >= fixed) return value;
        return place < half ? value + values[at + half]! : 0;
      })
    );
  });
}

function copy(into: Constant, from: Constant | undefined, node: GraphNode, carrier: Carrier): string | undefined {
  const values = from?.values();
  return values ? carrier.put(into, values, node) : notThere(node);
}

function notThere(node: GraphNode): string {
  return t('the weights of {0} are not in the exported file', nodeName(node));
}

/** A convolution or dense layer with what is folded into it. */
function carryLayer(a: GraphNode, b: GraphNode, carrier: Carrier): string | undefined {
  const weight = b.parameters.get('weight')?.values();
  const biasConstant = b.parameters.get('bias');
  const bias = biasConstant?.values();
  if (!weight || (biasConstant && !bias)) return notThere(b);
  const outputs = Number(a.settings.channel ?? a.settings.unit);
  const affine = b.normalization ? affineOf(b.normalization) : undefined;
  if (b.normalization && !affine) return notThere(b);
  if (!a.normalization) return putFolded(a, weight, bias, affine, outputs, carrier);
  const ownBias = a.parameters.get('bias');
  const problem =
    carrier.put(a.parameters.get('weight')!, weight, a) ??
    (ownBias ? carrier.put(ownBias, bias ?? new Float32Array(outputs), a) : undefined);
  if (problem) return problem;
  const loose = ownBias ? undefined : bias;
  if (b.normalization && !loose && sameRoles(a.normalization, b.normalization)) {
    return carryNormalization(a.normalization, b.normalization, carrier);
  }
  return putAffine(a.normalization, withBias(affine ?? identity(outputs), loose), carrier);
}

/** Into a layer without a normalization of its own: everything into weight and bias. */
function putFolded(
  a: GraphNode,
  weight: NumberArray,
  bias: NumberArray | undefined,
  affine: Affine | undefined,
  outputs: number,
  carrier: Carrier,
): string | undefined {
  const total = affine ? withBias(affine, bias) : undefined;
  const perOutput = weight.length / outputs;
  const folded = total
    ? Float64Array.from(weight, (value, index) => value * total.scale[Math.floor(index / perOutput)]!)
    : weight;
  const shift = total ? total.shift : bias;
  const into = a.parameters.get('bias');
  if (!into && shift?.some((value) => value !== 0))
    return t('{0} has no place for a bias in the intended graph', nodeName(a));
  return (
    carrier.put(a.parameters.get('weight')!, folded, a) ??
    (into ? carrier.put(into, shift ?? new Float32Array(outputs), a) : undefined)
  );
}

function carryNormalization(a: GraphNode, b: GraphNode, carrier: Carrier): string | undefined {
  if (!sameRoles(a, b)) {
    const affine = affineOf(b);
    return affine ? putAffine(a, affine, carrier) : notThere(b);
  }
  for (const [role, constant] of a.parameters) {
    const problem = copy(constant, b.parameters.get(role), a, carrier);
    if (problem) return problem;
  }
  return undefined;
}

function sameRoles(a: GraphNode, b: GraphNode): boolean {
  return a.parameters.has('mean') === b.parameters.has('mean');
}

/** `y = scale x + shift`, per channel. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

function identity(channels: number): Affine {
  return { scale: new Float64Array(channels).fill(1), shift: new Float64Array(channels) };
}

function affineOf(normalization: GraphNode): Affine | undefined {
  const value = (role: string): NumberArray | undefined => normalization.parameters.get(role)?.values();
  const scale = value('scale');
  const shift = value('shift');
  if (!scale || !shift) return undefined;
  if (!normalization.parameters.has('mean'))
    return { scale: Float64Array.from(scale), shift: Float64Array.from(shift) };
  const mean = value('mean');
  const variance = value('variance');
  if (!mean || !variance) return undefined;
  const epsilon = Number(normalization.settings.epsilon ?? 1e-5);
  const factor = Float64Array.from(scale, (each, channel) => each / Math.sqrt(variance[channel]! + epsilon));
  return {
    scale: factor,
    shift: Float64Array.from(shift, (each, channel) => each - mean[channel]! * factor[channel]!),
  };
}

/** The affine map behind an addition of `bias`. */
function withBias({ scale, shift }: Affine, bias: NumberArray | undefined): Affine {
  return bias
    ? { scale, shift: shift.map((each, channel) => each + scale[channel]! * bias[channel]!) }
    : { scale, shift };
}

function putAffine(a: GraphNode, { scale, shift }: Affine, carrier: Carrier): string | undefined {
  const channels = scale.length;
  if (!a.parameters.has('mean')) {
    return carrier.put(a.parameters.get('scale')!, scale, a) ?? carrier.put(a.parameters.get('shift')!, shift, a);
  }
  const deviation = Math.sqrt(1 + Number(a.settings.epsilon ?? 1e-5));
  return (
    carrier.put(
      a.parameters.get('scale')!,
      scale.map((each) => each * deviation),
      a,
    ) ??
    carrier.put(a.parameters.get('shift')!, shift, a) ??
    carrier.put(a.parameters.get('mean')!, new Float64Array(channels), a) ??
    carrier.put(a.parameters.get('variance')!, new Float64Array(channels).fill(1), a)
  );
}
