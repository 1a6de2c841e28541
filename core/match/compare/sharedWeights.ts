import { t } from '../../l10n';
import type { Constant } from '../graph/constants';
import { nodeName } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import type { Sides } from './comparePair';

/**
 * Layers of the exported graph that have one tensor as their weights, where the intended ones have one each: shared on purpose,
 * or two of equal values, which exporters store once. By place in the intended order.
 */
export function sharedWeights({ intended, exported }: Sides, pairs: Alignment): ReadonlyMap<number, readonly Reason[]> {
  const found = new Map<number, readonly Reason[]>();
  const seen = new Map<string, number>();
  const tensors = new Map<object, number>();
  for (const [place, node] of intended.order.entries()) {
    const partner = exported.order[pairs[place]!];
    const [own, weight] = [node, partner].map((each) => each?.parameters.get('weight'));
    const key = weight && viewOf(weight, tensors);
    if (!own || !weight || !partner || key === undefined) continue;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, place);
    else if (!isOne(own, intended.order[before]!.parameters.get('weight')) && !isUniform(weight)) {
      const name = nodeName(exported.order[pairs[before]!]!);
      const message = t('weights: they are those of {0}, too; shared or copied, an export does not show it', name);
      found.set(place, [{ kind: 'cannot be told', key: 'weight', message }]);
    }
  }
  return found;
}

/** Names which part of which tensor a constant shows; `tensors` numbers them. */
function viewOf({ source }: Constant, tensors: Map<object, number>): string | undefined {
  if (!source) return undefined;
  if (!tensors.has(source.tensor)) tensors.set(source.tensor, tensors.size);
  return `${tensors.get(source.tensor)} ${JSON.stringify(source.steps)}`;
}

function isOne(a: Constant, b: Constant | undefined): boolean {
  return a.source !== undefined && a.source.tensor === b?.source?.tensor;
}

/** All of one value, as some begin: nothing was learned that could be shared. */
function isUniform(weight: Constant): boolean {
  const values = weight.values();
  return values?.every((value) => value === values[0]) ?? true;
}
