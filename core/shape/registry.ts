import { activation } from './layers/activation';
import { add } from './layers/add';
import { averagePooling } from './layers/averagePooling';
import { batchNormalization } from './layers/batchNormalization';
import { concatenate } from './layers/concatenate';
import { conv1dSet } from './layers/conv1dSet';
import { conv2dSet } from './layers/conv2dSet';
import { denseSet } from './layers/denseSet';
import { depthwiseConv2dSet } from './layers/depthwiseConv2dSet';
import { dropout } from './layers/dropout';
import { flatten } from './layers/flatten';
import { globalAveragePooling } from './layers/globalAveragePooling';
import { globalMaxPooling } from './layers/globalMaxPooling';
import { maxpooling } from './layers/maxpooling';
import { multiply } from './layers/multiply';
import { separableConv2dSet } from './layers/separableConv2dSet';
import type { LayerType } from './layerType';

/** Every layer type; the JSON Schema has a definition of each. */
const types: readonly LayerType[] = [
  conv1dSet,
  conv2dSet,
  depthwiseConv2dSet,
  separableConv2dSet,
  denseSet,
  maxpooling,
  averagePooling,
  globalAveragePooling,
  globalMaxPooling,
  flatten,
  batchNormalization,
  activation,
  dropout,
  add,
  multiply,
  concatenate,
];

/** By canonical type. The settings that a type is given have passed its definition in the JSON Schema. */
export const layerTypes: ReadonlyMap<string, LayerType> = new Map(types.map((type) => [type.type, type]));
