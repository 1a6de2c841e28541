import { t } from '../../l10n';
import { type Constant, computedConstant } from '../graph/constants';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';

/** `1 - p` and `p` side by side, as scikit-learn's classifiers of two classes give out what one logistic unit says. */
interface Pair {
  /** The value `p`. */
  readonly probability: string;
  /** What makes two of it, the last of them the graph's output. */
  readonly nodes: readonly [GraphNode, GraphNode];
}

/**
 * Takes off what puts `1 - p` in front of the probability: it says nothing of its own.
 *
 * Near miss: `p` in front; the complement of another value.
 */
export function takeComplement(graph: MatchGraph): boolean {
  const pair = pairOf(graph);
  if (!pair) return false;
  const handed = graph.replace(pair.nodes, { op: 'Identity', inputs: [pair.probability] });
  const message = t('1 - p beside the probability p');
  graph.bypass(handed, { name: 'complement', message });
  return true;
}

/**
 * One logistic unit as two units with a softmax: `softmax(0, z)` is `1 - p` and `p` with `p = sigmoid(z)`, so that the first
 * unit's weights are zeros.
 *
 * Near miss: a unit whose value is used elsewhere; another activation than a sigmoid.
 */
export function logisticAsSoftmax(graph: MatchGraph): boolean {
  const pair = pairOf(graph);
  const sigmoid = pair && graph.producer(pair.probability);
  const dense = sigmoid && graph.soleProducer(sigmoid.inputs[0]);
  if (!pair || sigmoid?.settings.activation !== 'sigmoid' || dense?.op !== 'dense' || dense.settings.unit !== 1)
    return false;
  const both = `${outputOf(dense)}/beside 0`;
  const message = t(
    'one logistic unit, which gives 1 - p and p: what a softmax of two units gives, of which the first is 0',
  );
  graph.replace([sigmoid, ...pair.nodes], { op: 'activation', inputs: [both], settings: { activation: 'softmax' } });
  graph.replace(
    [dense],
    {
      op: 'dense',
      inputs: dense.inputs,
      outputs: [both],
      settings: { ...dense.settings, unit: 2 },
      parameters: new Map([...dense.parameters].map(([role, constant]) => [role, behindZeros(constant)])),
    },
    { name: 'logistic-as-softmax', message },
  );
  return true;
}

function pairOf(graph: MatchGraph): Pair | undefined {
  const last = graph.outputs.length === 1 ? graph.producer(graph.outputs[0]) : undefined;
  const [complement, probability, ...others] = last?.inputs ?? [];
  const first = graph.soleProducer(complement);
  const isPair = last?.op === 'concatenate' && last.settings.axis === 1 && graph.size(probability, 1) === 1;
  if (!last || !probability || others.length > 0 || !isPair) return undefined;
  if (first?.op !== 'Sub' || first.settings['input 0'] !== 1 || first.inputs[0] !== probability) return undefined;
  return graph.users(probability).length === 2 ? { probability, nodes: [first, last] } : undefined;
}

/** The weights of one unit behind those of a unit that gives 0. */
function behindZeros(constant: Constant): Constant {
  const [, ...rest] = constant.shape;
  const made = computedConstant([2, ...rest], constant.dataType, () => {
    const values = constant.values();
    return values && Float64Array.of(...new Float64Array(values.length), ...values);
  });
  const ownCount = rest.reduce((product, size) => product * size, 1);
  return { ...made, ownCount };
}
