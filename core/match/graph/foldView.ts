import { DataType } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import { type Constant, computedConstant, reshaped, transposed } from './constants';
import { type GraphNode, intAttribute, isKnown, type MatchGraph } from './graph';
import { permutationOf } from './operatorArguments';
import { outputShape } from './outputShape';

/** Operators that show a constant in another shape or order, or hand it on: `Identity` on weights, a transposed weight. */
export function foldView(node: GraphNode, graph: MatchGraph, output: string): void {
  const constant = graph.constant(node.inputs[0]) ?? sizesAsConstant(node, graph);
  if (!constant) return;
  if (node.op === 'Identity') graph.constants.set(output, constant);
  else if (node.op === 'Cast') {
    const to = intAttribute(node, 'to', DataType.undefined);
    if (to === constant.dataType) graph.constants.set(output, constant);
    else
      graph.constants.set(
        output,
        computedConstant(constant.shape, to, () => constant.values()),
      );
  } else if (node.op === 'Transpose') {
    graph.constants.set(output, transposed(constant, permutationOf(node, constant.shape.length)));
  } else if (node.op === 'Reshape' || node.op === 'Unsqueeze' || node.op === 'Squeeze' || node.op === 'Flatten') {
    const shape = outputShape(node, graph);
    if (isKnown(shape)) graph.constants.set(output, reshaped(constant, shape));
  }
}

/** Sizes that become numbers: `1 / sqrt(x.size(-1))`. */
function sizesAsConstant(node: GraphNode, graph: MatchGraph): Constant | undefined {
  const sizes = graph.integers.get(node.inputs[0] ?? '');
  const shape = graph.shape(node.inputs[0]);
  if (node.op !== 'Cast' || !isKnown(sizes) || !isKnown(shape) || elementCount(shape) !== sizes.length)
    return undefined;
  return computedConstant(shape, DataType.int64, () => Float64Array.from(sizes));
}
