import { t } from '../l10n';
import type { LabelType } from '../scheme/types';
import type { Network } from '../shape/network';
import type { MatchGraph } from './graph';

/**
 * Takes a serving head off: a scheme's outputs are logits, and exporters put the softmax (sigmoid for several labels) behind.
 *
 * Near miss: the scheme ends in that activation itself, which then is a layer to be found.
 */
export function takeHead(
  graph: MatchGraph,
  labelType: LabelType,
  intended: Network | undefined,
): 'softmax' | 'sigmoid' | undefined {
  const head = labelType === 'classification' ? 'softmax' : labelType === 'multi_label' ? 'sigmoid' : undefined;
  const last = graph.outputs.length === 1 ? graph.producer(graph.outputs[0]) : undefined;
  if (!head || last?.op !== 'activation' || last.settings.activation !== head) return undefined;
  if (intended && endsIn(intended, head)) return undefined;
  graph.bypass(last, { name: 'serving-head', message: t('a {0} behind the logits, for serving', head) });
  return head;
}

function endsIn(network: Network, activation: string): boolean {
  const byId = new Map(network.operations.map((operation) => [operation.id, operation]));
  let last = byId.get(network.output);
  while (last?.kind === 'dropout') last = byId.get(last.inputs[0] ?? '');
  return last?.kind === 'activation' && last.activation === activation;
}
