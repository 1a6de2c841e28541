import type { LayerType } from '../layerType';
import { type ConvolutionSettings, convolution } from '../sliding';
import { appendTail, type Tail } from '../tail';

type SeparableSettings = Omit<ConvolutionSettings, 'groups'> & Tail;

/** Chollet 2017 (Xception): each channel by itself, then a 1x1 convolution over the channels, with the bias. */
export const separableConv2dSet: LayerType<SeparableSettings> = {
  type: 'separable_conv2d_set',
  expand(builder, settings) {
    const channels = builder.shape.at(-1)!;
    convolution(builder, { ...settings, channel: channels, groups: channels, use_bias: false }, 'depthwise');
    convolution(builder, { ...pointwise, channel: settings.channel, use_bias: settings.use_bias });
    appendTail(builder, settings);
  },
};

const pointwise = { kernel: [1, 1], stride: [1, 1], padding: 'valid', dilation: [1, 1], groups: 1 } as const;
