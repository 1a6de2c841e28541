import { t } from '../../l10n';
import { type Constant, reshaped, transposed } from '../graph/constants';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Gemm` with a constant matrix is a dense layer, whichever way the matrix lies: PyTorch writes `transB=1`, tf2onnx
 * `transB=0`.
 *
 * Near miss: `alpha` or `beta` other than 1; a transposed input; a bias that differs from row to row.
 */
export const denseFromGemm: Rule = {
  name: 'dense-from-gemm',
  operators: ['Gemm'],
  apply(node, graph) {
    const [input, matrixName, biasName] = node.inputs;
    const matrix = graph.constant(matrixName);
    if (!input || matrix?.shape.length !== 2 || intAttribute(node, 'transA', 0)) return false;
    if (floatAttribute(node, 'alpha', 1) !== 1) return false;
    const isOutIn = intAttribute(node, 'transB', 0) === 1;
    const weight = isOutIn ? matrix : transposed(matrix, [1, 0]);
    const bias = biasName ? vector(graph.constant(biasName), weight.shape[0]!) : undefined;
    if (biasName && (!bias || floatAttribute(node, 'beta', 1) !== 1)) return false;
    replaceByDense(graph, [node], input, weight, bias, isOutIn ? undefined : t('dense weights written as [in, out]'));
    return true;
  },
};

/**
 * `MatMul` with a constant matrix: a dense layer without bias. PyTorch writes `nn.Linear(bias=False)` and every linear
 * layer on more than two axes so.
 *
 * Near miss: a constant on the left, or of three axes: one matrix per batch element.
 */
export const denseFromMatMul: Rule = {
  name: 'dense-from-matmul',
  operators: ['MatMul'],
  apply(node, graph) {
    const [input, matrixName] = node.inputs;
    const matrix = graph.constant(matrixName);
    if (!input || graph.constant(input) || matrix?.shape.length !== 2) return false;
    const message = t('dense layer written as MatMul');
    replaceByDense(graph, [node], input, transposed(matrix, [1, 0]), undefined, message);
    return true;
  },
};

/**
 * An `Add` of one number per unit or channel behind a dense layer or convolution is its bias. Keras (tf2onnx) writes
 * `MatMul, Add`.
 *
 * Near miss: a bias is there already; the constant has the shape of more than the channels; a constant per *column* of a
 * convolution, which only has the right length.
 */
export const addAsBias: Rule = {
  name: 'bias-as-add',
  operators: ['Add'],
  apply(node, graph) {
    const constantFirst = graph.constant(node.inputs[0]) !== undefined;
    const constant = graph.constant(node.inputs[constantFirst ? 0 : 1]);
    const layer = graph.soleProducer(node.inputs[constantFirst ? 1 : 0]);
    if (!constant || !layer || layer.parameters.has('bias') || layer.normalization || layer.dropouts.length > 0)
      return false;
    const bias = biasOf(layer, constant);
    if (!bias) return false;
    graph.replace(
      [layer, node],
      {
        op: layer.op,
        inputs: layer.inputs,
        settings: layer.settings,
        parameters: new Map([...layer.parameters, ['bias', bias]]),
      },
      { name: addAsBias.name, message: t('bias written as an Add behind') },
    );
    return true;
  },
};

function replaceByDense(
  graph: MatchGraph,
  absorbed: readonly GraphNode[],
  input: string,
  weight: Constant,
  bias: Constant | undefined,
  message: string | undefined,
): void {
  graph.replace(
    absorbed,
    {
      op: 'dense',
      inputs: [input],
      settings: { unit: weight.shape[0]! },
      parameters: new Map([['weight', weight], ...(bias ? ([['bias', bias]] as const) : [])]),
    },
    message ? { name: 'dense-layout', message } : undefined,
  );
}

function biasOf(layer: GraphNode, constant: Constant): Constant | undefined {
  if (layer.op === 'dense') return vector(constant, Number(layer.settings.unit));
  if (layer.op !== 'convolution' && layer.op !== 'transposed_convolution') return undefined;
  const channels = Number(layer.settings.channel);
  const rank = layer.parameters.get('weight')!.shape.length;
  const perChannel = constant.shape.length === rank || constant.shape.length === rank - 1;
  const expected = [channels, ...Array.from({ length: rank - 2 }, () => 1)];
  const tail = constant.shape.slice(-(rank - 1));
  if (!perChannel || tail.some((size, axis) => size !== expected[axis])) return undefined;
  return constant.shape.length === rank && constant.shape[0] !== 1 ? undefined : reshaped(constant, [channels]);
}

/** `[n]` or `[1, ..., n]` as `[n]`. */
function vector(constant: Constant | undefined, length: number): Constant | undefined {
  if (!constant || constant.shape[constant.shape.length - 1] !== length) return undefined;
  if (constant.shape.slice(0, -1).some((size) => size !== 1)) return undefined;
  return constant.shape.length === 1 ? constant : reshaped(constant, [length]);
}
