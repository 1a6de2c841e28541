import { t } from '../../l10n';
import { canonical } from '../../scheme/canonical';
import type { Span, TextChange } from '../../scheme/diagnostics';
import { dataName } from '../../scheme/layers';
import { isRecord, layerSchemas } from '../../scheme/schema';
import type { LayerAnalysis } from '../../shape/analyze';
import { freeName } from '../layers';
import type { Snapshot } from '../snapshot';
import { type Assist, changed, hasComment, layoutAround, namesByNumber, reindented, siblingsAt } from './assist';

/** Rounds of more layers are not looked for, nor further away than so many layers. */
const mostInRound = 16;
const farthest = 200;

/** Fewer rounds than there are, are tried so many times. */
const mostTries = 16;

/**
 * Layers that repeat, as one block: every round has the same settings, takes nothing but what the round before makes, and only
 * the last layer of the last round is used elsewhere.
 */
export function extractBlock(snapshot: Snapshot, offset: number): Assist | undefined {
  const siblings = siblingsAt(snapshot, offset);
  if (siblings === undefined) return undefined;
  const { layers, index, network } = siblings;
  const repetition = longest(new Repetitions(snapshot, layers).around(index));
  if (repetition === undefined || namesByNumber(layers)) return undefined;
  const { first, length, rounds } = repetition;
  const covered = layers.slice(first, first + length * rounds);
  const lost = { start: covered[length - 1]!.span.end, end: covered.at(-1)!.span.end };
  if (hasComment(snapshot.text, lost)) return undefined;
  const name = freeName(snapshot, 'block', [...network, 0]);
  const replaced = { start: covered[0]!.span.start, end: covered.at(-1)!.span.end };
  return {
    title:
      length === 1
        ? t('Write {0} like layers as a block', rounds)
        : t('Write {0} rounds of {1} layers as a block', rounds, length),
    changes: [
      { span: replaced, text: blockText(snapshot, layers, repetition, name) },
      ...usesOf(layers, covered, name),
    ],
  };
}

interface Repetition {
  /** Place of the first layer. */
  readonly first: number;
  /** Layers of a round. */
  readonly length: number;
  readonly rounds: number;
  /** Name of what the first round takes. */
  readonly input: string;
}

/** The one that covers most layers; of those, the one with the shortest rounds. */
function longest(repetitions: readonly Repetition[]): Repetition | undefined {
  const size = ({ length, rounds }: Repetition) => length * rounds;
  return repetitions.reduce<Repetition | undefined>(
    (best, one) => (best === undefined || size(one) > size(best) ? one : best),
    undefined,
  );
}

class Repetitions {
  private readonly settings = new Map<number, string | undefined>();
  private links?: Links;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly layers: readonly LayerAnalysis[],
  ) {}

  around(index: number): Repetition[] {
    const found: Repetition[] = [];
    for (let length = 1; length <= Math.min(mostInRound, this.layers.length >> 1); length++) {
      // Two rounds of what repeats are a round that repeats as well.
      if (!found.some((one) => length % one.length === 0)) found.push(...this.ofLength(index, length));
    }
    return found;
  }

  /** Where the settings repeat after so many layers, as many rounds as the inputs allow; with each possible beginning. */
  private ofLength(index: number, length: number): Repetition[] {
    const isAlike = (place: number) => {
      const settings = this.settingsOf(place);
      return settings !== undefined && settings === this.settingsOf(place + length);
    };
    const from = Math.max(0, index - farthest);
    const to = Math.min(this.layers.length, index + farthest);
    let start = Math.min(index, to - length - 1);
    while (start > from && isAlike(start - 1)) start--;
    let end = start;
    while (end + length < to && isAlike(end)) end++;
    const beginnings = Array.from({ length: Math.min(length, end - start) }, (_, at) => start + at);
    return beginnings.flatMap((first) => this.from(first, length, Math.floor((end + length - first) / length), index));
  }

  private from(first: number, length: number, most: number, index: number): Repetition[] {
    const fewest = Math.max(2, most - mostTries);
    for (let rounds = most; rounds >= fewest && first + rounds * length > index; rounds--) {
      const input = first <= index ? this.commonInput(first, length, rounds) : undefined;
      if (input !== undefined && !this.isUsedInside(first, length * rounds)) return [{ first, length, rounds, input }];
    }
    return [];
  }

  /** What the first round takes; nothing where the rounds are not linked alike. */
  private commonInput(first: number, length: number, rounds: number): string | undefined {
    const outside = this.inputsOf(first, length).filter(({ place }) => place === undefined || place < first);
    const input = outside[0]?.name;
    if (input === undefined || outside.some(({ name }) => name !== input)) return undefined;
    const links = this.linksOf(first, length, input);
    for (let round = 1; round < rounds; round++) {
      const start = first + round * length;
      if (this.linksOf(start, length, this.layers[start - 1]!.name) !== links) return undefined;
    }
    return input;
  }

  private inputsOf(first: number, length: number): { readonly name: string; readonly place: number | undefined }[] {
    const inputs = this.layers.slice(first, first + length).flatMap((layer) => layer.inputs);
    return inputs.map(({ name }) => ({ name, place: this.network.places.get(name) }));
  }

  /** Which layers of a round feed which, as text; other layers by name. */
  private linksOf(first: number, length: number, input: string): string {
    const linkOf = (name: string) => {
      const place = this.network.places.get(name);
      if (name === input) return dataName;
      return place === undefined || place < first ? `outside ${name}` : String(place - first);
    };
    const round = this.layers.slice(first, first + length);
    return JSON.stringify(round.map(({ inputs }) => inputs.map(({ name }) => linkOf(name))));
  }

  /** Whether another layer takes anything but the last output. */
  private isUsedInside(first: number, count: number): boolean {
    const inside = this.network.users.slice(first, first + count - 1);
    return inside.some((users) => users.some((user) => user < first || user >= first + count));
  }

  /** Made when settings repeat at all: the network may have ten thousand layers. */
  private get network(): Links {
    this.links ??= linksOf(this.layers);
    return this.links;
  }

  private settingsOf(place: number): string | undefined {
    if (!this.settings.has(place)) this.settings.set(place, this.settingsText(this.layers[place]));
    return this.settings.get(place);
  }

  /** Everything but name and inputs, defaults filled in; nothing for a layer that cannot be built. */
  private settingsText(layer: LayerAnalysis | undefined): string | undefined {
    const schema = layerSchemas().get(layer?.type ?? '');
    if (schema === undefined || layer?.networkLayer === undefined) return undefined;
    const settings = canonical(schema, layer.value, this.snapshot.analysis.document.value);
    if (!isRecord(settings)) return undefined;
    return JSON.stringify(sorted({ ...settings, name: undefined, input: undefined, inputs: undefined }));
  }
}

interface Links {
  readonly places: ReadonlyMap<string, number>;
  /** For each layer the places of those that take its output. */
  readonly users: readonly (readonly number[])[];
}

function linksOf(layers: readonly LayerAnalysis[]): Links {
  const places = new Map(layers.map(({ name }, place) => [name, place]));
  const users: number[][] = layers.map(() => []);
  layers.forEach(({ inputs }, user) => {
    for (const { name } of inputs) users[places.get(name) ?? -1]?.push(user);
  });
  return { places, users };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function blockText(
  { text }: Snapshot,
  layers: readonly LayerAnalysis[],
  { first, length, rounds, input }: Repetition,
  name: string,
): string {
  const round = layers.slice(first, first + length);
  const span: Span = { start: round[0]!.span.start, end: round.at(-1)!.span.end };
  const inner = changed(text, span, inputsAsData(round, input));
  const previous = layers[first - 1]?.name ?? dataName;
  const entries = [
    `"name": ${JSON.stringify(name)}`,
    '"type": "block"',
    ...(input === previous ? [] : [`"input": ${JSON.stringify(input)}`]),
    `"repeat": ${rounds}`,
  ];
  const { indent, unit, lineBreak } = layoutAround(text, round[0]!);
  if (indent === undefined) return `{ ${[...entries, `"network": [${inner}]`].join(', ')} }`;
  const [own, deep] = [indent + unit, indent + unit + unit];
  const network = [`${own}"network": [`, `${deep}${reindented(inner, indent, deep)}`, `${own}]`];
  return ['{', ...entries.map((entry) => `${own}${entry},`), ...network, `${indent}}`].join(lineBreak);
}

function inputsAsData(round: readonly LayerAnalysis[], input: string): TextChange[] {
  const inputs = round.flatMap((layer) => layer.inputs);
  return inputs.flatMap(({ name, span }) =>
    span !== undefined && name === input ? [{ span, text: `"${dataName}"` }] : [],
  );
}

/** Layers behind that name the last one, by the block's name. */
function usesOf(layers: readonly LayerAnalysis[], covered: readonly LayerAnalysis[], name: string): TextChange[] {
  const last = covered.at(-1)!.name;
  const others = layers.filter((layer) => !covered.includes(layer));
  return others.flatMap(({ inputs }) =>
    inputs.flatMap(({ name: used, span }) =>
      span !== undefined && used === last ? [{ span, text: JSON.stringify(name) }] : [],
    ),
  );
}
