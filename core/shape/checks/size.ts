import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { nodeAt } from '../../scheme/document';
import { setKey } from '../../scheme/fixes';
import { headPlaceOf, placeOf } from '../../scheme/places';
import { estimateMemory, largestBatch } from '../memory';
import type { Network } from '../network';
import { type CheckContext, layerPlace } from './context';

/** Protobuf messages are limited to 2 GiB; what is not weights needs little. */
const largestFileBytes = 2 ** 31 - 2 ** 20;

/** The network's weights fit into one ONNX file. */
export function modelSize(context: CheckContext): Diagnostic[] {
  const counts = context.layers.map(
    ({ networkLayer }) => (networkLayer?.parameters ?? 0) + (networkLayer?.buffers ?? 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total * 4 <= largestFileBytes) return [];
  const greatest = counts.reduce((best, count, index) => (count > counts[best]! ? index : best), 0);
  const message = t(
    'The network has {0} weights, {1} of them here; an ONNX file holds {2} at most. Make the layer smaller.',
    total,
    counts[greatest]!,
    Math.floor(largestFileBytes / 4),
  );
  return [diagnose('scheme/model-too-large', layerPlace(context, greatest), message)];
}

export interface Device {
  readonly name: string;
  readonly memoryBytes: number;
}

/** A training step at the scheme's batch size fits into the device's memory. */
export function deviceMemory({ document }: CheckContext, network: Network, device: Device): Diagnostic[] {
  const { total, batchSize } = estimateMemory(network);
  if (total <= device.memoryBytes) return [];
  const path = ['data', 'batch_size'];
  const fitting = largestBatch(network, device.memoryBytes);
  const need = t(
    'Training with a batch of {0} takes about {1}; {2} has {3}.',
    batchSize,
    gigabytes(total),
    device.name,
    gigabytes(device.memoryBytes),
  );
  const advice = fitting > 0 ? t('A batch of {0} fits.', fitting) : t('No batch fits: make the network smaller.');
  const place = nodeAt(document.root, path) ? placeOf(document, path) : headPlaceOf(document, ['data']);
  const fixes = fitting > 0 ? setKey(document, ['data'], 'batch_size', fitting) : [];
  return [diagnose('scheme/memory-beyond-device', place, `${need} ${advice}`, { fixes })];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
