import { t } from '../../l10n';
import { dataName } from '../../scheme/layers';
import { nearest } from '../../scheme/nearest';
import { defaultLayerName } from '../../scheme/read';
import type { LayerBuilder, LayerInput, LayerProblem } from '../builder';
import type { LayerType } from '../layerType';
import { activation } from '../operations';
import { addShortcut, type Shortcut } from '../shortcut';
import type { Tail } from '../tail';

/** A layer inside of a block: canonical, but for its name and its inputs. */
interface InnerLayer {
  readonly name?: string;
  readonly type: string;
  readonly input?: string;
  readonly inputs?: readonly string[];
  readonly [setting: string]: unknown;
}

interface BlockSettings extends Pick<Tail, 'activation'> {
  readonly network: readonly InnerLayer[];
  readonly repeat: number;
  readonly shortcut: Shortcut;
}

/** More than any network has; blocks within blocks multiply. */
const mostOperations = 20_000;

/**
 * Layers as one, so many times over: each round's layers, the shortcut, the activation. Inside, `"data"` is what enters the
 * round, and only layers of the same block can be named. A block gets the other layer types, since it is one of them.
 */
export function blockOf(typeNamed: (type: string) => LayerType): LayerType<BlockSettings> {
  return {
    type: 'block',
    expand(builder, settings) {
      for (let round = 1; round <= settings.repeat && !builder.problem; round++) {
        expandRound(builder, settings, String(round), typeNamed);
      }
    },
  };
}

function expandRound(
  builder: LayerBuilder,
  settings: BlockSettings,
  name: string,
  typeNamed: (type: string) => LayerType,
): void {
  const input = builder.asInput();
  const round = builder.part(name, [input]);
  const known = new Map<string, LayerInput>([[dataName, input]]);
  let last = input;
  settings.network.forEach((inner, index) => {
    const title = inner.name ?? defaultLayerName(inner.type, index);
    const inputs = inputsOf(round, inner, title, index, known, last);
    if (!inputs) return;
    const part = round.part(title, inputs);
    const { name: _name, input: _input, inputs: _inputs, type, ...own } = inner;
    typeNamed(type).expand(part, own as never);
    if (part.problem) round.fail(below(part.problem, index));
    else if (builder.operations.length + round.operations.length > mostOperations) failSize(round);
    round.join(part);
    last = part.asInput(title);
    known.set(title, last);
  });
  addShortcut(round, input, settings.shortcut);
  if (settings.activation.type !== 'linear') activation(round, settings.activation);
  builder.join(round);
}

/** What a layer of the block takes; nothing, and a problem, where it names no earlier layer or is named like one. */
function inputsOf(
  round: LayerBuilder,
  inner: InnerLayer,
  title: string,
  index: number,
  known: ReadonlyMap<string, LayerInput>,
  last: LayerInput,
): LayerInput[] | undefined {
  if (round.problem) return undefined;
  if (title === dataName) failReserved(round, index);
  else if (known.has(title)) failRepeated(round, title, index);
  const names = inner.inputs ?? (inner.input === undefined ? [] : [inner.input]);
  names.forEach((name, place) => {
    if (!known.has(name))
      failUnknown(round, name, ['network', index, ...(inner.inputs ? ['inputs', place] : ['input'])], known);
  });
  if (round.problem) return undefined;
  return names.length === 0 ? [last] : names.map((name) => known.get(name)!);
}

function failReserved(round: LayerBuilder, index: number): void {
  const message = t("{0} is the name of the block's input. Give the layer another name.", `"${dataName}"`);
  round.fail({ code: 'scheme/reserved-name', message, key: ['network', index, 'name'], inputs: [] });
}

function failRepeated(round: LayerBuilder, name: string, index: number): void {
  const message = t('Two layers of the block are called {0}. Names must be unique.', `"${name}"`);
  round.fail({ code: 'scheme/duplicate-name', message, key: ['network', index, 'name'], inputs: [] });
}

function failUnknown(
  round: LayerBuilder,
  name: string,
  key: readonly (string | number)[],
  known: ReadonlyMap<string, LayerInput>,
): void {
  const meant = nearest(name, known.keys());
  const none = t('No earlier layer of this block is called {0}.', `"${name}"`);
  const advice = meant
    ? t('Did you mean {0}?', `"${meant}"`)
    : t("Name one, or {0} for the block's input.", `"${dataName}"`);
  const [object, last] = [key.slice(0, -1), key.at(-1)!];
  const remedy = meant && typeof last === 'string' ? { object, key: last, value: meant } : undefined;
  round.fail({ code: 'scheme/unknown-input', message: `${none} ${advice}`, key, inputs: [], remedy });
}

function failSize(round: LayerBuilder): void {
  const message = t('The block comes to more than {0} operations. Repeat it less often.', mostOperations);
  round.fail({ code: 'scheme/model-too-large', message, key: ['repeat'] });
}

/** The problem of an inner layer as one of the block. */
function below({ key, remedy, ...problem }: LayerProblem, index: number): LayerProblem {
  const place = ['network', index];
  const mended = remedy && { ...remedy, object: [...place, ...(remedy.object ?? [])] };
  return { ...problem, key: [...place, ...(key ?? ['type'])], inputs: [], remedy: mended };
}
