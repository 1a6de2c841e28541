import { tensorValues } from '../../onnx/tensor';
import { computedConstant } from '../graph/constants';
import { outputOf } from '../graph/graph';
import { spelled } from './reshape';
import type { Rule } from './rule';

/**
 * `ConstantOfShape` of sizes that follow from the graph's input is one number that is repeated: TorchScript writes
 * `torch.zeros(batch, 8, 8)` so, dynamo an `Expand` of the number.
 *
 * Near miss: sizes that are not known.
 */
export const filled: Rule = {
  name: 'filled',
  operators: ['ConstantOfShape'],
  apply(node, graph) {
    const output = outputOf(node);
    const shape = graph.shape(output);
    const value = node.attributes.get('value');
    if (value?.type !== 'tensor' || !shape || graph.integers.has(output)) return false;
    const tensor = value.value;
    const name = `${output}/number`;
    graph.constants.set(
      name,
      computedConstant([], tensor.dataType, () => tensorValues(tensor)),
    );
    graph.shapes.set(name, []);
    graph.replace([node], { op: 'Expand', inputs: [name], settings: { size: spelled(shape) } });
    return true;
  },
};
