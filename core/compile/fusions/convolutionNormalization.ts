import { parameterOf } from '../emission';
import type { Fusion } from './fusion';
import { emitAffine } from './normalizationGradient';
import { emitNormalizedConvolution } from './normalizedConvolution';
import { suitsPatches } from './patches';

/** convolution -> batch norm: the norm need not centre what the convolution can. */
export const convolutionNormalization: Fusion = ([convolution, norm], network) => {
  if (convolution?.kind !== 'convolution' || norm?.kind !== 'batch_normalization') return undefined;
  const usePatches = !network.needsGradient(convolution.inputs[0]) && suitsPatches(convolution);
  return {
    operations: [convolution, norm],
    train(emission, [input]) {
      const convolved = emitNormalizedConvolution(emission, convolution, norm, input, { usePatches });
      const scale = emission.parameter(parameterOf(norm, 'scale'));
      const shape = norm.outputShape;
      const affine = emitAffine(emission, norm, convolved.output, { ...convolved, shape, scale });
      return {
        output: affine.output,
        backward: (gradient, [wanted]) => [convolved.backward(affine.backward(gradient), wanted)],
      };
    },
  };
};
