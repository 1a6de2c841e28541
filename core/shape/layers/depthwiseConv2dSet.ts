import type { LayerType } from '../layerType';
import { type ConvolutionSettings, convolution } from '../sliding';
import { appendTail, type Tail } from '../tail';

interface DepthwiseSettings extends Omit<ConvolutionSettings, 'channel' | 'groups'>, Tail {
  readonly multiplier: number;
}

/** Each input channel is a group of its own. */
export const depthwiseConv2dSet: LayerType<DepthwiseSettings> = {
  type: 'depthwise_conv2d_set',
  expand(builder, settings) {
    const groups = builder.shape.at(-1)!;
    convolution(builder, { ...settings, channel: groups * settings.multiplier, groups });
    appendTail(builder, settings);
  },
};
