import { DataType } from '../../onnx/model';
import { type GraphNode, intAttribute, type MatchGraph } from './graph';

/** Longer rows are given up on. */
const MOST_STEPS = 10_000;

/**
 * The type of a value's numbers, followed up to something that shows it: an input, a constant, a weight, a `Cast`.
 * `undefined` where an operator stands in between of which it is not known here that it keeps its input's type.
 */
export function dataTypeOf(value: string | undefined, graph: MatchGraph): number | undefined {
  let at = value;
  for (let steps = 0; at !== undefined && steps < MOST_STEPS; steps++) {
    const shown = graph.constant(at)?.dataType ?? graph.inputs.find(({ name }) => name === at)?.dataType;
    if (shown !== undefined) return shown;
    const node = graph.producer(at);
    if (!node || (node.outputs[0] !== at && node.op !== 'Split')) return undefined;
    if (node.op === 'Cast') return intAttribute(node, 'to', DataType.undefined);
    const made = TYPES[node.op];
    if (made !== undefined) return made;
    const weight = node.parameters.get('weight');
    if (weight) return weight.dataType;
    at = inputOfSameType(node);
  }
  return undefined;
}

/** Operators whose first output is of their first input's type. */
const KEEPING = new Set(
  (
    'Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Swish Mish Tanh Softplus Softsign Softmax ' +
    'LogSoftmax Clip Dropout Identity BatchNormalization InstanceNormalization LayerNormalization GroupNormalization ' +
    'Sqrt Exp Log Neg Abs Reciprocal Erf Floor Ceil Round Sign Add Sub Mul Div Pow Max Min Sum Mean Conv ConvTranspose ' +
    'Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool Flatten Reshape Transpose Concat Squeeze Unsqueeze ' +
    'Pad ReduceMean ReduceSum ReduceMax ReduceMin ReduceL1 ReduceL2 Expand Tile Slice Split Gather GatherElements CumSum Resize ' +
    'Sin Cos Tan Range'
  ).split(' '),
);

/** Of operators whose output is of one type, whatever goes in. */
const TYPES: Readonly<Record<string, DataType>> = {
  Shape: DataType.int64,
  Size: DataType.int64,
  Equal: DataType.bool,
  Greater: DataType.bool,
  GreaterOrEqual: DataType.bool,
  Less: DataType.bool,
  LessOrEqual: DataType.bool,
  And: DataType.bool,
  Or: DataType.bool,
  Not: DataType.bool,
  IsNaN: DataType.bool,
};

/** What a rule has read computes with numbers of one type. */
function inputOfSameType({ op, inputs }: GraphNode): string | undefined {
  return KEEPING.has(op) || /^[a-z]/.test(op) ? inputs[0] : undefined;
}
