import { DataType } from '../../onnx/model';
import { computedConstant, reshaped, transposed } from './constants';
import { type GraphNode, intAttribute, isKnown, type MatchGraph } from './graph';
import { knownIntegers } from './integers';
import { permutationOf } from './operatorArguments';
import { outputShape } from './outputShape';

/** Operators that show a constant in another shape or order, or hand it on: `Identity` on weights, a transposed weight. */
export function foldView(node: GraphNode, graph: MatchGraph, output: string): void {
  // Sizes become numbers: `1 / sqrt(x.size(-1))`.
  const sizes = node.op === 'Cast' ? knownIntegers(node.inputs[0] ?? '', graph) : undefined;
  const constant = graph.constant(node.inputs[0]) ?? sizes;
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
    const permutation = permutationOf(node, constant.shape.length);
    // Of a damaged file, it may be none.
    const isOne =
      permutation.length === constant.shape.length && constant.shape.every((_, axis) => permutation.includes(axis));
    if (isOne) graph.constants.set(output, transposed(constant, permutation));
  } else if (node.op === 'Reshape' || node.op === 'Unsqueeze' || node.op === 'Squeeze' || node.op === 'Flatten') {
    const shape = outputShape(node, graph);
    if (isKnown(shape)) graph.constants.set(output, reshaped(constant, shape));
  }
}
