import type { LayerType } from '../layerType';
import { activation as activate } from '../operations';
import type { Tail } from '../tail';

export const activation: LayerType<Pick<Tail, 'activation'>> = {
  type: 'activation',
  expand: (builder, settings) => activate(builder, settings.activation),
};
