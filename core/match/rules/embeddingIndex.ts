import { t } from '../../l10n';
import { scalar } from '../graph/constants';
import { type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { isClosed, otherInput } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * An embedding whose ids are cleaned first: `(id < 0) * (id + vocabulary) + not (id < 0) * id`, 9 nodes in front of the `Gather`
 * of Keras (tf2onnx). ONNX counts negative ids from the end by itself.
 *
 * Near miss: another number than the matrix has rows; the comparison with another number than zero; the branches swapped.
 */
export const embeddingIndex: Rule = {
  name: 'embedding-index',
  operators: ['Gather'],
  apply(node, graph) {
    const [matrixName, cleaned] = node.inputs;
    const matrix = graph.constant(matrixName);
    if (matrix?.shape.length !== 2 || intAttribute(node, 'axis', 0) !== 0) return false;
    const found = cleaning(graph.producer(cleaned), matrix.shape[0]!, graph);
    if (!found || !isClosed([...found.nodes, node], graph)) return false;
    graph.replace(
      [...found.nodes, node],
      { op: node.op, inputs: [matrixName!, found.ids], attributes: node.attributes },
      { name: embeddingIndex.name, message: t('negative ids are counted from the end in front of the embedding') },
    );
    return true;
  },
};

interface Cleaning {
  readonly ids: string;
  readonly nodes: readonly GraphNode[];
}

function cleaning(sum: GraphNode | undefined, rows: number, graph: MatchGraph): Cleaning | undefined {
  if (sum?.op !== 'Add' && sum?.op !== 'add') return undefined;
  for (const value of sum.inputs) {
    const raised = branch(graph.producer(value), graph);
    const plain = branch(graph.producer(otherInput(sum, value)), graph);
    const addition = graph.producer(raised?.value);
    const not = plain?.condition;
    const less = raised?.condition;
    if (!raised || !plain || addition?.op !== 'Add' || not?.op !== 'Not' || less?.op !== 'Less') continue;
    const ids = plain.value;
    const count = scalar(graph.constant(otherInput(addition, ids)));
    const below = comparedWithZero(less, graph);
    if (graph.producer(not.inputs[0]) !== less || count !== rows || below?.value !== ids) continue;
    return { ids, nodes: [...below.nodes, less, not, ...plain.nodes, addition, ...raised.nodes, sum] };
  }
  return undefined;
}

/** `value * Cast(condition)`. */
function branch(product: GraphNode | undefined, graph: MatchGraph) {
  if (product?.op !== 'Mul' && product?.op !== 'multiply') return undefined;
  for (const value of product.inputs) {
    const cast = graph.producer(otherInput(product, value));
    const condition = cast?.op === 'Cast' ? graph.producer(cast.inputs[0]) : undefined;
    if (cast && condition && (condition.op === 'Less' || condition.op === 'Not')) {
      return { value, condition, nodes: [cast, product] };
    }
  }
  return undefined;
}

/** `Less(ids, 0)`, the ids perhaps made floats first. */
function comparedWithZero(less: GraphNode, graph: MatchGraph): { value: string; nodes: GraphNode[] } | undefined {
  const [value, zero] = less.inputs;
  if (!value || scalar(graph.constant(zero)) !== 0) return undefined;
  const cast = graph.producer(value);
  return cast?.op === 'Cast' && cast.inputs[0] ? { value: cast.inputs[0], nodes: [cast] } : { value, nodes: [] };
}
