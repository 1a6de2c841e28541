import { type DocumentSymbol, type Position, type Range, SymbolKind } from 'vscode-languageserver-types';
import { shortCountText } from '../quantities';
import type { LayerUnit } from '../scheme/units';
import type { LayerAnalysis } from '../shape/analyze';
import type { InferredLayer } from '../shape/infer';
import { shapeText } from '../shape/shapes';
import { isIn, layersInside } from './nested';
import { rangeOf, type Snapshot } from './snapshot';

/**
 * The network's layers with their types and shapes, those of a block below it. A layer that stands where it stood has the
 * very symbol that was made for it; one that only moved has it some lines up or down.
 */
export function layerSymbols(snapshot: Snapshot): DocumentSymbol[] {
  const { units } = snapshot.analysis.placed;
  // An edit changes one end of the network at most, but for rare ones.
  const ends = units.length === 0 ? [] : [units[0]!.element, units.at(-1)!.element];
  const before = ends.map((element) => outlines.get(element)).find((outline) => outline !== undefined);
  const outline = new LayerOutline(snapshot, before);
  for (const element of ends) outlines.set(element, outline);
  return outline.symbols;
}

/** The last outline that an element was the first or last of. */
const outlines = new WeakMap<object, KnownOutline>();

/** An outline that was made, in columns: so that ten thousand layers are compared without a look at one of them. */
interface KnownOutline {
  readonly symbols: readonly DocumentSymbol[];
  readonly units: readonly LayerUnit[];
  readonly inferred: readonly InferredLayer[];
  /** Where each symbol begins. */
  readonly lines: Int32Array;
  readonly characters: Int32Array;
}

class LayerOutline implements KnownOutline {
  readonly symbols: DocumentSymbol[];
  readonly units: readonly LayerUnit[];
  readonly inferred: readonly InferredLayer[];
  readonly lines: Int32Array;
  readonly characters: Int32Array;

  constructor(snapshot: Snapshot, before: KnownOutline | undefined) {
    const { units, inferred } = snapshot.analysis.placed;
    this.units = units;
    this.inferred = inferred;
    // Most layers are where they were: these columns are copied as a whole.
    this.symbols = before?.symbols.slice(0, units.length) ?? [];
    this.lines = columnLike(before?.lines, units.length);
    this.characters = columnLike(before?.characters, units.length);
    const isUnmoved = comparison(snapshot, before);
    const moves = before && new Moves(snapshot, before);
    for (let index = 0; index < units.length; index++) {
      if (!isUnmoved(index))
        this.put(index, moves?.moved(index) ?? newSymbol(snapshot, snapshot.analysis.placed.at(index)));
    }
  }

  private put(index: number, symbol: DocumentSymbol): void {
    const { line, character } = symbol.range.start;
    this.symbols[index] = symbol;
    this.lines[index] = line;
    this.characters[index] = character;
  }
}

function columnLike(column: Int32Array | undefined, length: number): Int32Array {
  if (column?.length === length) return column.slice();
  const result = new Int32Array(length);
  if (column) result.set(column.subarray(0, length));
  return result;
}

/** Tells whether a layer is the same as in the outline before, and stands where it stood. */
function comparison({ analysis, document }: Snapshot, before: KnownOutline | undefined): (index: number) => boolean {
  if (!before) return () => false;
  const { units, inferred, starts } = analysis.placed;
  return (index) =>
    units[index] === before.units[index] &&
    inferred[index] === before.inferred[index] &&
    document.offsetAt({ line: before.lines[index]!, character: before.characters[index]! }) === starts[index];
}

/** Finds the symbols of layers that stand elsewhere now. */
class Moves {
  #places?: ReadonlyMap<object, number>;
  /** How far the symbols have moved, which is the same for most of them. */
  private by = 0;
  private edited = 0;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly before: KnownOutline,
  ) {}

  /** Nothing if the layer is another, or begins at another column. */
  moved(index: number): DocumentSymbol | undefined {
    const { starts } = this.snapshot.analysis.placed;
    const known = this.known(index);
    const symbol = known === undefined ? undefined : this.before.symbols[known]!;
    const by = symbol && this.linesTo(starts[index]!, symbol.range.start);
    if (by === undefined) return undefined;
    return by === 0 ? symbol : symbolMoved(symbol!, by);
  }

  private linesTo(offset: number, { line, character }: Position): number | undefined {
    const { document } = this.snapshot;
    const guess = { line: line + this.by, character };
    if (guess.line >= 0 && document.offsetAt(guess) === offset) return this.by;
    const start = document.positionAt(offset);
    if (start.character !== character) return undefined;
    this.by = start.line - line;
    return this.by;
  }

  /** The place before of a layer of which the same is to be said. */
  private known(index: number): number | undefined {
    const { units, inferred } = this.snapshot.analysis.placed;
    const { before } = this;
    const [unit, shapes] = [units[index]!, inferred[index]!];
    const known = unit === before.units[index] ? index : this.placeOf(unit.element);
    if (known === undefined) return undefined;
    const isSame = before.units[known]!.name === unit.name && before.units[known]!.isApproximate === unit.isApproximate;
    return isSame && saysTheSame(unit, shapes, before.inferred[known]!) ? known : undefined;
  }

  /** Where an element stood. The first few are made anew rather than looked for: they are those that were edited. */
  private placeOf(element: object): number | undefined {
    if (this.edited < mostEdited) {
      this.edited++;
      return undefined;
    }
    this.#places ??= new Map(this.before.units.map((unit, index) => [unit.element, index]));
    return this.#places.get(element);
  }
}

const mostEdited = 4;

function saysTheSame({ type }: LayerUnit, one: InferredLayer, other: InferredLayer): boolean {
  if (one === other) return one.networkLayer !== undefined || type !== 'block';
  // What is inside of a block may be another although the block is the same.
  if (type === 'block') return false;
  const [own, before] = [one.networkLayer, other.networkLayer];
  return own?.outputShape === before?.outputShape && own?.parameters === before?.parameters;
}

function symbolMoved(symbol: DocumentSymbol, by: number): DocumentSymbol {
  const moved = ({ line, character }: Position): Position => ({ line: line + by, character });
  const movedRange = ({ start, end }: Range): Range => ({ start: moved(start), end: moved(end) });
  const { range, selectionRange, children } = symbol;
  const own = { ...symbol, range: movedRange(range), selectionRange: movedRange(selectionRange) };
  return children === undefined ? own : { ...own, children: children.map((child) => symbolMoved(child, by)) };
}

function newSymbol(snapshot: Snapshot, layer: LayerAnalysis): DocumentSymbol {
  return withInner(snapshot, layer, layersInside(snapshot, layer));
}

function withInner(snapshot: Snapshot, layer: LayerAnalysis, inside: readonly LayerAnalysis[]): DocumentSymbol {
  const own = ownSymbol(snapshot, layer);
  const network = [...layer.path, 'network'];
  const below = inside.filter(({ path }) => isIn(network, path));
  if (below.length === 0) return own;
  return { ...own, children: below.map((inner) => withInner(snapshot, inner, inside)) };
}

/** An editor refuses symbols without a name, and those whose selection is not inside their range. */
function ownSymbol(snapshot: Snapshot, layer: LayerAnalysis): DocumentSymbol {
  const { span, name, nameSpan, typeSpan } = layer;
  const selection = nameSpan ?? typeSpan ?? { start: span.start, end: span.start + 1 };
  return {
    name: name || '""',
    kind: SymbolKind.Class,
    range: rangeOf(snapshot, span),
    selectionRange: rangeOf(snapshot, selection),
    detail: layerDetail(layer),
  };
}

function layerDetail({ type, outputShape, networkLayer }: LayerAnalysis): string {
  const shape = outputShape === undefined ? '' : ` → ${shapeText(outputShape)}`;
  const parameters = networkLayer?.parameters ?? 0;
  return `${type ?? ''}${shape}${parameters === 0 ? '' : ` (${shortCountText(parameters)})`}`.trimStart();
}
