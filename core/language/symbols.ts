import type { Node } from 'jsonc-parser';
import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver-types';
import { shortCountText } from '../quantities';
import { nodeAt, spanOf } from '../scheme/tree';
import { shapeText } from '../shape/shapes';
import { layerSymbols } from './layerSymbols';
import { rangeOf, type Snapshot } from './snapshot';
import { valueText } from './text';

/** The outline: the scheme's sections with their values, and the network's layers with their types and shapes. */
export function symbolsOf(snapshot: Snapshot): DocumentSymbol[] {
  const { symbols, network } = around(snapshot);
  return network === undefined ? [...symbols] : withNetwork(symbols, network, networkSymbol(snapshot, network));
}

/** The outline without the network's layers. */
interface Around {
  readonly symbols: readonly DocumentSymbol[];
  /** The symbol that the layers belong below. */
  readonly network?: DocumentSymbol;
}

interface KnownAround extends Around {
  /** Where the network ends. */
  readonly line: number;
  readonly character: number;
}

/** What was made for a text around the network: as long as the network ends at the same place, it holds. */
const known = new WeakMap<object, KnownAround>();

function around(snapshot: Snapshot): Around {
  const { surroundings } = snapshot.analysis;
  if (surroundings === undefined) return newAround(snapshot);
  const { line, character } = snapshot.document.positionAt(surroundings.close);
  const found = known.get(surroundings.identity);
  if (found?.line === line && found.character === character) return found;
  const made = { ...newAround(snapshot), line, character };
  known.set(surroundings.identity, made);
  return made;
}

function newAround(snapshot: Snapshot): Around {
  const { root } = snapshot.analysis.document;
  const network = nodeAt(root, ['model', 'network']);
  const outline = new OutlineMaker(snapshot, network?.type === 'array' ? network : undefined);
  return { symbols: root?.type === 'object' ? outline.below(root) : [], network: outline.found };
}

class OutlineMaker {
  found?: DocumentSymbol;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly network: Node | undefined,
  ) {}

  below(object: Node): DocumentSymbol[] {
    return (object.children ?? []).flatMap((property) => this.symbols(property));
  }

  private symbols(property: Node): DocumentSymbol[] {
    const [key, value] = property.children ?? [];
    if (key === undefined) return [];
    const own: DocumentSymbol = {
      name: String(key.value) || '""',
      kind: kindOf(value),
      range: rangeOf(this.snapshot, spanOf(property)),
      selectionRange: rangeOf(this.snapshot, spanOf(key)),
    };
    if (value !== undefined && value === this.network) {
      this.found = own;
      return [own];
    }
    if (value?.type === 'object') return [{ ...own, children: this.below(value) }];
    return [{ ...own, detail: value === undefined ? '' : detailOf(value) }];
  }
}

/** The symbols with another one in place of the network's, which is one of them or below one. */
function withNetwork(
  symbols: readonly DocumentSymbol[],
  network: DocumentSymbol,
  present: DocumentSymbol,
): DocumentSymbol[] {
  return symbols.map((symbol) => {
    if (symbol === network) return present;
    return symbol.children?.includes(network)
      ? { ...symbol, children: withNetwork(symbol.children, network, present) }
      : symbol;
  });
}

function networkSymbol(snapshot: Snapshot, around: DocumentSymbol): DocumentSymbol {
  const { network } = snapshot.analysis;
  const detail = network && `→ ${shapeText(network.outputShape)} (${shortCountText(network.parameters)})`;
  return { ...around, detail: detail ?? '', children: layerSymbols(snapshot) };
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
