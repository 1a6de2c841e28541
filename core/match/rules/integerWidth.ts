import { t } from '../../l10n';
import { DataType } from '../../onnx/model';
import { dataTypeOf } from '../graph/dataTypes';
import { intAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * A `Cast` from integers of 32 bits to some of 64, or back, hands on the numbers: the dynamo exporter counts positions in 64
 * bits where TorchScript stays with 32. No index of a model needs more than 32.
 *
 * Near miss: truth values, fractions, integers of 8 bits.
 */
export const integerWidth: Rule = {
  name: 'integer-width',
  operators: ['Cast'],
  apply(node, graph) {
    const types = [dataTypeOf(node.inputs[0], graph), intAttribute(node, 'to', DataType.undefined)];
    if (!types.every((type) => type === DataType.int32 || type === DataType.int64)) return false;
    graph.bypass(node, { name: integerWidth.name, message: t('integers of 32 bits made some of 64, or back') });
    return true;
  },
};
