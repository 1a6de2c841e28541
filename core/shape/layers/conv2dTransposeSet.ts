import type { LayerType } from '../layerType';
import type { ConvolutionSettings } from '../sliding';
import { appendTail, type Tail } from '../tail';
import { transposedConvolution } from '../transposed';

export const conv2dTransposeSet: LayerType<ConvolutionSettings & Tail> = {
  type: 'conv2d_transpose_set',
  expand(builder, settings) {
    transposedConvolution(builder, settings);
    appendTail(builder, settings);
  },
};
