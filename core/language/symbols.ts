import type { Node } from 'jsonc-parser';
import { type DocumentSymbol, type Position, type Range, SymbolKind } from 'vscode-languageserver-types';
import type { Span } from '../scheme/diagnostics';
import { nodeAt, spanOf } from '../scheme/document';
import { isRecord } from '../scheme/schema';
import type { LayerAnalysis } from '../shape/analyze';
import type { NetworkLayer } from '../shape/network';
import { shapeText } from '../shape/shapes';
import { allLayers } from './nested';
import { rangeOf, type Snapshot } from './snapshot';
import { shortCountText, valueText } from './text';

/** The outline: the scheme's sections with their values, and the network's layers with their types and shapes. */
export function symbolsOf(snapshot: Snapshot): DocumentSymbol[] {
  const { root } = snapshot.analysis.document;
  return root?.type === 'object' ? propertySymbols(snapshot, root) : [];
}

function propertySymbols(snapshot: Snapshot, object: Node): DocumentSymbol[] {
  return (object.children ?? []).flatMap((property) => propertySymbol(snapshot, property));
}

function propertySymbol(snapshot: Snapshot, property: Node): DocumentSymbol[] {
  const [key, value] = property.children ?? [];
  if (key === undefined) return [];
  const isNetwork = value !== undefined && value === nodeAt(snapshot.analysis.document.root, ['model', 'network']);
  const own = symbol(snapshot, String(key.value) || '""', kindOf(value), spanOf(property), spanOf(key));
  if (isNetwork)
    return [
      {
        ...own,
        kind: SymbolKind.Array,
        detail: networkDetail(snapshot),
        children: layerSymbols(snapshot, layersOf(snapshot)),
      },
    ];
  if (value?.type === 'object') return [{ ...own, children: propertySymbols(snapshot, value) }];
  return [{ ...own, detail: value === undefined ? '' : detailOf(value) }];
}

/** Layers by the network that they stand in. */
type Networks = ReadonlyMap<string, readonly LayerAnalysis[]>;

function layersOf(snapshot: Snapshot): Networks {
  const networks = new Map<string, LayerAnalysis[]>();
  for (const layer of allLayers(snapshot)) {
    const key = layer.path.length === 3 ? 'model/network' : layer.path.slice(0, -1).join('/');
    const layers = networks.get(key);
    if (layers === undefined) networks.set(key, [layer]);
    else layers.push(layer);
  }
  return networks;
}

function layerSymbols(snapshot: Snapshot, networks: Networks, network = 'model/network'): DocumentSymbol[] {
  return (networks.get(network) ?? []).map((layer) => {
    const own = layerSymbol(snapshot, layer);
    if (layer.type !== 'block') return own;
    const children = layerSymbols(snapshot, networks, `${layer.path.join('/')}/network`);
    return children.length === 0 ? own : { ...own, children };
  });
}

/** The symbols that were made, by their layers' values: a layer that only moved has the same one, further up or down. */
const known = new WeakMap<object, { readonly symbol: DocumentSymbol; readonly layer: NetworkLayer | undefined }>();

function layerSymbol(snapshot: Snapshot, layer: LayerAnalysis): DocumentSymbol {
  const { value, networkLayer } = layer;
  const cached = isRecord(value) && networkLayer ? known.get(value) : undefined;
  if (cached && cached.layer === networkLayer) {
    const moved = movedTo(snapshot.document.positionAt(layer.span.start), cached.symbol);
    if (moved) return moved;
  }
  const made = newLayerSymbol(snapshot, layer);
  if (isRecord(value)) known.set(value, { symbol: made, layer: networkLayer });
  return made;
}

/** A symbol some lines up or down; nothing if it begins at another column. */
function movedTo(start: Position, symbol: DocumentSymbol): DocumentSymbol | undefined {
  const { range, selectionRange } = symbol;
  if (start.character !== range.start.character) return undefined;
  const by = start.line - range.start.line;
  if (by === 0) return symbol;
  const moved = ({ line, character }: Position): Position => ({ line: line + by, character });
  const movedRange = ({ start: from, end }: Range): Range => ({ start: moved(from), end: moved(end) });
  return { ...symbol, range: movedRange(range), selectionRange: movedRange(selectionRange) };
}

function newLayerSymbol(snapshot: Snapshot, layer: LayerAnalysis): DocumentSymbol {
  const selection = layer.nameSpan ?? layer.typeSpan ?? { start: layer.span.start, end: layer.span.start + 1 };
  const own = symbol(snapshot, layer.name || '""', SymbolKind.Class, layer.span, selection);
  return { ...own, detail: layerDetail(layer) };
}

function layerDetail({ type, outputShape, networkLayer }: LayerAnalysis): string {
  const parameters = networkLayer?.parameters ?? 0;
  const parts = [
    type ?? '',
    outputShape === undefined ? '' : `→ ${shapeText(outputShape)}`,
    parameters === 0 ? '' : `(${shortCountText(parameters)})`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function networkDetail({ analysis: { network } }: Snapshot): string {
  return network === undefined ? '' : `→ ${shapeText(network.outputShape)} (${shortCountText(network.parameters)})`;
}

function detailOf(value: Node): string {
  return value.type === 'array'
    ? valueText((value.children ?? []).map((child) => child.value ?? null))
    : valueText(value.value ?? null);
}

function kindOf(value: Node | undefined): SymbolKind {
  switch (value?.type) {
    case 'object':
      return SymbolKind.Module;
    case 'array':
      return SymbolKind.Array;
    case 'string':
      return SymbolKind.String;
    case 'number':
      return SymbolKind.Number;
    case 'boolean':
      return SymbolKind.Boolean;
    default:
      return SymbolKind.Null;
  }
}

/** An editor refuses symbols whose selection is not inside their range. */
function symbol(snapshot: Snapshot, name: string, kind: SymbolKind, span: Span, selection: Span): DocumentSymbol {
  return { name, kind, range: rangeOf(snapshot, span), selectionRange: rangeOf(snapshot, selection) };
}
