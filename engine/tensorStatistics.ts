import { setImmediate } from 'node:timers/promises';
import type { InspectedTensor } from '../core/inspect/graphs';
import { Statistics } from '../core/inspect/statistics';
import { hasNumbers, tensorPieces } from '../core/inspect/tensorPieces';
import { t } from '../core/l10n';
import { sparseValues } from '../core/onnx/sparse';
import { elementCount, type NumberArray, type TensorSource, tensorValues } from '../core/onnx/tensor';
import type { TensorStatistics } from '../core/protocol/onnx';

/** So many values are shown as they are. */
const FEW_VALUES = 32;
/** Characters of a text. */
const LONGEST_TEXT = 200;

/**
 * Statistics of a weight of any size: it is read twice in pieces, and between them everything else has its turn. Rejects
 * when `signal` says so.
 */
export async function tensorStatistics(
  tensor: InspectedTensor,
  source: TensorSource,
  signal?: AbortSignal,
): Promise<Pick<TensorStatistics, 'reason' | 'values' | 'figures'>> {
  if (tensor.data.kind === 'strings') return { values: tensor.data.values.slice(0, FEW_VALUES).map(cut) };
  if (!hasNumbers(tensor.dataType)) return { reason: t('Values of this type are not read.') };
  const statistics = new Statistics();
  for (const step of ['add', 'count'] as const) {
    for (const piece of tensorPieces(tensor)) {
      const values = valuesOf(piece, source);
      if (!values) return { reason: t('The values are not there, or not all of them.') };
      statistics[step](values);
      await setImmediate();
      signal?.throwIfAborted();
    }
  }
  const figures = statistics.figures();
  const isFew = elementCount(tensor.dims) <= FEW_VALUES;
  return isFew ? { figures, values: listed(valuesOf(tensor, source)) } : { figures };
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function valuesOf(tensor: InspectedTensor, source: TensorSource): NumberArray | undefined {
  return tensor.sparse ? sparseValues(tensor.sparse, source) : tensorValues(tensor, source);
}

function listed(values: NumberArray | undefined): (number | string)[] {
  return Array.from(values ?? [], (value) => (Number.isFinite(value) ? value : String(value)));
}
