import { layersText } from '../counts';
import { t } from '../l10n';
import { countText, memoryText, shortCountText } from '../quantities';
import { layerSchemas } from '../scheme/schema';
import type { LayerAnalysis } from '../shape/analyze';
import { estimateLayerMemory, estimateMemory } from '../shape/memory';
import type { Network, NetworkLayer, Operation } from '../shape/network';
import { elementCount, shapeText } from '../shape/shapes';
import { code, escapeMarkdown, markdownTable } from './text';

/** Steps of a layer beyond these are counted only: a block may have hundreds. */
const mostSteps = 24;

/** A layer as Markdown: what it is, its shapes, and what each of its steps costs. */
export function layerDocumentation(layer: LayerAnalysis, network?: Network): string {
  const schema = layerSchemas().get(layer.type ?? '');
  const title = schema?.title === undefined ? code(layer.type ?? '?') : t(schema.title);
  const parts = [
    `**${escapeMarkdown(layer.name)}** · ${title}`,
    shapesLine(layer),
    layer.networkLayer === undefined ? '' : figures(layer.networkLayer, network),
    schema?.description === undefined ? '' : t(schema.description),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** `30×30×1 → 15×15×64`, as far as it is known. */
export function shapesLine({ inputShapes, outputShape }: Pick<LayerAnalysis, 'inputShapes' | 'outputShape'>): string {
  const inputs = (inputShapes ?? []).map((shape) => code(shapeText(shape))).join(', ');
  if (outputShape === undefined) return inputs === '' ? '' : t('Takes {0}', inputs);
  return `${inputs === '' ? '' : `${inputs} `}→ ${code(shapeText(outputShape))}`;
}

/** The model table: a row for each layer, the implicit head included, and the totals. */
export function networkTable(network: Network, mostRows = Number.POSITIVE_INFINITY): string {
  const shown = network.layers.slice(0, mostRows);
  const rows = shown.map((layer) => [
    layer.implicit ? `*${escapeMarkdown(layer.layer.name)}*` : escapeMarkdown(layer.layer.name),
    code(layer.layer.type),
    shapeText(layer.outputShape),
    countText(layer.parameters),
    shortCountText(layer.macs),
  ]);
  const left = network.layers.length - shown.length;
  const columns = [
    { title: t('Layer') },
    { title: t('Type') },
    { title: t('Output') },
    { title: t('Parameters'), figures: true },
    { title: t('MACs'), figures: true },
  ];
  const more = left > 0 ? [t('… and {0} more', layersText(left))] : [];
  return [markdownTable(columns, rows), ...more, totals(network)].join('\n\n');
}

/** Parameters, multiply-accumulates and memory of a whole network. */
export function totals(network: Network): string {
  const { batchSize, total, weights } = estimateMemory(network);
  return [
    t('**{0}** parameters ({1})', countText(network.parameters), memoryText(weights)),
    t('**{0}** multiply-accumulates per sample', shortCountText(network.macs)),
    t('about **{0}** memory to train at batch size {1}', memoryText(total), batchSize),
  ].join(' · ');
}

function figures(layer: NetworkLayer, network: Network | undefined): string {
  const columns = [
    { title: t('Step') },
    { title: t('Output') },
    { title: t('Parameters'), figures: true },
    { title: t('MACs'), figures: true },
  ];
  const shown = layer.operations.slice(0, mostSteps);
  const rows = shown.map((operation) => [
    code(operation.id.slice(operation.layer.length + 1) || operation.kind),
    shapeText(operation.outputShape),
    countText(trainableOf(operation)),
    shortCountText(operation.macs),
  ]);
  const left = layer.operations.length - shown.length;
  const more = left > 0 ? `${t('… and {0} more', countText(left))}\n\n` : '';
  const table = layer.operations.length > 1 ? `${markdownTable(columns, rows)}\n\n${more}` : '';
  return `${table}${summary(layer, network)}`;
}

function summary(layer: NetworkLayer, network: Network | undefined): string {
  const share =
    network === undefined || network.parameters === 0 ? '' : ` (${percent(layer.parameters / network.parameters)})`;
  const facts = [
    t('**{0}** parameters{1}', countText(layer.parameters), share),
    ...(layer.buffers > 0 ? [t('{0} running statistics', countText(layer.buffers))] : []),
    t('**{0}** multiply-accumulates per sample', shortCountText(layer.macs)),
    ...(network === undefined ? [] : [memoryOf(layer, network)]),
  ];
  return facts.join(' · ');
}

/** Its share of a training step: weights, gradients, what the optimizer keeps, activations. */
function memoryOf(layer: NetworkLayer, network: Network): string {
  const { batchSize, total } = estimateLayerMemory(layer, network);
  return t('about **{0}** memory to train at batch size {1}', memoryText(total), batchSize);
}

function trainableOf({ parameters }: Operation): number {
  const trainable = parameters.filter((parameter) => parameter.trainable);
  return trainable.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(share < 0.1 ? 1 : 2)} %`;
}
