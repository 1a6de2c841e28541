import type { ActivationFunction } from '../../shape/network';
import type { ActivationDefinition } from './activationDefinition';
import { elu } from './elu';
import { gelu } from './gelu';
import { hardSwish } from './hardSwish';
import { leakyRelu } from './leakyRelu';
import { linear } from './linear';
import { relu } from './relu';
import { relu6 } from './relu6';
import { selu } from './selu';
import { sigmoid } from './sigmoid';
import { silu } from './silu';
import { softmax } from './softmax';
import { softplus } from './softplus';
import { tanh } from './tanh';

export const activations: Readonly<Record<ActivationFunction, ActivationDefinition>> = {
  linear,
  relu,
  relu6,
  leaky_relu: leakyRelu,
  elu,
  selu,
  gelu,
  silu,
  hard_swish: hardSwish,
  sigmoid,
  tanh,
  softplus,
  softmax,
};
