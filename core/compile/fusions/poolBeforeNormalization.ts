import type { Activation, BatchNormalization, Convolution, Operation, Pooling } from '../../shape/network';
import { activations } from '../activations';
import { parameterOf, type Trained, type TrainingEmission } from '../emission';
import { poolingAttributes } from '../operations/maxPooling';
import type { Fusion } from './fusion';
import { emitAffine } from './normalizationGradient';
import { emitNormalizedConvolution } from './normalizedConvolution';
import { suitsPatches } from './patches';
import { isTiling, routeToMaxima } from './unpool';

interface ConvolutionSet {
  readonly convolution: Convolution;
  readonly norm: BatchNormalization;
  readonly activation?: Activation;
  readonly pooling: Pooling;
}

/**
 * convolution -> batch norm -> activation -> max pooling, with the pooling first: where norm and activation never turn an
 * order round, the largest value before them is the largest after them, and they have a quarter of the values to do. Batch
 * norm turns the order round where its scale is negative; there the convolution's weight is negated and the scale taken as
 * positive.
 */
export const poolBeforeNormalization: Fusion = (chain, network) => {
  const set = setAtStart(chain);
  if (!set) return undefined;
  const usePatches = !network.needsGradient(set.convolution.inputs[0]) && suitsPatches(set.convolution);
  return {
    operations: [set.convolution, set.norm, ...(set.activation ? [set.activation] : []), set.pooling],
    train: (emission, [input]) => train(emission, set, input, usePatches),
  };
};

function setAtStart(chain: readonly Operation[]): ConvolutionSet | undefined {
  const [convolution, norm, ...tail] = chain;
  if (convolution?.kind !== 'convolution' || norm?.kind !== 'batch_normalization') return undefined;
  const activation = tail[0]?.kind === 'activation' ? tail[0] : undefined;
  const pooling = activation ? tail[1] : tail[0];
  if (pooling?.kind !== 'max_pooling' || !isTiling(pooling)) return undefined;
  if (activation && !activations[activation.activation].monotonic(activation.alpha)) return undefined;
  return { convolution, norm, activation, pooling };
}

function train(emission: TrainingEmission, set: ConvolutionSet, input: string, usePatches: boolean): Trained {
  const { graph } = emission;
  const { convolution, norm, activation, pooling } = set;
  const shape = pooling.outputShape;
  const scaleParameter = parameterOf(norm, 'scale');
  const scale = emission.parameter(scaleParameter);
  const negative = graph.add('Less', [scale, graph.scalar(0)]);
  const sign = graph.add('Where', [negative, graph.scalar(-1), graph.scalar(1)]);
  const convolved = emitNormalizedConvolution(emission, convolution, norm, input, { sign, usePatches });
  const maxima = graph.add('MaxPool', [convolved.output], poolingAttributes(pooling));
  const affine = emitAffine(emission, norm, maxima, { ...convolved, shape, scale: graph.add('Abs', [scale]) });
  const definition = activations[activation?.activation ?? 'linear'];
  const alpha = activation?.alpha ?? 0;
  const output = definition.apply(graph, affine.output, alpha);
  return {
    output,
    backward(gradient, [wanted]) {
      const inner = definition.gradient(graph, { input: affine.output, output, alpha, gradient });
      const parts = affine.backward(inner, (value) => graph.add('Mul', [value, sign]));
      const routed = routeToMaxima(graph, pooling, { input: convolved.output, maxima, gradient: inner });
      return [convolved.backward({ ...parts, gradient: routed }, wanted)];
    },
  };
}
