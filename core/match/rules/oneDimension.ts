import { t } from '../../l10n';
import type { Attribute } from '../../onnx/model';
import { arrange, plainNode } from '../graph/arrange';
import { reshaped } from '../graph/constants';
import { type GraphNode, intsAttribute, type MatchGraph, outputOf } from '../graph/graph';
import { isComplete, type View, viewOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * A convolution or pooling of a sequence that was made a picture of one row: `Unsqueeze`, `Conv` with a kernel of one row,
 * `Squeeze`, as tf2onnx writes Keras' layers for sequences. The row is taken away in front and put back behind.
 *
 * Near miss: a kernel of several rows, padding of rows; a picture that has one row from the start.
 */
export const oneDimension: Rule = {
  name: 'one-dimension',
  operators: ['Conv', 'MaxPool', 'AveragePool'],
  apply(node, graph) {
    const [input, weightName] = node.inputs;
    const shape = graph.shape(input);
    const output = graph.shape(outputOf(node));
    const attributes = withoutRows(node.attributes);
    if (!input || shape?.length !== 4 || output?.length !== 4 || shape[2] !== 1 || output[2] !== 1) return false;
    const view = viewOf(input, graph);
    const isSequence = graph.shape(view.source)?.length === 3 && isComplete(view, graph);
    if (!hasOneRow(node, graph) || node.outputs.length > 1 || !isSequence) return false;
    const weight = node.op === 'Conv' ? graph.constant(weightName) : undefined;
    if (node.op === 'Conv' && weight?.shape[2] !== 1) return false;
    const inputs = [`${outputOf(node)}/sequence`, ...node.inputs.slice(1)];
    if (weight) {
      inputs[1] = `${weightName}/in one dimension`;
      graph.constants.set(
        inputs[1],
        reshaped(
          weight,
          weight.shape.filter((_, axis) => axis !== 2),
        ),
      );
      graph.shapes.set(inputs[1], graph.constant(inputs[1])!.shape);
    }
    replace(node, view, inputs, attributes, graph);
    return true;
  },
};

function replace(
  node: GraphNode,
  view: View,
  inputs: string[],
  attributes: ReadonlyMap<string, Attribute>,
  graph: MatchGraph,
): void {
  const [before, after] = [inputs[0]!, `${outputOf(node)}/in one dimension`];
  graph.shapes.set(before, withoutRow(graph.shape(node.inputs[0])!));
  graph.shapes.set(after, withoutRow(graph.shape(outputOf(node))!));
  const behind = graph.replace([node], { op: 'Reshape', inputs: [after] });
  const inFront = plainNode({ op: 'Identity', inputs: [view.source], outputs: [before] });
  graph.add(inFront);
  const message = t('a sequence laid out as a picture of one row');
  graph.add(
    plainNode({
      op: node.op,
      inputs,
      outputs: [after],
      attributes,
      origin: behind.origin.splice(0),
      applied: [...behind.applied.splice(0), { name: oneDimension.name, message }],
      dropouts: behind.dropouts.splice(0),
    }),
  );
  arrange(graph, inFront, view.source, withoutRow(view.axes));
}

function withoutRow<T>(axes: readonly T[]): readonly T[] {
  return axes.filter((_, axis) => axis !== 2);
}

/** The kernel covers one row, and no rows are added. */
function hasOneRow(node: GraphNode, graph: MatchGraph): boolean {
  const kernel = intsAttribute(node, 'kernel_shape') ?? graph.constant(node.inputs[1])?.shape.slice(2);
  const pads = intsAttribute(node, 'pads');
  return kernel?.[0] === 1 && (!pads || (pads[0] === 0 && pads[2] === 0));
}

/** The attributes of the window along the columns alone. */
function withoutRows(attributes: ReadonlyMap<string, Attribute>): ReadonlyMap<string, Attribute> {
  const result = new Map<string, Attribute>();
  for (const [name, attribute] of attributes) {
    if (attribute.type !== 'ints') result.set(name, attribute);
    else if (name === 'pads')
      result.set(name, { type: 'ints', value: [attribute.value[1] ?? 0, attribute.value[3] ?? 0] });
    else result.set(name, { type: 'ints', value: attribute.value.slice(1) });
  }
  return result;
}
