import { t } from '../../l10n';
import type { Attribute } from '../../onnx/model';
import { outputOf } from '../graph';
import type { Rule } from './rule';

/**
 * `MatMul` with a constant matrix on the left works on `[batch, channels, length]`: it is the dense layer at every position
 * of `[batch, length, channels]` between two transpositions.
 *
 * Near miss: a constant of three axes, one matrix per batch element; a value of two axes, where nothing says what is batch.
 */
export const densePerPosition: Rule = {
  name: 'dense-per-position',
  operators: ['MatMul'],
  apply(node, graph) {
    const [matrixName, input] = node.inputs;
    const matrix = graph.constant(matrixName);
    const shape = graph.shape(input);
    const output = graph.shape(outputOf(node));
    if (!input || graph.constant(input) || matrix?.shape.length !== 2 || shape?.length !== 3 || !output) return false;
    const [last, dense] = [`${outputOf(node)}/positions`, `${outputOf(node)}/dense`];
    const swapped = (sizes: typeof shape) => [sizes[0]!, sizes[2]!, sizes[1]!];
    graph.shapes.set(last, swapped(shape));
    graph.shapes.set(dense, swapped(output));
    const attributes = new Map<string, Attribute>([['perm', { type: 'ints', value: [0, 2, 1] }]]);
    const rest = { attributes: new Map(), settings: {}, parameters: new Map(), applied: [], dropouts: [] };
    const behind = graph.replace([node], { op: 'Transpose', inputs: [dense], attributes });
    const origin = behind.origin.splice(0, behind.origin.length);
    const applied = behind.applied.splice(0, behind.applied.length);
    graph.add({ ...rest, op: 'Transpose', inputs: [input], outputs: [last], attributes, origin: [] });
    graph.add({
      ...rest,
      op: 'dense',
      inputs: [last],
      outputs: [dense],
      settings: { unit: matrix.shape[0]! },
      parameters: new Map([['weight', matrix]]),
      origin,
      applied: [...applied, { name: densePerPosition.name, message: t('dense layer with the channels in front') }],
      dropouts: [...behind.dropouts.splice(0, behind.dropouts.length)],
    });
    return true;
  },
};
