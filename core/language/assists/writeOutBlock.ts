import { t } from '../../l10n';
import { canonical } from '../../scheme/canonical';
import type { TextChange } from '../../scheme/diagnostics';
import { dataName } from '../../scheme/layers';
import { childValue, isRecord, layerSchemas } from '../../scheme/schema';
import type { LayerAnalysis } from '../../shape/analyze';
import type { Operation } from '../../shape/network';
import { layersOfNetwork, listOf } from '../layers';
import type { Snapshot } from '../snapshot';
import { valueText } from '../text';
import { type Assist, changed, hasComment, layoutAround, namesByNumber, reindented, siblingsAt } from './assist';

/** Nobody wants more layers than these written out. */
const mostLayers = 400;

/**
 * A block as the layers that it stands for, round after round, its shortcut and its activation as layers of their own. The
 * last of them keeps the block's name, so that whatever takes the block's output still does.
 */
export function writeOutBlock(snapshot: Snapshot, offset: number): Assist | undefined {
  const siblings = siblingsAt(snapshot, offset);
  const block = siblings?.layers[siblings.index];
  if (siblings === undefined || block?.type !== 'block' || block.networkLayer === undefined) return undefined;
  const inner = listOf(layersOfNetwork(snapshot, [...block.path, 'network']));
  const settings = settingsOf(snapshot, block);
  const rounds = Number(settings.repeat);
  const comments = hasComment(
    snapshot.text,
    block.span,
    inner.map(({ span }) => span),
  );
  if (comments || inner.length === 0 || rounds * (inner.length + 3) > mostLayers) return undefined;
  if (namesByNumber(siblings.layers) || namesByNumber(inner)) return undefined;
  const taken = new Set(siblings.layers.map(({ name }) => name));
  const writer = new BlockWriter(snapshot, block, inner, settings, taken);
  return {
    title: t('Write out the layers of {0}', JSON.stringify(block.name)),
    changes: [{ span: block.span, text: writer.text(rounds) }],
  };
}

interface BlockSettings {
  readonly repeat: unknown;
  readonly shortcut: unknown;
  /** As written. */
  readonly activation: unknown;
  readonly isLinear: boolean;
}

function settingsOf({ analysis }: Snapshot, block: LayerAnalysis): BlockSettings {
  const settings = canonical(layerSchemas().get('block')!, block.value, analysis.document.value);
  const { repeat, shortcut, activation } = isRecord(settings) ? settings : {};
  const isLinear = childValue(activation, 'type') === 'linear';
  return { repeat, shortcut, activation: childValue(block.value, 'activation'), isLinear };
}

/** A layer that is still without its name. */
interface Written {
  readonly title: string;
  text(name: string): string;
}

class BlockWriter {
  private readonly indent: string | undefined;
  private readonly separator: string;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly block: LayerAnalysis,
    private readonly inner: readonly LayerAnalysis[],
    private readonly settings: BlockSettings,
    private readonly taken: Set<string>,
  ) {
    const { indent, lineBreak } = layoutAround(snapshot.text, block);
    this.indent = indent;
    this.separator = indent === undefined ? ', ' : `,${lineBreak}${indent}`;
  }

  text(rounds: number): string {
    const texts: string[] = [];
    let input = this.block.inputs[0]!.name;
    for (let round = 1; round <= rounds; round++) {
      const prefix = rounds === 1 ? this.block.name : `${this.block.name}_${round}`;
      const layers = this.round(round, prefix, input);
      layers.forEach(({ title, text }, index) => {
        const isOutput = index === layers.length - 1;
        if (isOutput) input = round === rounds ? this.block.name : title;
        texts.push(text(isOutput ? input : title));
      });
    }
    return texts.join(this.separator);
  }

  private round(round: number, prefix: string, input: string): Written[] {
    const names = new Map([[dataName, input]]);
    const layers = this.inner.map((layer, index) => {
      const title = this.free(`${prefix}_${layer.name}`);
      const takesInput = index === 0 && round === 1 ? this.block.inputs[0]!.span !== undefined : false;
      const known = new Map(names);
      names.set(layer.name, title);
      return { title, text: (name: string) => this.layerText(layer, name, known, takesInput ? input : undefined) };
    });
    const last = layers.at(-1)!;
    return [...layers, ...this.shortcut(round, prefix, input, last.title), ...this.activation(prefix)];
  }

  private layerText(
    layer: LayerAnalysis,
    name: string,
    names: ReadonlyMap<string, string>,
    input: string | undefined,
  ): string {
    const { text } = this.snapshot;
    const { start } = layer.span;
    const isImplicit = layer.inputs.every(({ span }) => span === undefined);
    const added = [
      ...(layer.nameSpan === undefined ? [`"name": ${JSON.stringify(name)}`] : []),
      ...(isImplicit && input !== undefined ? [`"input": ${JSON.stringify(input)}`] : []),
    ];
    const changes: TextChange[] = [
      ...(added.length === 0 ? [] : [{ span: { start: start + 1, end: start + 1 }, text: ` ${added.join(', ')},` }]),
      ...(layer.nameSpan === undefined ? [] : [{ span: layer.nameSpan, text: JSON.stringify(name) }]),
      ...layer.inputs.flatMap(({ name: used, span }) =>
        span === undefined ? [] : [{ span, text: JSON.stringify(names.get(used) ?? used) }],
      ),
    ];
    const own = layoutAround(text, layer).indent;
    const piece = changed(text, layer.span, changes);
    return own === undefined || this.indent === undefined ? piece : reindented(piece, own, this.indent);
  }

  private shortcut(round: number, prefix: string, input: string, output: string): Written[] {
    if (this.settings.shortcut === 'none') return [];
    const projection = this.projection(round, prefix, input);
    const other = projection === undefined ? input : projection.title;
    const sum = layerWriter(this.free(`${prefix}_add`), { type: 'add', inputs: [output, other] });
    return projection === undefined ? [sum] : [projection, sum];
  }

  /** The layer that brings the round's input to the shape of its output, where one is needed. */
  private projection(round: number, prefix: string, input: string): Written | undefined {
    const start = `${this.block.name}.${round}/`;
    const own = this.block.networkLayer!.operations.filter(({ id }) => id.startsWith(start));
    const operation = own.find(({ kind }) => kind === 'convolution' || kind === 'dense');
    if (operation === undefined) return undefined;
    const normalization = own.find(({ kind }) => kind === 'batch_normalization');
    const settings = { input, ...projectionSettings(operation), ...normalizationSettings(operation, normalization) };
    return layerWriter(this.free(`${prefix}_projection`), settings);
  }

  private activation(prefix: string): Written[] {
    if (this.settings.isLinear) return [];
    const { activation } = this.settings;
    return [layerWriter(this.free(`${prefix}_activation`), { type: 'activation', activation })];
  }

  private free(name: string): string {
    let free = name;
    for (let number = 2; this.taken.has(free); number++) free = `${name}_${number}`;
    this.taken.add(free);
    return free;
  }
}

function layerWriter(title: string, settings: Readonly<Record<string, unknown>>): Written {
  return { title, text: (name) => valueText({ name, ...settings }) };
}

function projectionSettings(operation: Operation): Readonly<Record<string, unknown>> {
  if (operation.kind === 'dense') return { type: 'dense_set', unit: operation.units };
  if (operation.kind !== 'convolution') return {};
  const { kernel, strides, outputShape } = operation;
  const moved = strides.some((stride) => stride !== 1) ? { stride: strides } : {};
  const type = kernel.length === 1 ? 'conv1d_set' : 'conv2d_set';
  return { type, kernel, channel: outputShape.at(-1), ...moved, padding: 'valid' };
}

/** In a set, a bias right before batch normalization would be one too many. */
function normalizationSettings(
  operation: Operation,
  normalization: Operation | undefined,
): Readonly<Record<string, unknown>> {
  const hasBias = (operation.kind === 'dense' || operation.kind === 'convolution') && operation.useBias;
  const bias = hasBias ? {} : { use_bias: false };
  if (normalization?.kind !== 'batch_normalization') return bias;
  const { epsilon, momentum } = normalization;
  return { ...bias, batch_normalization: { epsilon, momentum } };
}
