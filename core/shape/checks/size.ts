import { t } from '../../l10n';
import { diagnose, type Place } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { setKey } from '../../scheme/fixes';
import { headPlaceOf, placeOf } from '../../scheme/places';
import { nodeAt } from '../../scheme/tree';
import { headFor } from '../head';
import { estimateMemory, largestBatch } from '../memory';
import type { Network, Operation } from '../network';
import { elementCount } from '../shapes';
import { mostValues, placesWith, Trait, totalOf } from '../tally';
import { type CheckContext, layerPlace } from './context';

/** Protobuf messages are limited to 2 GiB; what is not weights needs little. */
const mostWeights = Math.floor((2 ** 31 - 2 ** 20) / 4);

/** The network's weights, those of an implicit head included, fit into one ONNX file. */
export function modelSize(context: CheckContext): Diagnostic[] {
  const { parameters, buffers } = context.tally;
  const last = parameters.length - 1;
  const head = last >= 0 ? headWeights(context, last) : 0;
  const total = totalOf(parameters) + totalOf(buffers) + head;
  if (total <= mostWeights) return [];
  const counts = [...parameters].map((count, index) => count + buffers[index]! + (index === last ? head : 0));
  const greatest = counts.reduce((best, count, index) => (count > counts[best]! ? index : best), 0);
  const message = t(
    'The network has {0} weights, {1} of them here; an ONNX file holds {2} at most. Make the layer smaller.',
    total,
    counts[greatest]!,
    mostWeights,
  );
  return [diagnose('scheme/model-too-large', layerPlace(context, greatest), message)];
}

function headWeights({ layers, data }: CheckContext, last: number): number {
  const output = layers[last]!.networkLayer?.outputShape;
  const unit = output && data ? (headFor(output, data, new Set())?.unit ?? 0) : 0;
  return unit * (elementCount(output ?? []) + 1);
}

/** No tensor of a single sample is beyond all machines; the first that is, makes the later ones so. */
export function tensorSizes(context: CheckContext): Diagnostic[] {
  const { document, data, layers } = context;
  if (data && elementCount(data.sampleShape) > mostValues) {
    const key = nodeAt(document.root, ['data', 'image_size']) ? 'image_size' : 'input_size';
    return [tooLarge(placeOf(document, ['data', key]), elementCount(data.sampleShape))];
  }
  const [index] = placesWith(context.tally, Trait.tooLarge);
  if (index === undefined) return [];
  const { outputShape } = layers[index]!.networkLayer!.operations.find(isTooLarge)!;
  return [tooLarge(layerPlace(context, index), elementCount(outputShape))];
}

function isTooLarge({ outputShape }: Operation): boolean {
  return elementCount(outputShape) > mostValues;
}

function tooLarge(place: Place, count: number): Diagnostic {
  const message = t('One sample has {0} values here; {1} is the most that can be computed with.', count, mostValues);
  return diagnose('scheme/tensor-too-large', place, message);
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
    gibibytes(total),
    device.name,
    gibibytes(device.memoryBytes),
  );
  const advice = fitting > 0 ? t('A batch of {0} fits.', fitting) : t('No batch fits: make the network smaller.');
  const place = nodeAt(document.root, path) ? placeOf(document, path) : headPlaceOf(document, ['data']);
  const fixes = fitting > 0 ? setKey(document, ['data'], 'batch_size', fitting) : [];
  return [diagnose('scheme/memory-beyond-device', place, `${need} ${advice}`, { fixes })];
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
}
