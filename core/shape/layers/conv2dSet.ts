import type { LayerType } from '../layerType';
import { type ConvolutionSettings, convolution } from '../sliding';
import { appendTail, type Tail } from '../tail';

export const conv2dSet: LayerType<ConvolutionSettings & Tail> = {
  type: 'conv2d_set',
  expand(builder, settings) {
    convolution(builder, settings);
    appendTail(builder, settings);
  },
};
