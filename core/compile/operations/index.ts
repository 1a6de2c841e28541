import type { Operation, OperationKind } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { activation } from './activation';
import { attention } from './attention';
import { averagePooling } from './averagePooling';
import { batchNormalization } from './batchNormalization';
import { concatenate } from './concatenate';
import { convolution } from './convolution';
import { dense } from './dense';
import { densePerPosition } from './densePerPosition';
import { dropout } from './dropout';
import { embedding } from './embedding';
import { flatten } from './flatten';
import { globalAveragePooling, globalMaxPooling } from './globalPooling';
import { groupNormalization } from './groupNormalization';
import { layerNormalization } from './layerNormalization';
import { maxPooling } from './maxPooling';
import { add, multiply } from './merge';
import { permute } from './permute';
import { recurrent } from './recurrent';
import { reshape } from './reshape';
import { transposedConvolution } from './transposedConvolution';
import { upsampling } from './upsampling';
import { zeroPadding } from './zeroPadding';

type OfKind<Kind extends OperationKind, Each extends Operation = Operation> = Each extends Operation
  ? Kind extends Each['kind']
    ? Each
    : never
  : never;

/** One more kind of operation is one more file and one more line. */
const compilers: { readonly [Kind in OperationKind]: OperationCompiler<OfKind<Kind>> } = {
  convolution,
  dense,
  batch_normalization: batchNormalization,
  activation,
  max_pooling: maxPooling,
  average_pooling: averagePooling,
  global_average_pooling: globalAveragePooling,
  global_max_pooling: globalMaxPooling,
  dropout,
  flatten,
  add,
  multiply,
  concatenate,
  transposed_convolution: transposedConvolution,
  dense_per_position: densePerPosition,
  layer_normalization: layerNormalization,
  group_normalization: groupNormalization,
  zero_padding: zeroPadding,
  upsampling,
  reshape,
  permute,
  embedding,
  lstm: recurrent,
  gru: recurrent,
  attention,
};

export function compilerOf(operation: Operation): OperationCompiler<Operation> {
  // The table's type ties each kind to its own operation; looking one up by a value loses that tie.
  return compilers[operation.kind] as OperationCompiler<Operation>;
}
