import type { Rule } from './rule';

/**
 * A batch normalization right behind a convolution or dense layer becomes part of it. Every PyTorch exporter folds it into
 * the convolution's weights in eval mode (`Conv` alone), dynamo also into `Gemm`; a graph that still shows it is
 * brought to the same form, and the comparison says what could be seen on each side.
 *
 * Near miss: a transposed convolution of several groups; something between them (an activation, another user of the convolution's output); a dense layer on more than
 * two axes, where batch norm's channels are another axis than the units.
 */
export const foldedNormalization: Rule = {
  name: 'batch-norm-folded',
  operators: ['batch_normalization'],
  apply(node, graph) {
    const layer = graph.soleProducer(node.inputs[0]);
    if (!layer || layer.normalization) return false;
    const isDense = layer.op === 'dense' && graph.shape(node.inputs[0])?.length === 2;
    const isTransposed = layer.op === 'transposed_convolution' && layer.settings.groups === 1;
    if (layer.op !== 'convolution' && !isTransposed && !isDense) return false;
    graph.replace([layer, node], {
      op: layer.op,
      inputs: layer.inputs,
      settings: layer.settings,
      parameters: layer.parameters,
      normalization: node,
    });
    return true;
  },
};
