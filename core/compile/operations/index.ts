import type { Operation, OperationKind } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { activation } from './activation';
import { averagePooling } from './averagePooling';
import { batchNormalization } from './batchNormalization';
import { concatenate } from './concatenate';
import { convolution } from './convolution';
import { dense } from './dense';
import { dropout } from './dropout';
import { flatten } from './flatten';
import { globalAveragePooling, globalMaxPooling } from './globalPooling';
import { maxPooling } from './maxPooling';
import { add, multiply } from './merge';

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
};

export function compilerOf(operation: Operation): OperationCompiler<Operation> {
  // The table's type ties each kind to its own operation; looking one up by a value loses that tie.
  return compilers[operation.kind] as OperationCompiler<Operation>;
}
