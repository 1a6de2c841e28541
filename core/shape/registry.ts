import { activation } from './layers/activation';
import { add } from './layers/add';
import { attentionSet } from './layers/attentionSet';
import { averagePooling } from './layers/averagePooling';
import { batchNormalization } from './layers/batchNormalization';
import { blockOf } from './layers/block';
import { concatenate } from './layers/concatenate';
import { conv1dSet } from './layers/conv1dSet';
import { conv2dSet } from './layers/conv2dSet';
import { conv2dTransposeSet } from './layers/conv2dTransposeSet';
import { denseSet } from './layers/denseSet';
import { depthwiseConv2dSet } from './layers/depthwiseConv2dSet';
import { dropout } from './layers/dropout';
import { embeddingSet } from './layers/embeddingSet';
import { flatten } from './layers/flatten';
import { globalAveragePooling } from './layers/globalAveragePooling';
import { globalMaxPooling } from './layers/globalMaxPooling';
import { groupNormalization } from './layers/groupNormalization';
import { gruSet } from './layers/gruSet';
import { layerNormalization } from './layers/layerNormalization';
import { lstmSet } from './layers/lstmSet';
import { maxpooling } from './layers/maxpooling';
import { multiply } from './layers/multiply';
import { permute } from './layers/permute';
import { reshape } from './layers/reshape';
import { separableConv2dSet } from './layers/separableConv2dSet';
import { transformerSet } from './layers/transformerSet';
import { upsampling2d } from './layers/upsampling2d';
import { zeroPadding2d } from './layers/zeroPadding2d';
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
  conv2dTransposeSet,
  embeddingSet,
  lstmSet,
  gruSet,
  attentionSet,
  transformerSet,
  layerNormalization,
  groupNormalization,
  reshape,
  permute,
  upsampling2d,
  zeroPadding2d,
  blockOf((type) => layerTypes.get(type)!),
];

/** By canonical type. The settings that a type is given have passed its definition in the JSON Schema. */
export const layerTypes: ReadonlyMap<string, LayerType> = new Map(types.map((type) => [type.type, type]));
