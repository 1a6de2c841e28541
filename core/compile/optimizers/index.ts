import type { OptimizerType } from '../../scheme/types';
import { adagrad } from './adagrad';
import { adam, adamw } from './adam';
import type { OptimizerDefinition } from './optimizerDefinition';
import { rmsprop } from './rmsprop';
import { sgd } from './sgd';

export const optimizers: Readonly<Record<OptimizerType, OptimizerDefinition>> = {
  adam,
  adamw,
  sgd,
  momentum: sgd,
  rmsprop,
  adagrad,
};
