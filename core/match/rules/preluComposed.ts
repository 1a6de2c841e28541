import { t } from '../../l10n';
import { type Constant, computedConstant, isFloat } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { constantBeside, isClosed, isProduct, otherInput } from '../graph/pattern';
import { isActivation } from './activation';
import type { Rule } from './rule';

/**
 * PReLU in its parts, as Keras computes it: `relu(x) + (-a) relu(-x)`, or `relu(x) - a relu(-x)`.
 *
 * Near miss: the relu of another value; `relu(x)` instead of `relu(-x)` in the second part; the parts exchanged in a difference.
 */
export const preluComposed: Rule = {
  name: 'prelu-composed',
  operators: ['Add', 'add', 'Sub'],
  apply(node, graph) {
    const found = partsOf(node, graph);
    if (!found || !isClosed(found.nodes, graph)) return false;
    const { slope, nodes, input } = found;
    const name = `${node.outputs[0]}/slope`;
    const sign = node.op === 'Sub' ? 1 : -1;
    const signed = computedConstant(slope.shape, slope.dataType, () => slope.values()?.map((value) => sign * value));
    const own = sign === 1 ? slope : signed;
    graph.constants.set(name, own);
    graph.shapes.set(name, own.shape);
    const message = t('{0} written as {1}', 'PReLU', nodes.map((part) => part.origin[0]?.opType).join(', '));
    graph.replace(nodes, { op: 'PRelu', inputs: [input, name] }, { name: preluComposed.name, message });
    return true;
  },
};

function partsOf(node: GraphNode, graph: MatchGraph) {
  for (const value of node.op === 'Sub' ? node.inputs.slice(0, 1) : node.inputs) {
    const positive = graph.producer(value);
    const product = graph.producer(otherInput(node, value));
    if (!isActivation(positive, 'relu') || !product || !isProduct(product)) continue;
    const beside = constantBeside(product, graph);
    const negative = graph.producer(beside?.value);
    const turned = isActivation(negative, 'relu') ? graph.producer(negative.inputs[0]) : undefined;
    const [input] = positive.inputs;
    if (!beside || !negative || !turned || !input || !isFloat(beside.constant.dataType)) continue;
    if (turned.op !== 'Neg' || turned.inputs[0] !== input) continue;
    const slope: Constant = beside.constant;
    return { input, slope, nodes: [positive, turned, negative, product, node] };
  }
  return undefined;
}
