import type { LayerType } from '../layerType';
import { type ConvolutionSettings, convolution } from '../sliding';
import { appendTail, type Tail } from '../tail';

export const conv1dSet: LayerType<ConvolutionSettings & Tail> = {
  type: 'conv1d_set',
  expand(builder, settings) {
    convolution(builder, settings);
    appendTail(builder, settings);
  },
};
