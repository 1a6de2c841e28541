import { scalar } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { otherInput, withScalar } from '../graph/pattern';
import { isActivation } from './activation';
import { composed } from './composedActivations';

/**
 * GELU as Keras computes it: `Mul 0.5, Neg, Mul 1/sqrt2, Erfc, Mul`. `Erfc` is no operator of ONNX, though tf2onnx writes it:
 * no runtime can run the file, which the report says; the proof runs it with `1 - Erf`.
 *
 * Near miss: `Erfc` of the value instead of its negative; another factor.
 */
export const geluByComplement = composed('gelu-by-complement', ['Mul', 'multiply'], (node, graph) => {
  for (const value of node.inputs) {
    const half = graph.producer(value);
    const input = withScalar(half, 'Mul', graph, 0.5);
    const complement = graph.producer(otherInput(node, value));
    const scaled = complement?.op === 'Erfc' ? graph.producer(complement.inputs[0]) : undefined;
    const negative = graph.producer(withScalar(scaled, 'Mul', graph, Math.SQRT1_2));
    if (!half || !input || !complement || !scaled || negative?.op !== 'Neg' || negative.inputs[0] !== input) continue;
    return { input, nodes: [half, negative, scaled, complement, node], activation: 'gelu' };
  }
  return undefined;
});

/**
 * ELU with another alpha than 1 as Keras computes it: `Greater 0, Not, Cast, Elu, Mul alpha, Mul`, `Cast, Mul` and `Add`, one
 * summand for each side of zero (tf2onnx).
 *
 * Near miss: the factor on the positive side; the comparison of another value, or with another number.
 */
export const eluBySides = composed('elu-composed', ['Add', 'add'], (node, graph) => {
  for (const value of node.inputs) {
    const negative = sideOf(graph.producer(value), 'Not', graph);
    const positive = sideOf(graph.producer(otherInput(node, value)), 'Greater', graph);
    const scaled = graph.producer(negative?.value);
    const elu = graph.producer(positive?.value);
    const alpha = scaled?.op === 'Mul' ? scalar(graph.constant(otherInput(scaled, positive?.value ?? ''))) : undefined;
    const input = isActivation(elu, 'elu') ? elu.inputs[0] : undefined;
    if (!negative || !positive || !scaled || !elu || !input || alpha === undefined || elu.settings.alpha !== 1)
      continue;
    const [greater, not] = [positive.condition, negative.condition];
    if (graph.producer(not.inputs[0]) !== greater || greater.inputs[0] !== input) continue;
    if (scalar(graph.constant(greater.inputs[1])) !== 0) continue;
    const nodes = [elu, greater, not, scaled, ...negative.nodes, ...positive.nodes, node];
    return { input, nodes, activation: 'elu', alpha };
  }
  return undefined;
});

/** `value * Cast(condition)`. */
function sideOf(product: GraphNode | undefined, condition: string, graph: MatchGraph) {
  if (product?.op !== 'Mul' && product?.op !== 'multiply') return undefined;
  for (const value of product.inputs) {
    const cast = graph.producer(otherInput(product, value));
    const producer = cast?.op === 'Cast' ? graph.producer(cast.inputs[0]) : undefined;
    if (cast && producer?.op === condition) return { value, condition: producer, nodes: [cast, product] };
  }
  return undefined;
}
