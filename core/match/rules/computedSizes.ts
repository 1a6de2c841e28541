import { DataType } from '../../onnx/model';
import { computedConstant } from '../graph/constants';
import { outputOf, type TensorShape } from '../graph/graph';
import type { Rule } from './rule';

/**
 * A `Reshape` whose target is worked out from the sizes of other values (TorchScript: Shape, Gather, Unsqueeze, Concat) is one
 * to the sizes that come out of it, with `-1` for the batch. What worked them out is gone then, and no longer a second user of
 * the value that is reshaped, which would keep other rules away.
 *
 * Near miss: two sizes that are not known, of which a target can leave one open only.
 */
export const computedSizes: Rule = {
  name: 'computed-sizes',
  operators: ['Reshape'],
  apply(node, graph) {
    const [input, target] = node.inputs;
    const sizes = targetOf(graph.shape(outputOf(node)));
    if (!input || !target || graph.constant(target) || !sizes) return false;
    const name = `${outputOf(node)}/sizes`;
    graph.constants.set(
      name,
      computedConstant([sizes.length], DataType.int64, () => Float64Array.from(sizes)),
    );
    graph.shapes.set(name, [sizes.length]);
    graph.integers.set(name, sizes);
    graph.replace([node], { op: node.op, inputs: [input, name] });
    return true;
  },
};

/** As a Reshape is told them; none where a 0 would mean something else. */
function targetOf(shape: TensorShape | undefined): readonly number[] | undefined {
  const sizes = shape?.map((size) => (typeof size === 'number' ? size : -1));
  return sizes && !sizes.includes(0) && sizes.filter((size) => size < 0).length <= 1 ? sizes : undefined;
}
