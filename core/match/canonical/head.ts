import { t } from '../../l10n';
import type { LabelType } from '../../scheme/types';
import type { Network } from '../../shape/network';
import { type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { logisticAsSoftmax, takeComplement } from './complementPair';

/** What an export has behind the scheme's output, to be applied to that before both are compared. */
export type Head = 'softmax' | 'log_softmax' | 'sigmoid' | 'complement' | 'sigmoid and complement';

/**
 * Takes a serving head off: a scheme's outputs are logits, and exporters put the softmax (sigmoid for several labels) behind;
 * PyTorch's programs often its logarithm, and scikit-learn gives two probabilities for one.
 *
 * Near miss: the scheme ends in that activation itself, which then is a layer to be found.
 */
export function takeHead(graph: MatchGraph, { scheme, ...network }: Network): Head | undefined {
  const width = network.outputShape[network.outputShape.length - 1];
  const isPair = width === 1 && takeComplement(graph);
  if (width === 2 && scheme.data.labelType === 'classification') logisticAsSoftmax(graph);
  const activation = takeActivation(graph, scheme.data.labelType, network);
  if (!isPair) return activation;
  return activation === 'sigmoid' ? 'sigmoid and complement' : 'complement';
}

/**
 * Takes off what makes `[batch]` of the one output of each sample, `[batch, 1]`, as PyTorch programs do for their losses.
 *
 * Near miss: several outputs; a batch of one that is taken away.
 */
export function takeSqueeze(graph: MatchGraph, { outputShape }: Network): true | undefined {
  const last = graph.outputs.length === 1 ? graph.producer(graph.outputs[0]) : undefined;
  const [from, to] = [graph.shape(last?.inputs[0]), graph.shape(graph.outputs[0])];
  const isSqueeze = from?.length === 2 && to?.length === 1 && from[1] === 1 && from[0] === to[0];
  if (last?.op !== 'Reshape' || !isSqueeze || outputShape[outputShape.length - 1] !== 1) return undefined;
  graph.bypass(last, { name: 'squeezed-output', message: t('the only output of a sample without an axis of its own') });
  return true;
}

function takeActivation(
  graph: MatchGraph,
  labelType: LabelType,
  intended: Pick<Network, 'operations' | 'output'>,
): 'softmax' | 'log_softmax' | 'sigmoid' | undefined {
  const wanted = labelType === 'classification' ? 'softmax' : labelType === 'multi_label' ? 'sigmoid' : undefined;
  const last = graph.outputs.length === 1 ? graph.producer(graph.outputs[0]) : undefined;
  if (!wanted || !last || endsIn(intended, wanted)) return undefined;
  const isWanted = last.op === 'activation' && last.settings.activation === wanted;
  if (!isWanted && !(wanted === 'softmax' && isLogSoftmax(last, graph))) return undefined;
  const head = isWanted ? wanted : 'log_softmax';
  graph.bypass(last, { name: 'serving-head', message: t('a {0} behind the logits, for serving', head) });
  return head;
}

/** Over the scores of each sample. */
function isLogSoftmax(node: GraphNode, graph: MatchGraph): boolean {
  const axis = intAttribute(node, 'axis', -1);
  return node.op === 'LogSoftmax' && graph.shape(node.inputs[0])?.length === 2 && (axis === 1 || axis === -1);
}

function endsIn(network: Pick<Network, 'operations' | 'output'>, activation: string): boolean {
  const byId = new Map(network.operations.map((operation) => [operation.id, operation]));
  let last = byId.get(network.output);
  while (last?.kind === 'dropout') last = byId.get(last.inputs[0] ?? '');
  return last?.kind === 'activation' && last.activation === activation;
}
