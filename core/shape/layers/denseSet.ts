import type { LayerType } from '../layerType';
import { dense } from '../operations';
import { appendTail, type Tail } from '../tail';

interface DenseSettings extends Tail {
  readonly unit: number;
  readonly use_bias: boolean;
}

export const denseSet: LayerType<DenseSettings> = {
  type: 'dense_set',
  expand(builder, settings) {
    dense(builder, settings.unit, settings.use_bias);
    appendTail(builder, settings);
  },
};
