import { actionsOf, type Schema } from './scan';

type Kind =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'tensor'
  | 'sparseTensor'
  | 'valueInfo'
  | 'type'
  | 'tensorType'
  | 'holder'
  | 'map'
  | 'shape'
  | 'dimension'
  | 'operatorSet'
  | 'entry'
  | 'function';

/** The fields of `onnx.proto` that are read (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), by message and number. */
const schema: Schema<Kind> = {
  model: {
    1: 'integer',
    2: 'text',
    3: 'text',
    6: 'text',
    7: { once: 'graph' },
    8: 'operatorSet',
    14: 'entry',
    20: 'place',
    25: 'function',
  },
  graph: {
    1: 'node',
    2: 'text',
    5: 'tensor',
    11: 'valueInfo',
    12: 'valueInfo',
    13: 'valueInfo',
    15: 'sparseTensor',
  },
  node: {
    1: 'text',
    2: 'text',
    3: 'text',
    4: 'text',
    5: { repeating: 'attribute' },
    6: 'text',
    7: 'text',
    8: 'text',
    9: 'entry',
  },
  attribute: {
    1: 'text',
    2: 'float',
    3: 'integer',
    4: 'text',
    5: 'tensor',
    6: 'graph',
    7: 'floats',
    8: 'integers',
    9: 'text',
    10: 'tensor',
    11: 'graph',
    20: 'integer',
    21: 'text',
    22: 'sparseTensor',
  },
  tensor: {
    1: 'integers',
    2: 'integer',
    4: 'values',
    5: 'values',
    6: 'text',
    7: 'values',
    8: 'text',
    9: 'place',
    10: 'values',
    11: 'values',
    13: 'entry',
  },
  sparseTensor: { 1: 'tensor', 2: 'tensor', 3: 'integers' },
  valueInfo: { 1: 'text', 2: 'type' },
  type: { 1: 'tensorType', 4: 'holder', 5: 'map', 8: 'tensorType', 9: 'holder' },
  holder: { 1: 'type' },
  map: { 1: 'integer', 2: 'type' },
  tensorType: { 1: 'integer', 2: 'shape' },
  shape: { 1: 'dimension' },
  dimension: { 1: 'integer', 2: 'text' },
  operatorSet: { 1: 'text', 2: 'integer' },
  entry: { 1: 'text', 2: 'text' },
  function: {
    1: 'text',
    4: 'text',
    5: 'text',
    6: 'text',
    7: 'node',
    9: 'operatorSet',
    10: 'text',
    11: { repeating: 'attribute' },
    13: 'text',
  },
};

export const ONNX = actionsOf(schema);
