import { samplesText } from '../counts';
import { t } from '../l10n';
import { countText, memoryText } from '../quantities';
import { estimateMemory, largestBatch } from '../shape/memory';
import type { Network } from '../shape/network';
import type { Snapshot } from './snapshot';
import { escapeMarkdown, markdownTable } from './text';

/** What the batch size decides, as Markdown: the memory of a training step, the largest batch, the steps of an epoch. */
export function batchDocumentation({ analysis: { network }, facts }: Snapshot): string {
  if (network === undefined) return '';
  const { device, trainingSamples } = facts;
  const parts = [
    memoryTable(network),
    device === undefined ? '' : deviceLine(network, device.name, device.memoryBytes),
    trainingSamples === undefined ? '' : epochLine(network.scheme.data.batchSize, trainingSamples),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function memoryTable(network: Network): string {
  const { batchSize, weights, gradients, optimizer, activations, total } = estimateMemory(network);
  const rows = [
    [t('Weights'), memoryText(weights)],
    [t('Gradients'), memoryText(gradients)],
    [t('Optimizer'), memoryText(optimizer)],
    [t('Activations of {0}', samplesText(batchSize)), memoryText(activations)],
    [`**${t('Together, about')}**`, `**${memoryText(total)}**`],
  ];
  return markdownTable([{ title: t('Memory of a training step') }, { title: t('Size'), figures: true }], rows);
}

function deviceLine(network: Network, name: string, bytes: number): string {
  const largest = largestBatch(network, bytes);
  const device = `${escapeMarkdown(name)} (${memoryText(bytes)})`;
  if (largest === 0) return t('Not even one sample fits into {0}.', device);
  return t('The largest batch that fits into {0} is **{1}**.', device, countText(largest));
}

function epochLine(batchSize: number, samples: number): string {
  const steps = Math.ceil(samples / batchSize);
  return t('{0} to train with; steps per epoch: **{1}**.', samplesText(samples), countText(steps));
}
